from collections import Counter

from ddbbulk.examples.conversations.generating import (
    conversations,
    pair_of,
    users_of,
)
from ddbbulk.examples.conversations.moments import START


def test_every_pair_of_users_talks_once() -> None:
    pairs = [pair_of(group) for group in range(45)]

    assert len({frozenset(pair) for pair in pairs}) == 45
    assert all(one != other for one, other in pairs)
    # 10 users have 45 pairs.
    assert len({user for pair in pairs for user in pair}) == users_of(45) == 10
    assert [users_of(groups) for groups in (1, 2, 3, 4)] == [2, 3, 3, 4]


def test_rows_are_the_same_every_time_and_none_has_the_key_of_another() -> None:
    source = conversations(groups=20, messages=3, start=START)
    rows = [source(index) for index in range(source.count)]

    assert rows == [source(index) for index in range(source.count)]
    assert len({(row["pk"], row["sk"]) for row in rows}) == source.count == 100


def test_each_conversation_has_its_messages_and_a_group_row_for_each_side() -> None:
    source = conversations(groups=4, messages=3, start=START)
    rows = [source(index) for index in range(source.count)]

    messages = [row for row in rows if row["pk"].startswith("MSG#")]
    assert set(Counter(row["pk"] for row in messages).values()) == {3}
    assert len({row["message_uuid"] for row in messages}) == 12
    groups = [row for row in rows if row["pk"].startswith("GRP#")]
    for group in groups:
        own = [
            row for row in messages if row["pk"] == f"MSG#{group['message_group_uuid']}"
        ]
        last = max(own, key=lambda row: row["sk"])
        assert (group["sk"], group["message"]) == (last["sk"], last["message"])
        assert group["pk"] != f"GRP#{group['user_uuid']}"
        assert group["user_uuid"] in {row["user_uuid"] for row in own}
    assert set(Counter(row["message_group_uuid"] for row in groups).values()) == {2}


def test_no_conversation_is_written_as_a_block() -> None:
    source = conversations(groups=5, messages=4, start=START)

    first = [source(index)["pk"] for index in range(5)]

    assert len(set(first)) == 5
