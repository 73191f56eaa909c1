"""What a connection makes of bytes: the same answer in any pieces, and no surprise."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ddbbulk.retry import Failure
from ddbbulk.transport.direct.channel import Channel
from ddbbulk.transport.direct.errand import Errand

NAMES = st.sampled_from(["Date", "Server", "x-amzn-RequestId", "Connection", "x-odd"])
VALUES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=20)


class Nowhere(asyncio.Transport):
    """Takes everything."""

    is_aborted = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Forget it."""

    def is_closing(self) -> bool:
        return self.is_aborted

    def abort(self) -> None:
        self.is_aborted = True


class Owner:
    """Is told."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, bytes, bytes | None]] = []
        self.ended: list[tuple[Errand, str]] = []

    def answered(self, channel: Channel, errand: Errand) -> None:
        checksum = channel.headers.get(b"x-amz-crc32")
        self.answers.append((channel.status, channel.body, checksum))
        self.ended.append((errand, "answered"))

    def broken(self, channel: Channel, errand: Errand | None, why: Failure) -> None:
        assert not channel.is_open
        if errand is not None:
            self.ended.append((errand, why.code))


def opened() -> tuple[Owner, Channel]:
    owner = Owner()
    channel = Channel(owner)
    channel.connection_made(Nowhere())
    return owner, channel


def errand() -> Errand:
    return Errand("BatchWriteItem", b"", lambda _: None)


def cut(data: bytes, places: Sequence[int]) -> list[bytes]:
    bounds = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    pieces = [data[start:stop] for start, stop in pairwise(bounds)]
    return [piece for piece in pieces if piece]


def as_sent(status: int, body: bytes, checksum: int, *, is_chunked: bool) -> bytes:
    head = f"HTTP/1.1 {status} Said\r\nx-amz-crc32: {checksum}\r\n".encode()
    if not is_chunked:
        return head + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    chunk = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
    return head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk + b"0\r\n\r\n"


@given(
    answers=st.lists(
        st.tuples(
            st.sampled_from([200, 400, 500, 503]),
            st.binary(max_size=200),
            st.integers(0, 2**32 - 1),
            st.booleans(),
        ),
        min_size=1,
        max_size=4,
    ),
    places=st.lists(st.integers(min_value=0), max_size=8),
)
def test_answers_are_the_same_in_any_pieces(
    answers: list[tuple[int, bytes, int, bool]], places: list[int]
) -> None:
    owner, channel = opened()
    for status, body, checksum, is_chunked in answers:
        channel.begin(errand())
        data = as_sent(status, body, checksum, is_chunked=is_chunked)
        for piece in cut(data, places):
            channel.data_received(piece)
        assert channel.is_reusable
    assert owner.answers == [
        (status, body, str(checksum).encode()) for status, body, checksum, _ in answers
    ]
    assert {how for _, how in owner.ended} == {"answered"}


@given(
    begin=st.sampled_from(
        [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"]
    ),
    headers=st.lists(st.tuples(NAMES, VALUES), max_size=4),
    end=st.binary(max_size=200),
    places=st.lists(st.integers(min_value=0), max_size=8),
)
def test_whatever_comes_an_errand_ends_once(
    begin: bytes, headers: list[tuple[str, str]], end: bytes, places: list[int]
) -> None:
    owner, channel = opened()
    sent = errand()
    channel.begin(sent)
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers).encode()
    for piece in cut(begin + lines + end, places):
        if channel.is_open:
            channel.data_received(piece)
    channel.connection_lost(None)
    ((ended, how),) = owner.ended
    assert ended is sent
    assert how in ("answered", "ConnectionFailed", "MalformedAnswer")
