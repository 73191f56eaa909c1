"""Files for readers to fail on: made by hypothesis, or spoilt byte by byte.

Every input is the same for the same seed. An input holds all that its reading depends
on, the size of the blocks too, in which seams would show.
"""

import csv
import gzip
import io
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from encodings.aliases import aliases
from pathlib import Path
from typing import Any, Final, TypeAlias

from hypothesis import strategies as st

from ddbbulk.errors import ConfigurationError
from ddbbulk.sources import CsvSource, JsonLinesSource, SeekableSource
from ddbbulk.sources.lines import checked_encoding

Opener: TypeAlias = Callable[..., SeekableSource]

TYPES: Final = "n=N,b=B,t=BOOL,ss=SS,ns=NS,bs=BS,l=L,m=M"
FAILURES: Final = "failures file"
CSV_READERS: Final[Mapping[str, tuple[str, Opener]]] = {
    "csv": (",", CsvSource),
    "csv, all types": (
        ",",
        lambda paths, **options: CsvSource(paths, types=TYPES, **options),
    ),
    "csv, empty is null": (
        ";",
        lambda paths, **options: CsvSource(
            paths, empty="null", delimiter=";", **options
        ),
    ),
}
JSON_READERS: Final[Mapping[str, Opener]] = {
    "json lines": JsonLinesSource,
    "json lines, plain": lambda paths, **options: JsonLinesSource(
        paths, dialect="plain", **options
    ),
    "json lines, dynamodb": lambda paths, **options: JsonLinesSource(
        paths, dialect="dynamodb", **options
    ),
}
READERS: Final = (*CSV_READERS, *JSON_READERS, FAILURES)

BOM: Final = b"\xef\xbb\xbf"
BLOCKS: Final = (1, 2, 3, 7, 40, 300, 128 * 1024)
LONG_BYTES: Final = 200_000


@dataclass(frozen=True)
class Input:
    """Some files and the way in which they are read.

    Attributes:
        reader: one of ``READERS``.
        contents: of the files.
        encoding: that the reader is told.
        block_bytes: how much is read at a time.
    """

    reader: str
    contents: tuple[bytes, ...]
    encoding: str = "utf-8"
    block_bytes: int = BLOCKS[-1]

    def open(self, paths: Sequence[Path]) -> SeekableSource:
        """A source of the items in these files; not for failures files."""
        if self.reader in CSV_READERS:
            _, opener = CSV_READERS[self.reader]
        else:
            opener = JSON_READERS[self.reader]
        return opener(paths, encoding=self.encoding)


def _known_encodings() -> tuple[str, ...]:
    known: list[str] = []
    without_alias = {"utf_8_sig", "unicode_escape", "idna", "punycode"}
    for name in sorted(without_alias.union(aliases.values())):
        try:
            known.append(checked_encoding(name))
        except ConfigurationError:
            continue
    return tuple(known)


ENCODINGS: Final = _known_encodings()

# --- made -----------------------------------------------------------------------------

_texts = st.text(max_size=12) | st.text(
    st.sampled_from('",;|\r\n\t\\ a:{}[]é\0\ufeff\u202e\x1b'), max_size=12
)
_numbers = (
    st.integers(-(10**45), 10**45).map(str)
    | st.floats().map(str)
    | st.sampled_from(["1e400", "-0", "0.0", "1E-131", "9" * 39, "٣", "1_0", " 1 "])
)
_words = st.sampled_from(["true", "null", "eHg=", "x|y", "1|2", "[1]", '{"a":1}', "|"])
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _texts,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(_texts, inner, max_size=4)
    ),
    max_leaves=8,
)
_wire_values = st.recursive(
    st.one_of(
        st.builds(lambda text: {"S": text}, _texts),
        st.builds(lambda number: {"N": number}, _numbers | _texts),
        st.builds(lambda text: {"B": text}, _words | _texts),
        st.builds(lambda flag: {"BOOL": flag}, st.booleans()),
        st.just({"NULL": True}),
        st.builds(
            lambda tag, members: {tag: members},
            st.sampled_from(["SS", "NS", "BS", "L", "XX"]),
            st.lists(_texts | _numbers | _words, max_size=3),
        ),
        _values,
    ),
    lambda inner: st.one_of(
        st.builds(lambda members: {"L": members}, st.lists(inner, max_size=3)),
        st.builds(
            lambda members: {"M": members}, st.dictionaries(_texts, inner, max_size=3)
        ),
    ),
    max_leaves=6,
)
_names = st.sampled_from(["id", "n", "k", "ss", "Item"]) | _texts
# What a table accepts: the others try what it should not.
_good_names = st.text(min_size=1, max_size=9).map("a".__add__)
_good_numbers = st.integers(-(10**37), 10**37)
_good_values = st.recursive(
    st.none() | st.booleans() | _good_numbers | _texts,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3)
    ),
    max_leaves=5,
)
_good_wire_values = st.one_of(
    st.builds(lambda text: {"S": text}, _texts),
    st.builds(lambda number: {"N": str(number)}, _good_numbers),
    st.builds(
        lambda words: {"SS": words},
        st.lists(_texts, min_size=1, max_size=3, unique=True),
    ),
    st.builds(lambda words: {"L": [{"S": word} for word in words]}, st.lists(_texts)),
    st.sampled_from([{"B": "eHg="}, {"BOOL": True}, {"NULL": True}]),
)
_good_items = st.dictionaries(_good_names, _good_values, max_size=4)
_good_wire_items = st.dictionaries(_good_names, _good_wire_values, max_size=4)
_items = st.dictionaries(_names, _values, max_size=5)
_wire_items = st.dictionaries(_names, _wire_values, max_size=5)
_line_ends = st.sampled_from(["\n", "\r\n", "\n\n", "\r", ""])


def _with_key(item: Mapping[str, Any], key: object) -> dict[str, Any]:
    return {"id": key, **item}


_json_objects: st.SearchStrategy[Any] = st.one_of(
    _items,
    _wire_items,
    st.builds(_with_key, _items | _good_items, st.just("@daisy")),
    st.builds(_with_key, _wire_items | _good_wire_items, st.just({"S": "@daisy"})),
    st.builds(lambda item: {"Item": item}, _wire_items),
    _values,
)
_failed_items = st.fixed_dictionaries(
    {
        "table": st.just("ducks"),
        "item": st.none()
        | st.builds(_with_key, _wire_items | _good_wire_items, st.just({"S": "@d"})),
        "operation": st.sampled_from(["put", "delete", "delete", "burn"]),
        "reason": _texts,
        "message": _texts,
        "attempts": st.integers(0, 9),
        "position": st.integers(0, 9),
    },
    optional={"where": _texts, "raw": _texts, "omitted": st.lists(_texts, max_size=2)},
)


@st.composite
def _json_texts(draw: st.DrawFn, objects: st.SearchStrategy[Any]) -> str:
    is_ascii = draw(st.booleans())
    lines = draw(st.lists(st.tuples(objects, _line_ends), max_size=8))
    return "".join(
        json.dumps(value, ensure_ascii=is_ascii) + end for value, end in lines
    )


_bad_rows = st.lists(_texts | _numbers | _words | st.just(""), max_size=12)
_good_rows = st.tuples(
    _good_numbers.map(str),
    *(
        st.sampled_from(["", *cells])
        for cells in (
            ["eHg="],
            ["true", "0"],
            ["a|b", "x"],
            ["1|2", "-1.5"],
            ["eHg="],
            ["[]", '[1,{"a":"b"}]'],
            ["{}", '{"a": 1}'],
        )
    ),
)


@st.composite
def _csv_texts(draw: st.DrawFn, delimiter: str) -> str:
    text = io.StringIO()
    writer = csv.writer(
        text,
        delimiter=delimiter,
        lineterminator=draw(st.sampled_from(["\n", "\r\n"])),
        quoting=csv.QUOTE_ALL if draw(st.booleans()) else csv.QUOTE_MINIMAL,
    )
    columns = ["id", *(part.partition("=")[0] for part in TYPES.split(","))]
    columns += draw(st.lists(_good_names | _texts, max_size=1))
    writer.writerow(columns)
    rows = st.lists(_good_rows | _bad_rows, max_size=6)
    for row in draw(rows):
        writer.writerow(["@daisy", *row, *[""] * (len(columns) - len(row) - 1)])
    return text.getvalue()


def _texts_for(reader: str) -> st.SearchStrategy[str]:
    if reader in CSV_READERS:
        return _csv_texts(CSV_READERS[reader][0])
    return _json_texts(_failed_items if reader == FAILURES else _json_objects)


@st.composite
def made_inputs(draw: st.DrawFn) -> Input:
    """Inputs as somebody might write them, now and then with bytes that are wrong."""
    reader = draw(st.sampled_from(READERS))
    is_failures = reader == FAILURES
    is_plain = is_failures or draw(st.integers(0, 3)) > 0
    encoding = "utf-8" if is_plain else draw(st.sampled_from(ENCODINGS))
    contents: list[bytes] = []
    for _ in range(1 if is_failures else draw(st.sampled_from([1, 1, 1, 2, 3]))):
        text = draw(_texts_for(reader))
        content = _encoded(text, encoding)
        content = BOM * draw(st.sampled_from([0, 0, 0, 1])) + content
        for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
            at = draw(st.integers(0, len(content)))
            end = at + draw(st.integers(0, 3))
            content = content[:at] + draw(st.binary(max_size=3)) + content[end:]
        if not is_failures and draw(st.integers(0, 4)) == 0:
            content = gzip.compress(content, mtime=0)
        contents.append(content)
    return Input(reader, tuple(contents), encoding, draw(st.sampled_from(BLOCKS)))


def _encoded(text: str, encoding: str) -> bytes:
    try:
        return text.encode(encoding, "ignore")
    except UnicodeError:
        return text.encode(errors="ignore")


# --- spoilt ---------------------------------------------------------------------------

_CSV: Final = (
    b'id,n,b,t,ss,ns,bs,l,m\n@daisy,1,eHg=,true,a|b,1|2,eHg=,[1],"{""a"":1}"\n'
    b'"@don\nald",-1.5,,0,,,,,\r\n\r\n"@""d""",1e9,,1,"x|,y",0|0,,"[]",{}\n'
)
_JSON: Final = (
    b'{"id":"@daisy","n":1.5,"l":[{"c":"\\u00e9"},null,true]}\n\n'
    b' {"id" : "@donald", "m": {"a": [[], {}], "b:": "x\\":y"}}\r\n{}\n'
)
_WIRE: Final = (
    b'{"Item":{"id":{"S":"@daisy"},"n":{"N":"1.5"},"ss":{"SS":["a","b"]}}}\n'
    b'{"Item":{"id":{"S":"@donald"},"m":{"M":{"l":{"L":[{"NULL":true}]}}}}}\n'
    b'{"Item":{"id":{"S":"@d"},"b":{"B":"eHg="},"bs":{"BS":["eHg="]}}}\n'
)
_FAILED: Final = (
    b'{"table":"ducks","item":{"id":{"S":"@daisy"}},"operation":"put","reason":"X",'
    b'"message":"no","attempts":1,"position":0,"where":"a.csv, line 2"}\n'
    b'{"table":"ducks","item":{"id":{"S":"@don"}},"operation":"delete","reason":"X",'
    b'"message":"no","attempts":1,"position":3,"raw":"x","omitted":["a"]}\n'
)
_TOKENS: Final = (
    *(bytes([byte]) for byte in b'",;|\r\n\t\\ a:{}[]\0\xff\x1f\x1b+-.0'),
    *(BOM, b"\xff\xfe", b"\x1f\x8b\x08", b"\r\n", b'""', b'","', b"\xed\xa0\x80"),
    *(b"NaN", b"1e999999999999", b"9" * 400, b"1e-400", b"\\ud800", b"\\u0000"),
    *(b'{"Item":', b'{"S":"x"}', b'"id":"x",', b'{"NS":[]}', b'{"M":{"a":'),
    *(b"[" * 3000, b'{"a":' * 1500, b"x" * 2000, b"\xc3", b"\xf0\x9f", b"null"),
    b'"omitted":["x"],',
)


def spoilt_input(seed: str) -> Input:
    """A good file of which some bytes are lost, doubled, swapped or replaced."""
    dice = random.Random(seed)
    reader = dice.choice(READERS)
    is_failures = reader == FAILURES
    encoding = "utf-8"
    if not is_failures and _happens(dice, 0.2):
        encoding = dice.choice(ENCODINGS)
    contents: list[bytes] = []
    for _ in range(1 if is_failures or not _happens(dice, 0.2) else 2):
        content = _seed_for(reader, dice)
        if encoding != "utf-8" and _happens(dice, 0.8):
            content = _encoded(content.decode(), encoding)
        is_gzipped = not is_failures and _happens(dice, 0.2)
        if is_gzipped and _happens(dice, 0.5):
            content = gzip.compress(_spoilt(content, dice), mtime=0)
        elif is_gzipped:
            content = _spoilt(gzip.compress(content, mtime=0), dice)
        else:
            content = _spoilt(content, dice)
        contents.append(content)
    if _happens(dice, 0.005):
        # What takes time that grows faster than the file shows in a long one.
        contents[0] = _lengthened(contents[0], dice)
        return Input(reader, tuple(contents), encoding)
    return Input(reader, tuple(contents), encoding, dice.choice(BLOCKS))


def _lengthened(content: bytes, dice: random.Random) -> bytes:
    token = dice.choice(_TOKENS)
    at = dice.randint(0, len(content))
    return content[:at] + token * (LONG_BYTES // len(token)) + content[at:]


def _happens(dice: random.Random, chance: float) -> bool:
    return dice.random() < chance


def _seed_for(reader: str, dice: random.Random) -> bytes:
    if reader in CSV_READERS:
        content = _CSV.replace(b",", CSV_READERS[reader][0].encode())
    elif reader == FAILURES:
        content = _FAILED
    else:
        content = dice.choice((_JSON, _WIRE))
    return content * dice.choice((1, 1, 1, 5))


def _spoilt(content: bytes, dice: random.Random) -> bytes:
    for _ in range(dice.choice((1, 1, 2, 3, 8))):
        at = dice.randint(0, len(content))
        end = min(at + dice.choice((0, 1, 1, 2, 8, 60)), len(content))
        replacement = dice.choice(
            (
                b"",
                dice.choice(_TOKENS),
                dice.choice(_TOKENS) + content[at:end],
                content[at:end] * 2,
                dice.randbytes(end - at),
                content[dice.randint(0, len(content)) :][:40],
            )
        )
        content = content[:at] + replacement + content[end:]
        if _happens(dice, 0.05):
            content = content[: dice.randint(0, len(content))]
    return content
