"""Password hashes that come out the same again, made in threads, a few ahead."""

import asyncio
import base64
import hashlib
import os
from collections import deque
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import bcrypt

from ddbbulk import ConfigurationError

HASH_COST: Final = 10
# bcrypt looks at no more bytes of a password than these.
MAX_PASSWORD_BYTES: Final = 72
USERS_PER_BATCH: Final = 25
_SALT_BYTES: Final = 16
# Some seconds of users at the course's pace, so that a busy machine delays no load.
_READ_AHEAD: Final = 32
_CHUNK_ITEMS: Final = 100
_MAX_THREADS: Final = 8
_BCRYPT_ALPHABET: Final = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
)


class HashPer(StrEnum):
    """Who shares a password hash: hashing is slow, and that is its purpose."""

    RUN = "run"
    BATCH = "batch"
    USER = "user"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passwords:
    """One password, hashed once for each group of users.

    Args:
        password: at most 72 bytes of UTF-8.
        per: how large a group is: all users, 25 of them, or one.
        seed: salts are derived from it and from the group, so that a user's hash is
            the same in every run.

    Raises:
        ConfigurationError: bcrypt cannot hash this password.
    """

    password: str = "password"  # noqa: S105 - the example's, told to everybody
    per: HashPer = HashPer.BATCH
    seed: int = 1

    def __post_init__(self) -> None:
        size = len(self.password.encode())
        if not 0 < size <= MAX_PASSWORD_BYTES or "\0" in self.password:
            raise ConfigurationError(
                f"--password has {size} bytes: bcrypt takes 1 to {MAX_PASSWORD_BYTES}, "
                "none of them zero"
            )

    def hash_of(self, group: int | str) -> str:
        """Return the hash for a group of users; this takes about 50 ms."""
        salt = bcrypt_salt(self.seed, group)
        return bcrypt.hashpw(self.password.encode(), salt).decode()

    def group_of(self, index: int) -> int:
        """Return the number of the group that this user is in."""
        match self.per:
            case HashPer.RUN:
                return 0
            case HashPer.BATCH:
                return index // USERS_PER_BATCH
            case HashPer.USER:
                return index

    def hashes(self, users: range) -> int:
        """Return how many hashes these users take."""
        if not users:
            return 0
        return self.group_of(users[-1]) - self.group_of(users[0]) + 1

    async def hashed(self, users: range) -> AsyncGenerator[tuple[range, str], None]:
        """Yield the users in short ranges, each with the hash that it shares.

        The next hashes are made in threads meanwhile, never on the event loop.
        """
        loop = asyncio.get_running_loop()
        threads = ThreadPoolExecutor(hashing_threads(), "tweeter-bcrypt")
        ahead: deque[tuple[range, asyncio.Future[str]]] = deque()
        group = -1
        try:
            for part in self._parts(users):
                if group != self.group_of(part[0]):
                    group = self.group_of(part[0])
                    future = loop.run_in_executor(threads, self.hash_of, group)
                else:
                    future = ahead[-1][1]
                ahead.append((part, future))
                while len(ahead) > _READ_AHEAD:
                    yield await _first(ahead)
            while ahead:
                yield await _first(ahead)
        finally:
            for _, future in ahead:
                future.cancel()
            # A reader who gave up does not wait for the hash that is being made.
            threads.shutdown(wait=False, cancel_futures=True)

    def _parts(self, users: range) -> Iterator[range]:
        start = users.start
        while start < users.stop:
            stop = min(start + _CHUNK_ITEMS, users.stop)
            if self.per is not HashPer.RUN:
                size = USERS_PER_BATCH if self.per is HashPer.BATCH else 1
                stop = min((start // size + 1) * size, users.stop)
            yield range(start, stop)
            start = stop


def bcrypt_salt(seed: int, group: int | str) -> bytes:
    """Return the bcrypt salt of a group: 16 derived bytes in bcrypt's own base64."""
    digest = hashlib.sha256(f"{seed}:{group}".encode()).digest()[:_SALT_BYTES]
    text = base64.b64encode(digest).rstrip(b"=").translate(_BCRYPT_ALPHABET)
    return b"$2b$%02d$%s" % (HASH_COST, text)


def hashing_threads() -> int:
    """Return how many hashes are made at a time: bcrypt lets other threads run."""
    return min(os.cpu_count() or 1, _MAX_THREADS)


async def _first(ahead: deque[tuple[range, asyncio.Future[str]]]) -> tuple[range, str]:
    part, future = ahead.popleft()
    return part, await future
