import pytest

from ddbbulk.printable import printable


@pytest.mark.parametrize("text", ["", "plain text", "Łódź 東京 🦆", "a\u0301"])
def test_letters_of_every_script_stay(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a\nb\tc", r"a\nb\tc"),
        ("\x1b[31m", r"\x1b[31m"),
        ("\x9b1m", r"\x9b1m"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("file\udcff.csv", r"file\udcff.csv"),
    ],
)
def test_what_steers_a_terminal_is_escaped(text: str, escaped: str) -> None:
    assert printable(text) == escaped


def test_a_long_text_is_cut_before_it_is_escaped() -> None:
    assert printable("\n" * 100, limit=2) == r"\n\n…"
    assert printable("ab", limit=2) == "ab"
