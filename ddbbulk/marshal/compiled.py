"""Items of one shape go through code that was written for that shape.

A *shape* is an item's attribute names and the exact types of their values. What does
not fit one, or is in any way unusual, is left to the general encoder: it decides what
is refused, and with which words.
"""

from collections.abc import Sequence
from typing import Any, Final

from ddbbulk.marshal.bundle import Columns
from ddbbulk.marshal.compiled_source import ItemEncoder
from ddbbulk.marshal.item_reader import ItemReader, reader_of
from ddbbulk.marshal.shape_compiler import ShapeCompiler

_MAX_SHAPES: Final = 64
_MAX_CANDIDATES: Final = 1024
_MAX_TYPES: Final = 256
# Of a shape: twice the number of attributes.
_MAX_LENGTH: Final = 512
# Where shapes are many, to look for one takes longer than it spares: not at each item.
_PAUSE: Final = 15
# To compile takes as long as to encode some hundred items the general way.
_COMPILED_AT: Final = 8


def _encode_none(_items: Sequence[Any], at: int, _columns: Columns) -> int:
    return at


class CompiledEncoders:
    """Finds, and where it pays makes, the encoder of each shape of item.

    Args:
        compiler: makes them.

    Attributes:
        latest: the encoder of the latest shape.
    """

    def __init__(self, compiler: ShapeCompiler) -> None:
        self._compiler = compiler
        self.latest: ItemEncoder = _encode_none
        self._before: ItemEncoder = _encode_none
        self._encoders: dict[object, ItemEncoder] = {}
        self._readers: dict[type, ItemReader | None] = {}
        self._seen: dict[int, int] = {}
        self._pause = 0

    def encode(self, items: Sequence[Any], at: int, columns: Columns) -> int:
        """Encode items as far as compiled encoders do, and return how far that is.

        Args:
            items: any objects.
            at: index of the first to encode.
            columns: where what is made of them is added.

        Returns:
            The index of the first item that was not encoded; ``len(items)`` for none.
        """
        end = len(items)
        while True:
            # Most items have the shape of the one before: no need to look it up.
            at = self.latest(items, at, columns)
            if at == end:
                return at
            # … or that of the one before that.
            further = self._before(items, at, columns)
            if further > at:
                self.latest, self._before = self._before, self.latest
                at = further
                continue
            if self._pause:
                self._pause -= 1
                return at
            found = self._find(items[at])
            if found is None:
                if max(len(self._encoders), len(self._seen)) >= _MAX_SHAPES:
                    self.latest = self._before = _encode_none
                    self._pause = _PAUSE
                return at
            if found is self.latest:
                return at
            self.latest, self._before = found, self.latest

    def _find(self, item: object) -> ItemEncoder | None:
        kind = type(item)
        reader = self._readers.get(kind)
        if reader is None:
            if kind in self._readers or len(self._readers) >= _MAX_TYPES:
                return None
            reader = self._readers[kind] = reader_of(kind)
            if reader is None:
                return None
        try:
            shape = reader.shape(item)
            found = self._encoders.get(shape)
            if found is None and len(self._encoders) < _MAX_SHAPES:
                found = self._candidate(shape, reader, item)
        except Exception:  # noqa: BLE001 -- an item's own code: the general way tells
            return None
        return found

    def _candidate(
        self, shape: tuple[object, ...], reader: ItemReader, item: object
    ) -> ItemEncoder | None:
        # Shapes are counted by their hashes: names may be long.
        number = hash(shape)
        times = self._seen.get(number, 0) + 1
        if len(self._seen) >= _MAX_CANDIDATES:
            self._seen.clear()
        self._seen[number] = times
        if times != _COMPILED_AT or len(shape) > _MAX_LENGTH:
            return None
        encoder = self._compiler.compile(reader, item)
        if encoder is not None:
            self._encoders[shape] = encoder
        return encoder
