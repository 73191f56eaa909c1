from itertools import pairwise

import pytest

from ddbbulk.errors import ConfigurationError
from ddbbulk.sources import lines
from ddbbulk.sources.files import UnreadableError
from ddbbulk.sources.lines import Lines, as_utf8, checked_encoding, whole_lines


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_lines_are_whole_however_the_blocks_are_cut(size: int) -> None:
    text = b"one\n\ntwo\r\nthree three\nlast"
    blocks = [text[at : at + size] for at in range(0, len(text), size)]

    found = list(whole_lines(blocks))

    assert b"\n".join(piece.data for piece in found) == text
    for one, other in pairwise(found):
        assert other.first == one.first + one.data.count(b"\n") + 1


def test_a_line_that_is_too_long_is_let_go_and_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lines, "MAX_LINE_BYTES", 10)

    found = list(whole_lines([b"a\n", b"b" * 8, b"b" * 8, b"b\nc\nd", b"e" * 20]))

    assert found == [
        Lines(1, b"a"),
        Lines(2, b"", 2, is_too_long=True),
        Lines(3, b"c", 20),
        Lines(4, b"", 22, is_too_long=True),
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_what_is_too_long_does_not_depend_on_the_blocks(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(lines, "MAX_LINE_BYTES", 10)
    text = b"x" * 10 + b"\n" + b"y" * 11 + b"\n" + b"z" * 10
    blocks = [text[at : at + size] for at in range(0, len(text), size)]

    kept = [piece.data for piece in whole_lines(blocks) if not piece.is_too_long]

    assert kept == [b"x" * 10, b"z" * 10]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_lines_say_where_they_begin(size: int) -> None:
    text = b"one\n\ntwo\r\nthree three\nlast"
    blocks = [text[at : at + size] for at in range(0, len(text), size)]

    for piece in whole_lines(blocks, first=7, offset=100):
        begin = piece.offset - 100
        assert text[begin : begin + len(piece.data)] == piece.data
        assert piece.first == 7 + text[:begin].count(b"\n")


def test_no_bytes_are_no_lines() -> None:
    assert list(whole_lines([])) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-8-sig"])
@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_a_byte_order_mark_is_no_text(encoding: str, size: int) -> None:
    raw = "\ufeffnaïve 🦆\n".encode(encoding)
    if encoding in {"utf-16", "utf-8-sig"}:
        raw = "naïve 🦆\n".encode(encoding)
    blocks = [raw[at : at + size] for at in range(0, len(raw), size)]

    assert b"".join(as_utf8(blocks, encoding)) == "naïve 🦆\n".encode()


def test_undecodable_bytes_never_become_text() -> None:
    recoded = b"".join(as_utf8([b"a\xc3\xa9b"], "ascii"))

    with pytest.raises(UnicodeDecodeError):
        recoded.decode()


def test_an_encoding_that_loses_its_way_is_unreadable() -> None:
    with pytest.raises(UnreadableError, match="utf-16"):
        list(as_utf8([b"\xff\xfea"], "utf-16"))


@pytest.mark.parametrize(
    "encoding", ["nonsense", "base64", "\0", "undefined", "unicode_escape"]
)
def test_what_is_no_text_encoding_is_refused(encoding: str) -> None:
    with pytest.raises(ConfigurationError, match="such as utf-8"):
        checked_encoding(encoding)


def test_an_encoding_has_one_name() -> None:
    assert checked_encoding("UTF8") == "utf-8"
