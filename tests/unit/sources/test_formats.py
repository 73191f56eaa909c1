from collections.abc import AsyncGenerator, Sequence
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from ddbbulk.errors import ConfigurationError
from ddbbulk.marshal import WireItem
from ddbbulk.sources import (
    Chunk,
    CsvSource,
    ItemSource,
    JsonLinesSource,
    formats,
    known_formats,
    open_source,
)
from tests.support.source_reading import read_items


class PluginSource:
    """A source as another package brings it."""

    def __init__(self, paths: Sequence[str], *, encoding: str = "utf-8") -> None:
        self.paths = paths
        self.encoding = encoding

    name = "plugin"
    length = 1

    async def read(self, start: int = 0) -> AsyncGenerator[Chunk, None]:
        yield Chunk([{"from": "plugin"}][start:], start)

    def split(self, parts: int) -> Sequence[ItemSource]:
        del parts
        return [self]


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def found(*, group: str) -> list[EntryPoint]:
        return [point for point in points if point.group == group]

    group = "ddbbulk.sources"
    points = [
        EntryPoint("plugin", f"{__name__}:PluginSource", group),
        EntryPoint("gone", "no_such_module_anywhere:Source", group),
        EntryPoint("wrong", "builtins:list", group),
    ]
    monkeypatch.setattr(EntryPoint, "load", _load)
    monkeypatch.setattr(formats, "entry_points", found)


def _load(point: EntryPoint) -> object:
    if point.name == "gone":
        raise ModuleNotFoundError("No module named 'no_such_module_anywhere'")
    return PluginSource if point.name == "plugin" else _wrong


def _wrong(paths: Sequence[str]) -> object:
    return list(paths)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.csv", CsvSource),
        ("A.CSV.GZ", CsvSource),
        ("a.tsv", CsvSource),
        ("a.jsonl", JsonLinesSource),
        ("a.ndjson.gz", JsonLinesSource),
        ("a.json.gz", JsonLinesSource),
    ],
)
def test_the_suffix_tells_the_format(tmp_path: Path, name: str, expected: type) -> None:
    path = tmp_path / name
    path.write_text("a\n")

    assert type(open_source(path)) is expected


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "folder is a directory"),
        ("missing", "there is no file .*missing"),
        ("a.text", "a.text says nothing about its format"),
    ],
)
def test_what_is_no_file_is_not_asked_for_its_format(
    tmp_path: Path, name: str, says: str
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.text").write_text("a\n")

    with pytest.raises(ConfigurationError, match=says):
        open_source(folder / name)


def test_a_file_without_a_name_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="a file has no name"):
        open_source("")


async def test_a_named_format_counts_more_than_the_suffix(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('{"Item":{"a":{"S":"x"}}}')

    assert await read_items(open_source(path, format="dynamodb-json")) == [
        WireItem({"a": {"S": "x"}})
    ]
    assert await read_items(open_source(path, format="plain-json")) == [
        {"Item": {"a": {"S": "x"}}}
    ]


async def test_options_reach_the_format(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("é;n\nx;1\n;2\n", encoding="cp1252")

    source = open_source(
        path, types="n=N", empty="null", delimiter=";", encoding="cp1252"
    )

    assert await read_items(source) == [{"é": "x", "n": 1}, {"é": None, "n": 2}]


async def test_tabs_delimit_a_tsv_file(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text("a\tb\n1,5\t2\n")

    assert await read_items(open_source(path)) == [{"a": "1,5", "b": "2"}]


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        ("-", "standard input.*--format"),
        ("a.xml", r"a\.xml says nothing.*csv"),
        ("a", "says nothing"),
        (["a.csv", "b.jsonl"], r"a\.csv is csv and b\.jsonl is jsonl"),
    ],
)
def test_an_unknown_format_is_asked_for(
    paths: str | list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.xml", "a"):
        Path(name).touch()

    with pytest.raises(ConfigurationError, match=message):
        open_source(paths)


def test_a_format_that_is_not_there_lists_those_that_are() -> None:
    with pytest.raises(ConfigurationError, match=r"'ion'.*csv, dynamodb-json, jsonl"):
        open_source("a", format="ion")


def test_an_option_of_another_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("{}")

    with pytest.raises(ConfigurationError, match="jsonl has no option types"):
        open_source(path, types="a=N")


@pytest.mark.usefixtures("installed")
def test_an_installed_format_is_found_by_name_and_suffix() -> None:
    source = open_source(["a", "b"], format="plugin", encoding="latin-1")

    assert isinstance(source, PluginSource)
    assert (source.paths, source.encoding) == (("a", "b"), "latin-1")
    assert type(open_source("a.plugin.gz")) is PluginSource
    assert "plugin" in known_formats()


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("name", "message"), [("gone", "cannot be loaded"), ("wrong", "no ItemSource")]
)
def test_an_installed_format_that_does_not_work_says_so(
    name: str, message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        open_source("a", format=name)


@pytest.mark.usefixtures("installed")
def test_an_installed_format_is_not_given_options_it_lacks() -> None:
    with pytest.raises(ConfigurationError, match="plugin has no option types"):
        open_source("a", format="plugin", types="a=N")
