"""Some of the items of a source, chosen so that each is as likely as every other.

Every position has a rank, which the seed and the position alone decide; those of the
smallest ranks are chosen. So the length of the source need not be known, a second run
chooses the same items, and those that later ones put out are only forgotten.
"""

import heapq
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from itertools import islice
from typing import Final, cast

import msgspec

from ddbbulk.intake import Origin
from ddbbulk.marshal import Key, Operation, Write
from ddbbulk.scratch import ScratchFile

_RANK_BYTES: Final = 8
_SALT_BYTES: Final = 16


class _Held(msgspec.Struct, array_like=True):
    """A write as the disk has it."""

    operation: Operation
    body: str
    key: Key
    size: int
    position: int
    where: str


class Place:
    """Where a person finds an item, once its source is read."""

    def __init__(self, where: str) -> None:
        self._where = where

    def where(self, position: int) -> str:
        """Name the place of the item at this position."""
        del position
        return self._where


class Reservoir:
    """Chooses some writes of many, and keeps them on disk.

    Args:
        size: how many are chosen.
        seed: of the choice.
        file: where they are kept.
    """

    def __init__(self, size: int, *, seed: int, file: ScratchFile) -> None:
        self._size = size
        self._salt = blake2b(str(seed).encode(), digest_size=_SALT_BYTES).digest()
        self._file = file
        # The largest rank first: it is the next to go.
        self._chosen: list[tuple[int, int, int]] = []
        self._encoder = msgspec.json.Encoder()
        self._decoder = msgspec.json.Decoder(_Held)

    def __len__(self) -> int:
        return len(self._chosen)

    def offer(self, writes: Sequence[Write]) -> None:
        """Choose among these and all before them."""
        for write in writes:
            rank = -self._rank(write.position)
            if len(self._chosen) < self._size:
                heapq.heappush(self._chosen, (rank, *self._kept(write)))
            elif rank > self._chosen[0][0]:
                heapq.heapreplace(self._chosen, (rank, *self._kept(write)))

    def chosen(self, count: int) -> Iterator[list[Write]]:
        """Yield what was chosen, in the source's order, so many at once."""
        # What came later stands later.
        places = iter(sorted((at, length) for _, at, length in self._chosen))
        while some := list(islice(places, count)):
            yield [self._read(at, length) for at, length in some]

    def _rank(self, position: int) -> int:
        digest = blake2b(
            position.to_bytes(8, "big"), digest_size=_RANK_BYTES, key=self._salt
        )
        return int.from_bytes(digest.digest(), "big")

    def _kept(self, write: Write) -> tuple[int, int]:
        where = cast("Origin", write.origin).where(write.position)
        data = self._encoder.encode(
            _Held(
                write.operation,
                write.body,
                write.key,
                write.size,
                write.position,
                where,
            )
        )
        return self._file.append(data), len(data)

    def _read(self, at: int, length: int) -> Write:
        held = self._decoder.decode(self._file.read(at, length))
        return Write(
            held.operation,
            held.body,
            held.key,
            held.size,
            (1,),
            position=held.position,
            origin=Place(held.where),
        )
