import json
from decimal import Decimal
from pathlib import Path
from typing import Literal, cast

import pytest

from ddbbulk.errors import ConfigurationError
from ddbbulk.marshal import WireItem
from ddbbulk.sources import BrokenRecord, JsonLinesSource, files
from ddbbulk.sources.json_lines import Dialect
from tests.support.source_reading import read_chunks, read_items, write

DAISY = {"alias": {"S": "@daisy"}, "age": {"N": "30"}}
GOOD = {"alias": "@daisy"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "users.jsonl"


async def test_numbers_are_exact(path: Path) -> None:
    write(
        path,
        '{"big":12345678901234567890123456789012345678,"d":0.1,"e":1E400,"z":1.0}\n',
    )

    (item,) = await read_items(JsonLinesSource(path))

    assert item == {
        "big": 12345678901234567890123456789012345678,
        "d": Decimal("0.1"),
        "e": Decimal("1E400"),
        "z": Decimal("1.0"),
    }
    assert str(cast("dict[str, object]", item)["z"]) == "1.0"


async def test_blank_lines_are_no_items_but_count_as_lines(path: Path) -> None:
    write(path, '\n  \n{"a":1}\r\n\t\n\n{"b":2}')

    first, second = await read_chunks(JsonLinesSource(path))

    assert [*first.items, *second.items] == [{"a": 1}, {"b": 2}]
    assert [first.where(0), second.where(1)] == [f"{path}, line 3", f"{path}, line 6"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('{"alias": "secret"', "BrokenJson"),
        ('{"alias": "secret"} {}', "BrokenJson"),
        ('{"alias": NaN}', "BrokenJson"),
        ('{"alias": -Infinity}', "BrokenJson"),
        ('{"alias": "\\ud800 secret"}', "BrokenJson"),
        ('{"alias": 1e99999999999999999999}', "BrokenJson"),
        ('{"alias": ' + "9" * 5000 + "}", "BrokenJson"),
        ('{"alias": ' + "[" * 100_000 + "]" * 100_000 + "}", "NestingTooDeep"),
        ("[1, 2]", "NotAnObject"),
        ('"secret"', "NotAnObject"),
        ("null", "NotAnObject"),
        ('{"a": 1, "a": 2}', "RepeatedName"),
        ('{"a" : 1, "a": 2}', "RepeatedName"),
        ('{"a":1,"b":{"c":[{"d":1,"d":2}]}}', "RepeatedName"),
        ('{"a\\u003a":1,"a:":2}', "RepeatedName"),
        ('{"a":"x\\":y","b":1,"b":2}', "RepeatedName"),
        ('{"a":"http://x","b":1,"b":2}', "RepeatedName"),
    ],
)
async def test_a_broken_line_is_one_record_and_shows_no_value(
    path: Path, line: str, code: str
) -> None:
    write(path, f'{{"alias": "@daisy"}}\n{line}\n{{"alias": "@daisy"}}\n')

    first, broken, last = await read_items(JsonLinesSource(path))

    assert first == last == GOOD
    assert isinstance(broken, BrokenRecord)
    assert broken.code == code
    assert "secret" not in broken.message


@pytest.mark.parametrize(
    "line",
    [
        '{"a":"x:y","b":"\\":","c":{"d":[{"e":1},{"e":1}]}}',
        '{"a" : 1, "b"\t:2}',
        '{"a":": : \\":\\" :"}',
        '{"":{"":{"":[]}}}',
        "{}",
    ],
)
async def test_colons_in_strings_are_not_taken_for_names(path: Path, line: str) -> None:
    write(path, line)

    assert await read_items(JsonLinesSource(path)) == [json.loads(line)]


async def test_undecodable_lines_are_broken_and_the_others_load(path: Path) -> None:
    write(path, b'{"a":"na\xefve"}\n{"alias":"@daisy"}\n')

    broken, good = await read_items(JsonLinesSource(path))

    assert isinstance(broken, BrokenRecord)
    assert broken.code == "WrongEncoding"
    assert good == GOOD


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
async def test_the_encoding_can_be_given(path: Path, encoding: str) -> None:
    write(path, '{"a":"naïve"}\n', encoding=encoding)

    assert await read_items(JsonLinesSource(path, encoding=encoding)) == [
        {"a": "naïve"}
    ]


async def test_a_line_beyond_all_bounds_is_one_broken_record(path: Path) -> None:
    with path.open("w") as file:
        file.write('{"alias":"@daisy"}\n{"a":"')
        file.writelines("x" * 1024**2 for _ in range(17))
        file.write('"}\n{"alias":"@daisy"}\n')

    chunks = await read_chunks(JsonLinesSource(path))

    first, broken, last = (item for chunk in chunks for item in chunk.items)
    assert first == last == GOOD
    assert broken == BrokenRecord("LineTooLong", "the line is longer than 16 MiB")
    assert chunks[-1].where(2).endswith("line 3")


@pytest.mark.parametrize("dialect", ["auto", "dynamodb"])
@pytest.mark.parametrize("is_wrapped", [True, False])
async def test_dynamodb_json_is_known_and_unwrapped(
    path: Path, dialect: Dialect, *, is_wrapped: bool
) -> None:
    write(path, json.dumps({"Item": DAISY} if is_wrapped else DAISY) + "\n")

    assert await read_items(JsonLinesSource(path, dialect=dialect)) == [WireItem(DAISY)]


@pytest.mark.parametrize(
    "item",
    [
        {"Item": {"alias": {"S": "@daisy"}, "age": 30}},
        {"Item": {"alias": {"S": 1}}},
        {"Item": {"alias": {"X": "1"}}},
        {"Item": {"alias": {"S": "a", "N": "1"}}},
        {"Item": {}},
        {"Item": "hammer"},
        {"Item": {"S": {"S": 1}}, "id": "1"},
        {"alias": {"S": "@daisy"}, "age": 30},
        {"alias": "@daisy", "tags": {"S": "x"}},
        {"Item": ["x"]},
    ],
)
async def test_what_may_be_plain_json_is_taken_as_it_is(
    path: Path, item: object
) -> None:
    write(path, json.dumps(item) + "\n")

    assert await read_items(JsonLinesSource(path)) == [item]


@pytest.mark.parametrize("block_bytes", [1, 1000])
async def test_the_first_object_decides_for_its_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block_bytes: int
) -> None:
    monkeypatch.setattr(files, "BLOCK_BYTES", block_bytes)
    wire, plain = tmp_path / "wire.jsonl", tmp_path / "plain.jsonl"
    wire.write_text('broken\n{}\n{"Item":{"a":{"S":"x"}}}\n{"a":"plain"}\n')
    plain.write_text('{"a":"plain"}\n{"Item":{"a":{"S":"x"}}}\n')

    items = await read_items(JsonLinesSource([wire, plain]))

    assert isinstance(items[0], BrokenRecord)
    assert items[1] == {}
    assert items[2:4] == [
        WireItem({"a": {"S": "x"}}),
        WireItem(cast("dict[str, dict[str, str]]", {"a": "plain"})),
    ]
    assert items[4:] == [{"a": "plain"}, {"Item": {"a": {"S": "x"}}}]


async def test_plain_json_stays_plain_where_that_is_said(path: Path) -> None:
    write(path, json.dumps({"Item": DAISY}))

    assert await read_items(JsonLinesSource(path, dialect="plain")) == [{"Item": DAISY}]


async def test_a_key_called_item_is_not_unwrapped(path: Path) -> None:
    write(path, '{"Item":{"S":"hammer"}}\n{"Item":{"S":{"S":"wrapped"}}}\n')

    assert await read_items(JsonLinesSource(path, dialect="dynamodb")) == [
        WireItem({"Item": {"S": "hammer"}}),
        WireItem({"S": {"S": "wrapped"}}),
    ]


async def test_a_wrapper_around_no_object_is_broken(path: Path) -> None:
    write(path, '{"Item":[1]}\n')

    (broken,) = await read_items(JsonLinesSource(path, dialect="dynamodb"))

    assert isinstance(broken, BrokenRecord)
    assert broken.code == "NotAnObject"


def test_an_array_too_long_for_a_line_is_no_broken_record(path: Path) -> None:
    with path.open("w") as file:
        file.write("[")
        file.writelines('{"a":"b"},' * 1024 * 100 for _ in range(17))
        file.write("{}]")

    with pytest.raises(ConfigurationError, match=r"users\.jsonl has a first line .*jq"):
        JsonLinesSource(path)


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_utf_16_that_nobody_spoke_of_is_named(path: Path, order: str) -> None:
    path.write_bytes(('\ufeff{"a":1}\n').encode(order))

    with pytest.raises(ConfigurationError, match=r"--encoding.*utf-16"):
        JsonLinesSource(path)


def test_the_answer_to_a_scan_is_refused_with_the_way_out(path: Path) -> None:
    write(path, '{\n    "Items": [\n        {"a": {"S": "b"}}\n    ]\n}\n')

    with pytest.raises(ConfigurationError, match=r"jq -c '\.Items\[\]'"):
        JsonLinesSource(path)


async def test_an_item_may_have_a_list_called_items(path: Path) -> None:
    write(path, '{"Items":[{"sku":1}],"order":"a"}\n')

    assert await read_items(JsonLinesSource(path)) == [
        {"Items": [{"sku": 1}], "order": "a"}
    ]


@pytest.mark.parametrize(
    "document",
    [
        '[{"a":1},{"a":2}]',
        '[\n  {"a":1},\n  {"a":2}\n]\n',
        '\n{\n  "a": 1\n}\n',
        "[",
        "[\n1]",
    ],
)
def test_a_json_document_is_refused_with_the_way_out(path: Path, document: str) -> None:
    write(path, document)

    with pytest.raises(
        ConfigurationError, match=r"users\.jsonl is one JSON document.*jq"
    ):
        JsonLinesSource(path)


def test_a_dialect_that_is_none_is_refused(path: Path) -> None:
    write(path, "")

    with pytest.raises(ConfigurationError, match="auto, plain or dynamodb"):
        JsonLinesSource(path, dialect=cast("Literal['auto']", "ion"))
