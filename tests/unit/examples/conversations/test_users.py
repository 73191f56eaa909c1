from uuid import UUID, uuid4

import pytest

from ddbbulk import ConfigurationError
from ddbbulk.examples.conversations.users import (
    DAISY,
    DONALD,
    User,
    group_uuid_of,
    is_made_by_rule,
    message_uuid_of,
)

UUID_TEXT = "5ae290ed-55d1-47a0-bc6d-fe2bc2700399"


def test_two_users_have_one_group_whoever_is_named_first() -> None:
    group = group_uuid_of(DAISY.uuid, DONALD.uuid)

    assert group == group_uuid_of(DONALD.uuid, DAISY.uuid)
    assert str(UUID(group)) == group
    assert group != group_uuid_of(DAISY.uuid, UUID_TEXT)


def test_ids_by_rule_are_told_from_those_of_sent_messages() -> None:
    assert is_made_by_rule(message_uuid_of(UUID_TEXT, 7))
    assert not is_made_by_rule(str(uuid4()))
    assert not is_made_by_rule("")
    assert message_uuid_of(UUID_TEXT, 7) != message_uuid_of(UUID_TEXT, 8)


def test_a_user_is_written_as_uuid_handle_and_name() -> None:
    user = User.parse(f"{UUID_TEXT.upper()}, @bayko,Bayko, the First", option="--user")

    assert user == User(UUID_TEXT, "bayko", "Bayko, the First")
    assert str(user) == "Bayko, the First (@bayko)"


def test_a_uuid_alone_is_a_user_without_a_name() -> None:
    user = User.parse(UUID_TEXT, option="--from")

    assert not user.is_named
    assert str(user) == UUID_TEXT


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("bayko", "--user bayko: give a UUID"),
        (f"{UUID_TEXT},bayko", "UUID,HANDLE,NAME"),
        (f"{UUID_TEXT},,Bayko", "UUID,HANDLE,NAME"),
        (f"{UUID_TEXT},bayko, ", "UUID,HANDLE,NAME"),
    ],
)
def test_what_is_no_user_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        User.parse(text, option="--user")
