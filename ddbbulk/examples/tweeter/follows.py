"""The follows: every user follows one and the same."""

import ddbbulk
from ddbbulk.examples.tweeter.names import Names
from ddbbulk.examples.tweeter.users import alias_of, checked_count


def follows(
    *, count: int = 10_000, followee: str = "@daisy", names: Names | None = None
) -> ddbbulk.ItemSource:
    """Return the follows as a source: the user of each index follows ``followee``.

    Args:
        count: how many of the users follow.
        followee: the alias of the one that they follow.
        names: attributes under other names.

    Raises:
        ddbbulk.ConfigurationError: ``count`` is below 0.
    """
    called = names or Names()

    @ddbbulk.generator(count=checked_count(count), version="1")
    def follows(index: int) -> dict[str, str]:
        return follow_of(index, followee, called)

    return follows


def follow_keys(*, count: int, followee: str, names: Names) -> ddbbulk.ItemSource:
    """Return what deletes the follows: all of a follow is its key."""

    @ddbbulk.generator(count=count)
    def follows(index: int) -> ddbbulk.Delete:
        return ddbbulk.Delete(follow_of(index, followee, names))

    return follows


def follow_of(index: int, followee: str, names: Names) -> dict[str, str]:
    """Return the follow of the user of an index."""
    return {names.follower_alias: alias_of(index), names.followee_alias: followee}
