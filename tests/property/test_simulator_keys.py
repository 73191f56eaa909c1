import base64
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ddbbulk.simulator.keys import after_prefix, key_part, partition_of
from ddbbulk.sizing import canonical_number
from tests.property.strategies import decimals, integers

# Zero bytes and their escape are where an encoding would go wrong.
texts = st.text(
    st.sampled_from("\0\x01a\u00ff\U0001f600") | st.characters(codec="utf-8")
)
binaries = st.binary() | st.lists(st.sampled_from([0, 1, 254, 255])).map(bytes)
numbers = (integers | decimals).map(Decimal)


def of_text(text: str) -> bytes:
    return key_part({"S": text})


def of_binary(content: bytes) -> bytes:
    return key_part({"B": base64.b64encode(content).decode()})


def of_number(number: Decimal) -> bytes:
    return key_part({"N": canonical_number(str(number))})


@given(texts, texts)
def test_strings_sort_by_their_utf_8(left: str, right: str) -> None:
    assert (of_text(left) < of_text(right)) == (left.encode() < right.encode())


@given(binaries, binaries)
def test_binaries_sort_byte_by_byte(left: bytes, right: bytes) -> None:
    assert (of_binary(left) < of_binary(right)) == (left < right)


@given(numbers, numbers)
def test_numbers_sort_by_their_value(left: Decimal, right: Decimal) -> None:
    assert (of_number(left) < of_number(right)) == (left < right)
    assert (of_number(left) == of_number(right)) == (left == right)


@given(numbers.filter(lambda number: abs(number.adjusted()) < 120), st.integers(-3, 3))
def test_neighbours_among_numbers_sort_too(number: Decimal, step: int) -> None:
    neighbour = Decimal(canonical_number(str(number.scaleb(step))))
    assert (of_number(number) < of_number(neighbour)) == (number < neighbour)


@given(st.one_of(texts.map(of_text), numbers.map(of_number)), texts.map(of_text))
def test_a_key_falls_apart_into_its_parts(partition: bytes, sort: bytes) -> None:
    assert partition_of(partition + sort) == partition
    assert partition_of(partition) == partition


@given(texts, texts)
def test_what_begins_with_a_prefix_is_a_range(prefix: str, text: str) -> None:
    lower = key_part({"S": prefix}, is_prefix=True)
    upper = after_prefix(lower)
    key = of_text(text)
    is_within = lower <= key and (upper is None or key < upper)
    assert is_within == text.startswith(prefix)
