"""Where items come from: iterables, generators, CSV and JSON Lines."""

from ddbbulk.sources.csv_file import CsvSource
from ddbbulk.sources.formats import known_formats, open_source
from ddbbulk.sources.generated import GeneratorSource, generator
from ddbbulk.sources.iterables import as_source
from ddbbulk.sources.json_lines import JsonLinesSource
from ddbbulk.sources.source import BrokenRecord, Chunk, ItemSource

__all__ = [
    "BrokenRecord",
    "Chunk",
    "CsvSource",
    "GeneratorSource",
    "ItemSource",
    "JsonLinesSource",
    "as_source",
    "generator",
    "known_formats",
    "open_source",
]
