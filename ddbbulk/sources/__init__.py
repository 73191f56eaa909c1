"""Where items come from: iterables, generators, CSV and JSON Lines."""

from ddbbulk.sources.generated import GeneratorSource, generator
from ddbbulk.sources.iterables import as_source
from ddbbulk.sources.source import BrokenRecord, Chunk, ItemSource

__all__ = [
    "BrokenRecord",
    "Chunk",
    "GeneratorSource",
    "ItemSource",
    "as_source",
    "generator",
]
