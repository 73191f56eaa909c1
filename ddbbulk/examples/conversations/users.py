"""Who talks with whom, and the ids that follow from it: the same ones every time."""

from dataclasses import dataclass
from typing import Final, Self
from uuid import UUID, uuid5

from ddbbulk import ConfigurationError

_NAMESPACE: Final = UUID("6f1d3c0e-8a53-4f2c-9c1b-1d0f7a9e4b52")


@dataclass(frozen=True, slots=True)
class User:
    """A user, as rows hold one.

    Args:
        uuid: what the user database calls them.
        handle: such as ``daisy``; "": not known.
        name: such as ``Daisy Duck``; "": not known.
    """

    uuid: str
    handle: str = ""
    name: str = ""

    @classmethod
    def parse(cls, text: str, *, option: str) -> Self:
        """Read ``UUID,HANDLE,NAME``, or a UUID alone.

        Raises:
            ConfigurationError: it is neither.
        """
        uuid, comma, rest = text.partition(",")
        handle, second_comma, name = rest.partition(",")
        handle, name = handle.strip().removeprefix("@"), name.strip()
        if comma and not (second_comma and handle and name):
            raise ConfigurationError(
                f"{option} {text}: write it as UUID,HANDLE,NAME, such as "
                f"{DAISY.uuid},{DAISY.handle},{DAISY.name}"
            )
        return cls(checked_uuid(uuid.strip(), option=option), handle, name)

    @property
    def is_named(self) -> bool:
        """Whether handle and name are known."""
        return bool(self.handle and self.name)

    def __str__(self) -> str:
        """Return what a person calls them."""
        return f"{self.name} (@{self.handle})" if self.is_named else self.uuid


def checked_uuid(text: str, *, option: str) -> str:
    """Return a UUID in its canonical form.

    Raises:
        ConfigurationError: it is none.
    """
    try:
        return str(UUID(text))
    except ValueError:
        raise ConfigurationError(
            f"{option} {text}: give a UUID, such as {DAISY.uuid}"
        ) from None


def group_uuid_of(one: str, other: str) -> str:
    """Return the message group of two users, whichever of them is named first.

    It follows from the users alone: so nobody can come to have two with one person.
    """
    first, second = sorted((one, other))
    return str(uuid5(_NAMESPACE, f"message group of {first} and {second}"))


def message_uuid_of(group_uuid: str, number: int) -> str:
    """Return the id of the message with a number, of those that are made by rule.

    It is of version 5; what people send has one of version 4.
    """
    return str(uuid5(_NAMESPACE, f"message {number} of {group_uuid}"))


def is_made_by_rule(message_uuid: str) -> bool:
    """Say whether a message is from a seed, and nobody has sent it."""
    try:
        return UUID(message_uuid).version == 5  # noqa: PLR2004 - by name, RFC 9562
    except ValueError:
        return False


def made_up_user(number: int) -> User:
    """Return one of the users of generated conversations."""
    uuid = str(uuid5(_NAMESPACE, f"user {number}"))
    return User(uuid, f"duck{number}", f"Duck {number}")


DAISY: Final = User(str(uuid5(_NAMESPACE, "user daisy")), "daisy", "Daisy Duck")
DONALD: Final = User(str(uuid5(_NAMESPACE, "user donald")), "donald", "Donald Duck")
