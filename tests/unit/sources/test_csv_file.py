import csv
from decimal import Decimal
from pathlib import Path
from typing import Literal, cast

import pytest

from ddbbulk.errors import ConfigurationError, SourceError
from ddbbulk.sources import BrokenRecord, CsvSource, files
from tests.support.source_reading import (
    read_chunks,
    read_items,
    read_until_error,
    write,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "users.csv"


def codes(items: list[object]) -> list[object]:
    return [one.code if isinstance(one, BrokenRecord) else one for one in items]


async def test_every_cell_is_a_string_unless_a_type_is_given(path: Path) -> None:
    write(path, "alias,age,active\n@daisy,007,true\n")

    assert await read_items(CsvSource(path)) == [
        {"alias": "@daisy", "age": "007", "active": "true"}
    ]
    assert await read_items(CsvSource(path, types="age=N,active=BOOL")) == [
        {"alias": "@daisy", "age": 7, "active": True}
    ]


async def test_quoted_cells_hold_delimiters_quotes_and_line_ends(path: Path) -> None:
    write(path, b'a,b\r\n"x,y","say ""hi"""\r\n"one\r\ntwo\n",""\r\n"","last"\r\n')

    chunks = await read_chunks(CsvSource(path))

    assert [item for chunk in chunks for item in chunk.items] == [
        {"a": "x,y", "b": 'say "hi"'},
        {"a": "one\r\ntwo\n"},
        {"b": "last"},
    ]
    assert [chunk.where(at) for chunk in chunks for at in (0, 1, 2)] == [
        f"{path}, line 2",
        f"{path}, line 3",
        f"{path}, line 6",
    ]


async def test_empty_cells_are_null_if_asked(path: Path) -> None:
    write(path, "a,b,c\n1,,\n")

    assert await read_items(CsvSource(path, types="b=N")) == [{"a": "1"}]
    assert await read_items(CsvSource(path, types="b=N", empty="null")) == [
        {"a": "1", "b": None, "c": None}
    ]


async def test_a_ragged_row_is_broken_and_the_others_load(path: Path) -> None:
    write(path, "a,b,c,d,e\n1,2,3,4,5\nx,y,z\n1,2,3,4,5,6\n6,7,8,9,0\n")

    chunks = await read_chunks(CsvSource(path))

    good, short, long, last = (item for chunk in chunks for item in chunk.items)
    assert good == {"a": "1", "b": "2", "c": "3", "d": "4", "e": "5"}
    assert short == BrokenRecord("RaggedRow", "the row has 3 cells, the header has 5")
    assert long == BrokenRecord("RaggedRow", "the row has 6 cells, the header has 5")
    assert last == {"a": "6", "b": "7", "c": "8", "d": "9", "e": "0"}
    assert chunks[0].where(1) == f"{path}, line 3"


async def test_a_bad_cell_names_column_and_type_but_no_value(path: Path) -> None:
    write(path, "alias,age\n@daisy,secret\n@donald,5\n")

    broken, good = await read_items(CsvSource(path, types={"age": "N"}))

    assert isinstance(broken, BrokenRecord)
    assert broken.code == "BadCell"
    assert "'age'" in broken.message
    assert "a number" in broken.message
    assert "secret" not in broken.message
    assert good == {"alias": "@donald", "age": 5}


async def test_only_rows_with_undecodable_bytes_are_broken(path: Path) -> None:
    write(path, b'a,b\nna\xc3\xafve,1\nna\xefve,2\n"x\xff\ny",3\n,\xff\ngood,4\n')

    first, *broken, last = await read_items(CsvSource(path))

    assert first == {"a": "naïve", "b": "1"}
    assert codes(broken) == ["WrongEncoding"] * 3
    assert "utf-8" in str(broken[0])
    assert last == {"a": "good", "b": "4"}


async def test_a_row_with_undecodable_bytes_is_broken_wherever_it_ends(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "BLOCK_BYTES", 8)
    write(path, b'a,b\n"x\xff\n' + b"clean\n" * 10 + b'",1\nnext,2\n')

    broken, good = await read_items(CsvSource(path))

    assert codes([broken]) == ["WrongEncoding"]
    assert good == {"a": "next", "b": "2"}


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig", "utf-32-be"])
async def test_the_encoding_can_be_given(path: Path, encoding: str) -> None:
    write(path, "a,b\nnaïve,€\n", encoding=encoding)

    assert await read_items(CsvSource(path, encoding=encoding)) == [
        {"a": "naïve", "b": "€"}
    ]


async def test_a_byte_order_mark_is_no_part_of_the_first_name(path: Path) -> None:
    write(path, b"\xef\xbb\xbfalias\n@daisy\n")

    assert await read_items(CsvSource(path)) == [{"alias": "@daisy"}]


async def test_a_delimiter_can_be_given(path: Path) -> None:
    write(path, 'a;b\n"1;2";3\n"4";"5"\n')

    assert await read_items(CsvSource(path, delimiter=";")) == [
        {"a": "1;2", "b": "3"},
        {"a": "4", "b": "5"},
    ]


async def test_text_after_a_closing_quote_breaks_its_row_alone(path: Path) -> None:
    write(path, 'a,b\n"x"y,1\n"begun\nended"z,2\ngood,3\n')

    first, second, good = await read_items(CsvSource(path))

    assert codes([first, second]) == ["BrokenCsv", "BrokenCsv"]
    assert isinstance(second, BrokenRecord)
    assert "began in line 3 and ends in line 4" in second.message
    assert good == {"a": "good", "b": "3"}


async def test_a_lone_carriage_return_breaks_its_row(path: Path) -> None:
    write(path, b'a,b\nx\ry,1\nx\ry,"1"\n"x\ry",2\n')

    items = await read_items(CsvSource(path))

    assert codes(items) == ["BrokenCsv", "BrokenCsv", {"a": "x\ry", "b": "2"}]


async def test_a_quote_that_never_closes_fails_rather_than_swallows(
    path: Path,
) -> None:
    write(path, 'a,b\n1,2\n3,"4\n' + "5,6\n" * 100)

    items, error = await read_until_error(CsvSource(path), SourceError)

    assert items == [{"a": "1", "b": "2"}]
    assert isinstance(error, SourceError)
    assert error.position == 1
    assert "line 3" in str(error)
    assert "never ends" in str(error)


async def test_a_cell_as_large_as_an_item_is_read(path: Path) -> None:
    text = "x" * 400_000
    limit = csv.field_size_limit()
    write(path, f'a,b\n{text},1\n"{text}\n",2\n')

    assert await read_items(CsvSource(path)) == [
        {"a": text, "b": "1"},
        {"a": text + "\n", "b": "2"},
    ]
    assert csv.field_size_limit() == limit


@pytest.mark.parametrize(
    "cell", ["x" * 17 * 1024**2, '"' + ("x" * 1023 + "\n") * 17 * 1024]
)
async def test_a_cell_beyond_all_bounds_fails(path: Path, cell: str) -> None:
    write(path, f"a,b\n1,2\n{cell}")

    items, error = await read_until_error(CsvSource(path), SourceError)

    assert items == [{"a": "1", "b": "2"}]
    assert "16 MiB" in str(error)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no header"),
        (b"\n\r\n", "no header"),
        (b'"a,b\n1,2', "no header: the quoted cell in the row of line 1 never ends"),
        (b"a,b,a\n", "'a' more than once"),
        (b"a,,c\n", "column 2 of the header has no name"),
        (b'"a"x\n', "header cannot be read: text follows a closing quote"),
        (b"a\rb\r1\r2", "header cannot be read: a carriage return"),
        (b"na\xefve,b\n", "header is not utf-8"),
        ("a,b\n1,2\n".encode("utf-16"), "header is not utf-8"),
        ("a,b\n1,2\n".encode("utf-16-le"), "header is not utf-8"),
    ],
)
def test_a_bad_header_is_refused_with_the_files_name(
    path: Path, content: bytes, message: str
) -> None:
    write(path, content)

    with pytest.raises(ConfigurationError, match=message) as raised:
        CsvSource(path)

    assert "users.csv" in str(raised.value)


def test_a_type_for_a_missing_column_lists_those_there_are(path: Path) -> None:
    write(path, "alias,age\n")

    with pytest.raises(ConfigurationError, match=r"'aeg'.*its columns are alias, age"):
        CsvSource(path, types="aeg=N")


async def test_a_header_alone_is_an_empty_source(path: Path) -> None:
    write(path, "alias,age")

    assert await read_items(CsvSource(path)) == []


async def test_each_file_has_a_header_of_its_own(tmp_path: Path) -> None:
    one, other = tmp_path / "1.csv", tmp_path / "2.csv"
    one.write_text("a,b\n1,2\n")
    other.write_text("b,a\n3,4\n")

    assert await read_items(CsvSource([one, other])) == [
        {"a": "1", "b": "2"},
        {"b": "3", "a": "4"},
    ]


@pytest.mark.parametrize("delimiter", ["", ",,", '"', "\n"])
def test_a_delimiter_that_is_none_is_refused(path: Path, delimiter: str) -> None:
    write(path, "a\n")

    with pytest.raises(ConfigurationError, match="delimiter"):
        CsvSource(path, delimiter=delimiter)


def test_empty_cells_are_nothing_else(path: Path) -> None:
    write(path, "a\n")

    with pytest.raises(ConfigurationError, match="omit or null"):
        CsvSource(path, empty=cast("Literal['omit']", "keep"))


async def test_typed_cells_become_their_values(path: Path) -> None:
    write(
        path,
        "n,f,b,t,ss,ns,l,m\n"
        '-12,1.50,AAE=,FALSE,b|a,1|2.5,"[1,{""x"":1.10}]","{""y"":[null]}"\n',
    )
    types = "n=N,f=N,b=B,t=BOOL,ss=SS,ns=NS,l=L,m=M"

    assert await read_items(CsvSource(path, types=types)) == [
        {
            "n": -12,
            "f": Decimal("1.50"),
            "b": b"\0\1",
            "t": False,
            "ss": {"a", "b"},
            "ns": {1, Decimal("2.5")},
            "l": [1, {"x": Decimal("1.10")}],
            "m": {"y": [None]},
        }
    ]
