"""The users @donald1 to @donald10000: a source that can start and be split anywhere."""

import itertools
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Final, Literal

import ddbbulk
from ddbbulk.examples.tweeter.names import Names
from ddbbulk.examples.tweeter.passwords import HashPer, Passwords

IMAGES_URL: Final = "https://example.com/tweeter/images"
_ALIAS: Final = re.compile(r"@donald([1-9][0-9]*)")

User = dict[str, str | int]


def users(
    *,
    count: int = 10_000,
    password: str = "password",  # noqa: S107 - the example's, told to everybody
    hash_per: Literal["run", "batch", "user"] | HashPer = "batch",
    seed: int = 1,
    images_url: str = IMAGES_URL,
    names: Names | None = None,
) -> "UserSource":
    """Return the users as a source: the same item for the same index, every time.

    Args:
        count: how many; the first is ``@donald1``.
        password: what one can log in with as any of them.
        hash_per: one password hash for the whole run, for 25 users, or for each.
        seed: what salts are derived from.
        images_url: folder of their picture.
        names: attributes under other names.

    Raises:
        ddbbulk.ConfigurationError: an argument cannot work.

    Example:
        >>> users(count=2, hash_per="run").alias_of(0)
        '@donald1'
    """
    try:
        per = HashPer(hash_per)
    except ValueError:
        raise ddbbulk.ConfigurationError(
            f"hash_per is {hash_per!r}: there are {', '.join(HashPer)}"
        ) from None
    return UserSource(
        indexes=range(checked_count(count)),
        passwords=Passwords(password=password, per=per, seed=seed),
        images_url=images_url,
        names=names or Names(),
    )


class UserSource:
    """Users by their index; password hashes are made ahead, in threads.

    Args:
        indexes: which of the users, counted from 0.
        passwords: makes their hashes.
        images_url: folder of their picture.
        names: what attributes are called.
    """

    def __init__(
        self, *, indexes: range, passwords: Passwords, images_url: str, names: Names
    ) -> None:
        self._indexes = indexes
        self._passwords = passwords
        self._images_url = images_url
        self._names = names

    def __call__(self, index: int) -> User:
        """Return the user of an index; making the hash takes about 50 ms."""
        group = self._passwords.group_of(index)
        return self._user(index, self._passwords.hash_of(group))

    @property
    def name(self) -> str:
        """What a person calls this source."""
        return "users"

    @property
    def length(self) -> int:
        """How many users there are."""
        return len(self._indexes)

    @property
    def hashes(self) -> int:
        """How many password hashes they take."""
        return self._passwords.hashes(self._indexes)

    @staticmethod
    def alias_of(index: int) -> str:
        """Return the alias of the user of an index."""
        return alias_of(index)

    async def read(self, start: int = 0) -> AsyncGenerator[ddbbulk.Chunk, None]:
        """Yield the users from an index on."""
        first = min(max(start, self._indexes.start), self._indexes.stop)
        rest = range(first, self._indexes.stop)
        async with aclosing(self._passwords.hashed(rest)) as parts:
            async for part, password_hash in parts:
                made = [self._user(index, password_hash) for index in part]
                yield ddbbulk.Chunk(made, part.start)

    def split(self, parts: int) -> Sequence[ddbbulk.ItemSource]:
        """Return up to ``parts`` sources of consecutive users."""
        used = max(min(parts, len(self._indexes)), 1)
        bounds = [
            self._indexes.start + len(self._indexes) * part // used
            for part in range(used + 1)
        ]
        return [
            UserSource(
                indexes=range(first, stop),
                passwords=self._passwords,
                images_url=self._images_url,
                names=self._names,
            )
            for first, stop in itertools.pairwise(bounds)
        ]

    def _user(self, index: int, password_hash: str) -> User:
        names = self._names
        return {
            names.alias: alias_of(index),
            names.first_name: f"Donald_{index + 1}",
            names.last_name: f"Duck_{index + 1}",
            names.password_hash: password_hash,
            names.image_url: f"{self._images_url}/donald_duck.png",
            names.follower_count: 0,
            names.followee_count: 1,
        }


def alias_of(index: int) -> str:
    """Return the alias of the user of an index: ``@donald1`` for 0."""
    return f"@donald{index + 1}"


def is_alias_below(alias: str, count: int) -> bool:
    """Say whether this is the alias of one of the first ``count`` users."""
    match = _ALIAS.fullmatch(alias)
    return match is not None and int(match[1]) <= count


def user_keys(*, count: int, names: Names) -> ddbbulk.ItemSource:
    """Return what deletes the users: their keys, which take no hashing."""

    @ddbbulk.generator(count=count)
    def users(index: int) -> ddbbulk.Delete:
        return ddbbulk.Delete({names.alias: alias_of(index)})

    return users


def checked_count(count: int) -> int:
    """Return the count.

    Raises:
        ddbbulk.ConfigurationError: it is below 0.
    """
    if count < 0:
        raise ddbbulk.ConfigurationError(f"count is {count}: give 0 or more")
    return count
