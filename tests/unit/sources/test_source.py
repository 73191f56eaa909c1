from ddbbulk.sources import Bookmark, Chunk


def test_a_chunk_says_where_an_item_stands_in_its_file() -> None:
    chunk = Chunk(["a", "b"], 10, "users.csv", [17, 19])

    assert chunk.where(11) == "users.csv, line 19"


def test_a_chunk_without_file_says_the_position() -> None:
    assert Chunk(["a", "b"], 1000).where(1001) == "item 1,001"


def test_the_rest_of_a_chunk_keeps_positions_and_lines() -> None:
    chunk = Chunk(["a", "b", "c"], 10, "users.csv", [17, 19, 20])

    assert chunk.since(11) == Chunk(["b", "c"], 11, "users.csv", [19, 20])


def test_the_rest_of_a_chunk_that_lies_behind_is_empty() -> None:
    assert list(Chunk(["a", "b"], 10).since(50).items) == []


def test_a_chunk_that_lies_ahead_is_left_whole() -> None:
    chunk = Chunk(["a", "b"], 10)

    assert chunk.since(3) is chunk


def test_the_rest_of_a_chunk_is_found_by_the_same_bookmark() -> None:
    bookmark = Bookmark(8, {"offset": 100})

    assert Chunk(["a", "b"], 10, bookmark=bookmark).since(11).bookmark is bookmark
