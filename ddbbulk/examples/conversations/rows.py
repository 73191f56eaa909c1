"""The two kinds of rows: to the table and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from ddbbulk.examples.conversations.users import User

TABLE: Final = "cruddur-messages"
INDEX: Final = "message-group-sk-index"
_GROUP: Final = "GRP#"
_MESSAGE: Final = "MSG#"

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Message:
    """A message.

    Args:
        group_uuid: the conversation that it is part of.
        sent_at: when, as a sort key.
        uuid: its own id.
        text: what it says.
        sender: who says it.
    """

    group_uuid: str
    sent_at: str
    uuid: str
    text: str
    sender: User

    @property
    def key(self) -> Row:
        """Its primary key."""
        return {"pk": message_key(self.group_uuid), "sk": self.sent_at}

    @property
    def row(self) -> Row:
        """All its attributes."""
        return {
            **self.key,
            "message_uuid": self.uuid,
            "message": self.text,
            **_attributes(self.sender),
        }

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> Self:
        """Read an item; what another program has left out is empty."""
        return cls(
            text_of(item, "pk").removeprefix(_MESSAGE),
            text_of(item, "sk"),
            text_of(item, "message_uuid"),
            text_of(item, "message"),
            _user_of(item),
        )


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One side's view of a conversation.

    Args:
        owner_uuid: whose list it stands in.
        sent_at: when the last message was sent, as a sort key.
        group_uuid: the conversation.
        text: the last message.
        other: whom the owner talks with.
    """

    owner_uuid: str
    sent_at: str
    group_uuid: str
    text: str
    other: User

    @property
    def key(self) -> Row:
        """Its primary key."""
        return {"pk": group_key(self.owner_uuid), "sk": self.sent_at}

    @property
    def row(self) -> Row:
        """All its attributes."""
        return {
            **self.key,
            "message_group_uuid": self.group_uuid,
            "message": self.text,
            **_attributes(self.other),
        }

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> Self:
        """Read an item; what another program has left out is empty."""
        return cls(
            text_of(item, "pk").removeprefix(_GROUP),
            text_of(item, "sk"),
            text_of(item, "message_group_uuid"),
            text_of(item, "message"),
            _user_of(item),
        )


def group_rows(
    message: Message, *, sides: tuple[User, User], at: str
) -> list[GroupRow]:
    """Return the two group rows of a conversation.

    Args:
        message: its last one.
        sides: the two who talk.
        at: their sort key.
    """
    one, other = sides
    return [
        GroupRow(owner.uuid, at, message.group_uuid, message.text, whom)
        for owner, whom in ((one, other), (other, one))
    ]


def group_key(user_uuid: str) -> str:
    """Return the partition of a user's group rows."""
    return f"{_GROUP}{user_uuid}"


def message_key(group_uuid: str) -> str:
    """Return the partition of a conversation's messages."""
    return f"{_MESSAGE}{group_uuid}"


def is_group_row(item: Mapping[str, Any]) -> bool:
    """Say whether an item is one, also in a table whose messages are indexed too."""
    return text_of(item, "pk").startswith(_GROUP)


def is_message(item: Mapping[str, Any]) -> bool:
    """Say whether an item is a message."""
    return text_of(item, "pk").startswith(_MESSAGE)


def wire(row: Row) -> dict[str, dict[str, str]]:
    """Return a row as DynamoDB JSON: all its attributes are strings."""
    return {name: {"S": value} for name, value in row.items()}


def text_of(item: Mapping[str, Any], name: str) -> str:
    """Return a string of an item in DynamoDB JSON; "": it has none of this name."""
    return str(item.get(name, {}).get("S", ""))


def _attributes(user: User) -> Row:
    return {
        "user_uuid": user.uuid,
        "user_handle": user.handle,
        "user_display_name": user.name,
    }


def _user_of(item: Mapping[str, Any]) -> User:
    return User(
        text_of(item, "user_uuid"),
        text_of(item, "user_handle"),
        text_of(item, "user_display_name"),
    )
