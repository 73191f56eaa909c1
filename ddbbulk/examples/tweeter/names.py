"""What tables, the index and attributes are called: the course's names, or others."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Final, Self

from ddbbulk import ConfigurationError

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
_TABLE_NAME: Final = re.compile(r"[a-zA-Z0-9_.-]{3,255}")
_MAX_ATTRIBUTE_BYTES: Final = 255
_TABLES: Final = ("users_table", "follows_table", "feed_table", "index")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of tables, index and attributes; an attribute's field is its default.

    Raises:
        ConfigurationError: DynamoDB allows no such name, or two are the same where
            they must differ.
    """

    users_table: str = "tweeter_user"
    follows_table: str = "tweeter_follow"
    feed_table: str = "tweeter_feed"
    index: str = "follows_index"
    alias: str = "alias"
    first_name: str = "first_name"
    last_name: str = "last_name"
    password_hash: str = "password_hash"  # noqa: S105 - an attribute's name
    image_url: str = "image_url"
    follower_count: str = "follower_count"
    followee_count: str = "followee_count"
    follower_alias: str = "follower_alias"
    followee_alias: str = "followee_alias"
    timestamp: str = "timestamp"
    author_alias: str = "author_alias"
    post: str = "post"

    def __post_init__(self) -> None:
        for field in fields(self):
            check = _check_table_name if field.name in _TABLES else _check_attribute
            check(field.name, getattr(self, field.name))
        _check_distinct((self.users_table, self.follows_table, self.feed_table))
        for together in (self.of_a_user, self.of_a_follow, self.of_a_feed):
            _check_distinct(together)

    @property
    def of_a_user(self) -> tuple[str, ...]:
        """The attributes of a user; the key first."""
        return (
            self.alias,
            self.first_name,
            self.last_name,
            self.password_hash,
            self.image_url,
            self.follower_count,
            self.followee_count,
        )

    @property
    def of_a_follow(self) -> tuple[str, str]:
        """The attributes of a follow: partition key and sort key."""
        return (self.follower_alias, self.followee_alias)

    @property
    def of_a_feed(self) -> tuple[str, ...]:
        """The attributes of an entry in a feed; partition key and sort key first."""
        return (self.follower_alias, self.timestamp, self.author_alias, self.post)

    def renamed(self, renames: Iterable[str]) -> Self:
        """Return these names with some attributes renamed.

        Args:
            renames: each as ``alias=handle``: the attribute here, its name there.
        """
        known = [field.name for field in fields(self) if field.name not in _TABLES]
        chosen: dict[str, str] = {}
        for rename in renames:
            attribute, equals, name = rename.partition("=")
            if not equals or attribute not in known:
                raise ConfigurationError(
                    f"--attribute {rename!r}: write it as NAME=OTHER, where NAME is "
                    f"one of {', '.join(known)}"
                )
            if attribute in chosen:
                raise ConfigurationError(f"--attribute renames {attribute} twice")
            chosen[attribute] = name
        return replace(self, **chosen)


def _check_table_name(field: str, name: str) -> None:
    if not _TABLE_NAME.fullmatch(name):
        option = "--" + field.replace("_", "-")
        raise ConfigurationError(
            f"{option} {name!r}: a name has 3 to 255 of the characters a-z, A-Z, 0-9, "
            "'_', '-' and '.'"
        )


def _check_attribute(field: str, name: str) -> None:
    if not name or len(name.encode()) > _MAX_ATTRIBUTE_BYTES:
        raise ConfigurationError(
            f"--attribute {field}={name[:64]}: an attribute's name has 1 to "
            f"{_MAX_ATTRIBUTE_BYTES} bytes"
        )


def _check_distinct(names: tuple[str, ...]) -> None:
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ConfigurationError(
            f"two things are called {twice.pop()!r}: give them different names"
        )
