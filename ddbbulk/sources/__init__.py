"""Where items come from: iterables, generators, CSV and JSON Lines."""

from ddbbulk.marshal import BrokenRecord
from ddbbulk.sources.csv_file import CsvSource
from ddbbulk.sources.formats import known_formats, open_source
from ddbbulk.sources.generated import GeneratorSource, generator
from ddbbulk.sources.iterables import as_source
from ddbbulk.sources.json_lines import JsonLinesSource
from ddbbulk.sources.source import (
    Bookmark,
    Chunk,
    ItemSource,
    LiveSource,
    SeekableSource,
)

__all__ = [
    "Bookmark",
    "BrokenRecord",
    "Chunk",
    "CsvSource",
    "GeneratorSource",
    "ItemSource",
    "JsonLinesSource",
    "LiveSource",
    "SeekableSource",
    "as_source",
    "generator",
    "known_formats",
    "open_source",
]
