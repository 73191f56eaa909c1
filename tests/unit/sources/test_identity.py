import gzip
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ddbbulk.errors import ConfigurationError
from ddbbulk.sources import (
    CsvSource,
    JsonLinesSource,
    SeekableSource,
    as_source,
    fingerprints,
    generator,
)

SAMPLE = fingerprints.SAMPLE_BYTES


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n")
    return path


def test_a_copy_at_another_path_and_time_is_the_same(path: Path) -> None:
    copy = path.with_name("other.csv")
    shutil.copyfile(path, copy)
    os.utime(copy, (0, 0))

    identity = CsvSource(copy).identity()

    assert identity == CsvSource(path).identity()
    assert json.loads(json.dumps(identity)) == identity
    assert "other" not in str(identity)


@pytest.mark.parametrize("size", [20, 3 * SAMPLE, 3 * SAMPLE + 1, 10 * SAMPLE])
@pytest.mark.parametrize("place", ["beginning", "middle", "end", "length"])
def test_a_change_at_either_end_or_in_the_middle_is_seen(
    path: Path, size: int, place: str
) -> None:
    content = bytearray(b'{"a":1}\n'.ljust(size))
    path.write_bytes(content)
    before = JsonLinesSource(path).identity()
    if place == "length":
        content += b" "
    else:
        content[{"beginning": 8, "middle": size // 2, "end": size - 1}[place]] = 9
    path.write_bytes(content)

    assert JsonLinesSource(path).identity() != before


def test_a_small_file_counts_to_its_last_byte(path: Path) -> None:
    digests = set[str]()
    for changed in range(20, 3 * SAMPLE, 1000):
        content = bytearray(b'{"a":1}\n'.ljust(3 * SAMPLE))
        content[changed] = 9
        path.write_bytes(content)
        digests.add(str(JsonLinesSource(path).identity()))

    assert len(digests) == len(range(20, 3 * SAMPLE, 1000))


def test_a_huge_file_is_sampled(path: Path) -> None:
    path.write_bytes(b"a,b\n")
    with path.open("r+b") as stream:
        stream.truncate(1024**4)  # of holes: to read them would take minutes

    (file,) = CsvSource(path).identity()["files"]

    assert file["size"] == 1024**4
    assert len(file["sha256"]) == 3


@pytest.mark.parametrize(
    "open_differently",
    [
        lambda path: CsvSource(path, delimiter=";"),
        lambda path: CsvSource(path, types="a=N"),
        lambda path: CsvSource(path, empty="null"),
        lambda path: CsvSource(path, encoding="cp1252"),
        lambda path: CsvSource([path, path]),
        JsonLinesSource,
    ],
    ids=["delimiter", "types", "empty", "encoding", "files", "format"],
)
def test_what_changes_the_items_changes_the_identity(
    path: Path, open_differently: Callable[[Path], SeekableSource]
) -> None:
    assert open_differently(path).identity() != CsvSource(path).identity()


def test_a_dialect_is_part_of_the_identity(path: Path) -> None:
    plain = JsonLinesSource(path, dialect="plain").identity()

    assert plain != JsonLinesSource(path).identity()


def test_the_order_of_files_is_part_of_the_identity(path: Path) -> None:
    other = path.with_name("b.csv")
    other.write_text("a,b\n3,4\n")

    turned = CsvSource([other, path]).identity()

    assert turned != CsvSource([path, other]).identity()


def test_two_ways_to_say_the_same_are_one(path: Path) -> None:
    first = CsvSource(path, types="a=N,b=N", encoding="UTF8")
    second = CsvSource(path, types={"b": "N", "a": "N"}, encoding="utf-8-sig")

    assert first.identity() == second.identity()


def test_a_gzipped_file_can_be_found_again(path: Path) -> None:
    path.write_bytes(gzip.compress(b"a\n1\n"))

    assert CsvSource(path).identity()["files"][0]["size"] == path.stat().st_size


def test_standard_input_has_no_identity() -> None:
    with pytest.raises(ConfigurationError, match=r"standard input .* only once"):
        CsvSource("-").identity()


@pytest.fixture(params=["pipe", "terminal"])
def special(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "pipe":
        os.mkfifo(tmp_path / "pipe")
        yield str(tmp_path / "pipe")
        return
    leader, follower = os.openpty()
    yield os.ttyname(follower)
    os.close(leader)
    os.close(follower)


def test_a_pipe_or_terminal_has_no_identity(path: Path, special: str) -> None:
    with pytest.raises(ConfigurationError, match="only once"):
        JsonLinesSource([path, special]).identity()


def test_a_file_that_is_gone_has_no_identity(path: Path) -> None:
    source = CsvSource(path)
    path.unlink()

    with pytest.raises(ConfigurationError, match=r"a\.csv cannot be read: No such"):
        source.identity()


def test_a_generator_is_its_name_its_indexes_and_its_version() -> None:
    def users(index: int) -> int:
        return index

    whole = generator(count=100, version="1")(users)
    first, second = whole.split(2)
    assert isinstance(first, SeekableSource)
    assert isinstance(second, SeekableSource)
    others = [
        first,
        second,
        generator(count=101, version="1")(users),
        generator(count=100, version="2")(users),
        generator(count=100, version="1")(lambda index: index),
    ]

    identities = [whole.identity(), *(other.identity() for other in others)]

    assert len({json.dumps(identity) for identity in identities}) == 6
    assert generator(count=100, version="1")(users).identity() == whole.identity()


def test_an_iterable_cannot_be_found_again() -> None:
    assert not isinstance(as_source([{"a": 1}]), SeekableSource)
