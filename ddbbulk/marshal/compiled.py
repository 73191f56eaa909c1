"""Items of one shape go through code that was written for that shape.

A *shape* is an item's attribute names and the exact types of their values. What does
not fit one, or is in any way unusual, is left to the general encoder: it decides what
is refused, and with which words.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, cast

from ddbbulk.marshal.shape_compiler import ShapeCompiler

# Takes items, an index into them, the position of the first, their origin, and where
# the writes go; returns the index of the first item that it did not encode.
ChunkEncoder = Callable[[Sequence[Any], int, int, object, list[Any]], int]

_MAX_SHAPES: Final = 64
_MAX_CANDIDATES: Final = 1024
_MAX_ATTRIBUTES: Final = 256
# To compile takes as long as to encode some hundred items the general way.
_COMPILED_AT: Final = 8


def _encode_none(
    _items: Sequence[Any], at: int, _start: int, _origin: object, _writes: list[Any]
) -> int:
    return at


class CompiledEncoders:
    """Finds, and where it pays makes, the encoder of each shape of item.

    Args:
        compiler: makes them.
    """

    def __init__(self, compiler: ShapeCompiler) -> None:
        self._compiler = compiler
        self._last: ChunkEncoder = _encode_none
        self._encoders: dict[object, ChunkEncoder] = {}
        self._seen: dict[int, int] = {}

    def encode(
        self,
        items: Sequence[Any],
        at: int,
        start: int,
        origin: object,
        writes: list[Any],
    ) -> int:
        """Encode items as far as compiled encoders do, and return how far that is.

        Args:
            items: any objects.
            at: index of the first to encode.
            start: position of ``items[0]`` in its source.
            origin: of the writes.
            writes: where they are added.

        Returns:
            The index of the first item that was not encoded; ``len(items)`` for none.
        """
        end = len(items)
        while True:
            # Most items have the shape of the one before: no need to look it up.
            at = self._last(items, at, start, origin, writes)
            if at == end:
                return at
            found = self._find(items[at])
            if found is None or found is self._last:
                return at
            self._last = found

    def _find(self, item: Any) -> ChunkEncoder | None:  # noqa: ANN401 -- anything
        if type(item) is not dict:
            return None
        attributes = cast("dict[str, object]", item)
        if not 0 < len(attributes) <= _MAX_ATTRIBUTES:
            return None
        try:
            shape = (*attributes, *map(type, attributes.values()))
            found = self._encoders.get(shape)
            if found is None and len(self._encoders) < _MAX_SHAPES:
                found = self._candidate(shape, attributes)
        except Exception:  # noqa: BLE001 -- a name's own code; the general way tells
            return None
        return found

    def _candidate(self, shape: object, item: dict[str, object]) -> ChunkEncoder | None:
        # Shapes are counted by their hashes: names may be long.
        number = hash(shape)
        times = self._seen.get(number, 0) + 1
        if len(self._seen) >= _MAX_CANDIDATES:
            self._seen.clear()
        self._seen[number] = times
        if times < _COMPILED_AT:
            return None
        encoder = self._compiler.compile(item)
        if encoder is not None:
            self._encoders[shape] = encoder
        return encoder
