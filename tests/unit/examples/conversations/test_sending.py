from ddbbulk.examples.conversations.rows import GroupRow, Message
from ddbbulk.examples.conversations.sending import Conversation, transaction
from ddbbulk.examples.conversations.users import DAISY, DONALD

MESSAGE = Message("group", "2026-01-05T08:31", "uuid", "Quack", DAISY)


def test_a_message_replaces_both_group_rows() -> None:
    rows = [
        GroupRow(DAISY.uuid, "2026-01-05T08:30", "group", "Bread?", DONALD),
        GroupRow(DONALD.uuid, "2026-01-05T08:30", "group", "Bread?", DAISY),
    ]

    changes = transaction("t", MESSAGE, Conversation("group", (DAISY, DONALD), rows))

    assert [next(iter(change)) for change in changes] == [
        "Put",
        "Delete",
        "Delete",
        "Put",
        "Put",
    ]
    deleted = [change["Delete"]["Key"] for change in changes[1:3]]
    assert deleted == [
        {"pk": {"S": f"GRP#{user.uuid}"}, "sk": {"S": "2026-01-05T08:30"}}
        for user in (DAISY, DONALD)
    ]
    put = [change["Put"]["Item"] for change in changes[3:]]
    assert [item["user_uuid"]["S"] for item in put] == [DONALD.uuid, DAISY.uuid]
    assert {item["sk"]["S"] for item in put} == {"2026-01-05T08:31"}


def test_nothing_is_done_where_a_row_is_gone_or_a_key_is_taken() -> None:
    rows = [GroupRow(DAISY.uuid, "2026-01-05T08:30", "group", "Bread?", DONALD)]

    changes = transaction("t", MESSAGE, Conversation("group", (DAISY, DONALD), rows))

    conditions = [
        (kind, change["ConditionExpression"])
        for one in changes
        for kind, change in one.items()
    ]
    assert set(conditions) == {
        ("Put", "attribute_not_exists(pk)"),
        ("Delete", "attribute_exists(pk)"),
    }
