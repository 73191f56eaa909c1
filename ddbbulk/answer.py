"""What a request that succeeded has done."""

from collections.abc import Sequence

import msgspec

from ddbbulk.marshal import Key, Write


class Answer(msgspec.Struct, frozen=True):
    """A request that was answered with success.

    Args:
        unprocessed: keys of the writes that came back.
        consumed: units on each resource; None where the service did not say.
        is_unmet: the write was not done, because its condition did not hold.
        is_first_hand: the service has done it for this request. False: it was done
            already, by whomever.
    """

    unprocessed: frozenset[Key]
    consumed: Sequence[float] | None
    is_unmet: bool = False
    is_first_hand: bool = True

    def divided(
        self, writes: Sequence[Write]
    ) -> tuple[Sequence[Write], Sequence[Write]]:
        """Return the writes that were processed, and those that came back."""
        keys = self.unprocessed
        if not keys:
            return writes, ()
        returned = [write for write in writes if write.key in keys]
        if len(returned) != len(keys):
            # The answer names a key that we did not send: trust none of it. Sending all
            # again is safe, for a put or delete that is repeated changes nothing.
            return (), writes
        return [write for write in writes if write.key not in keys], returned
