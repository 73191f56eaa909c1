"""Positions are the same however large pages are, and any bookmark leads back."""

from itertools import islice
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddbbulk.errors import ConfigurationError
from ddbbulk.marshal import WireItem
from ddbbulk.reading import Page
from ddbbulk.reading.standing import Standing
from ddbbulk.sources import Bookmark, Chunk

Table = list[list[dict[str, Any]]]


def table_of(counts: list[int]) -> Table:
    return [
        [{"pk": {"S": f"{segment}-{n}"}, "n": {"N": "1"}} for n in range(count)]
        for segment, count in enumerate(counts)
    ]


def read(
    table: Table, pages: list[int], bookmark: Bookmark | None = None
) -> list[Chunk]:
    """Read it in pages of these sizes, in turn."""
    standing = Standing.at(bookmark, len(table))
    begun: dict[int, int] = {}
    for segment, after in standing.starts.items():
        keys = [{"pk": item["pk"]} for item in table[segment]]
        begun[segment] = len(keys) if after is None else keys.index(dict(after)) + 1
    chunks: list[Chunk] = []
    asked = 0
    while not standing.is_done:
        if standing.needs_page:
            segment, first = standing.turn, begun.get(standing.turn, 0)
            items = table[segment][first : first + pages[asked % len(pages)]]
            asked += 1
            begun[segment] = first + len(items)
            is_end = begun[segment] == len(table[segment])
            last = None if is_end else {"pk": items[-1]["pk"]} if items else None
            standing.fill(Page(segment, items, len(items), len(items), 0.5, last))
        chunk = standing.next_chunk(["pk"])
        if chunk is not None:
            chunks.append(chunk)
    return chunks


def items_by_position(chunks: list[Chunk]) -> dict[int, str]:
    found: dict[int, str] = {}
    for chunk in chunks:
        for position, item in enumerate(chunk.items, chunk.start):
            assert isinstance(item, WireItem)
            assert position not in found
            found[position] = item.attributes["pk"]["S"]
    return found


counts = st.lists(st.integers(0, 450), min_size=1, max_size=5)
pages = st.lists(st.integers(1, 260), min_size=1, max_size=6)


@settings(max_examples=40)
@given(counts=counts, first=pages, second=pages)
def test_an_item_has_its_position_whatever_the_pages(
    counts: list[int], first: list[int], second: list[int]
) -> None:
    table = table_of(counts)

    found = items_by_position(read(table, first))

    assert found == items_by_position(read(table, second))
    assert list(found) == list(range(sum(counts)))
    assert sorted(found.values()) == sorted(
        item["pk"]["S"] for segment in table for item in segment
    )


@settings(max_examples=40)
@given(counts=counts, first=pages, second=pages, which=st.integers(0, 50))
def test_every_bookmark_leads_back_to_what_followed_it(
    counts: list[int], first: list[int], second: list[int], which: int
) -> None:
    table = table_of(counts)
    chunks = read(table, first)
    chunk = next(islice(chunks, which, None), None)
    if chunk is None:
        return
    assert chunk.bookmark is not None
    # As it comes back from a checkpoint's file.
    place = orjson.loads(orjson.dumps(chunk.bookmark.place))

    rest = read(table, second, Bookmark(chunk.bookmark.position, place))

    everything = items_by_position(chunks)
    assert items_by_position(rest) == {
        position: item
        for position, item in everything.items()
        if position >= chunk.start
    }


@pytest.mark.parametrize(
    "place", [{}, {"segments": [None], "turn": 0, "taken": 0}, {"segments": "a"}]
)
def test_a_bookmark_of_another_source_is_refused(place: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="another source"):
        Standing.at(Bookmark(7, place), 2)
