from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

import ddbbulk
from ddbbulk.examples.conversations.moments import START
from ddbbulk.examples.conversations.rows import GroupRow, Message, Row
from ddbbulk.examples.conversations.script import Line
from ddbbulk.examples.conversations.seeding import scripted, seed_writes
from ddbbulk.examples.conversations.users import DAISY, DONALD, User, group_uuid_of

USERS = (DAISY, DONALD)
GROUP = group_uuid_of(DAISY.uuid, DONALD.uuid)
GUSTAV = User(str(UUID(int=3)), "gustav", "Gustav Goose")
SCRIPTS = st.lists(
    st.builds(Line, st.integers(0, 1), st.sampled_from(["Quack", "Bread?", "No."])),
    min_size=1,
    max_size=8,
)
Table = dict[tuple[str, str], Row]


def seeded(table: Table, script: list[Line], *, days: int = 0, cut: int = 999) -> Table:
    """Return a table after a seed that may have been killed after some writes."""
    stored = [
        Message(GROUP, row["sk"], row["message_uuid"], row["message"], DAISY)
        for (pk, _), row in table.items()
        if pk == f"MSG#{GROUP}"
    ]
    inbox = [
        GroupRow(pk[4:], row["sk"], row["message_group_uuid"], row["message"], DAISY)
        for (pk, _), row in table.items()
        if pk.startswith("GRP#")
    ]
    start = START + timedelta(days=days)
    messages = scripted(script, USERS, GROUP, start=start)
    after = dict(table)
    for change in seed_writes(messages, stored, inbox, USERS)[:cut]:
        if isinstance(change, ddbbulk.Delete):
            after.pop((str(change.key["pk"]), str(change.key["sk"])), None)
        else:
            after[change["pk"], change["sk"]] = change
    return after


@given(
    SCRIPTS,
    st.lists(st.tuples(SCRIPTS, st.integers(-1, 1), st.integers(0, 20)), max_size=3),
)
def test_whatever_was_seeded_before_or_killed_the_table_is_one_clean_seed(
    script: list[Line], before: list[tuple[list[Line], int, int]]
) -> None:
    table: Table = {}
    for earlier, days, cut in before:
        table = seeded(table, earlier, days=days, cut=cut)

    assert seeded(table, script) == seeded({}, script)


def test_a_row_has_exactly_the_attributes_that_the_application_reads() -> None:
    table = seeded({}, [Line(0, "Quack"), Line(1, "Bread?")])

    assert table[f"MSG#{GROUP}", "2026-01-05T08:31:00.000000+00:00"] == {
        "pk": f"MSG#{GROUP}",
        "sk": "2026-01-05T08:31:00.000000+00:00",
        "message_uuid": scripted([Line(0, "")] * 2, USERS, GROUP, start=START)[1].uuid,
        "message": "Bread?",
        "user_uuid": DONALD.uuid,
        "user_handle": "donald",
        "user_display_name": "Donald Duck",
    }
    assert table[f"GRP#{DAISY.uuid}", "2026-01-05T08:31:00.000000+00:00"] == {
        "pk": f"GRP#{DAISY.uuid}",
        "sk": "2026-01-05T08:31:00.000000+00:00",
        "message_group_uuid": GROUP,
        "message": "Bread?",
        "user_uuid": DONALD.uuid,
        "user_handle": "donald",
        "user_display_name": "Donald Duck",
    }
    assert table[f"GRP#{DONALD.uuid}", "2026-01-05T08:31:00.000000+00:00"][
        "user_handle"
    ] == ("daisy")
    assert len(table) == 4


def test_what_was_sent_stays_and_the_group_rows_show_it() -> None:
    script = [Line(0, "Quack"), Line(1, "Bread?")]
    sent = replace(
        scripted(script, USERS, GROUP, start=START + timedelta(days=1))[0],
        uuid="5ae290ed-55d1-47a0-bc6d-fe2bc2700399",
        text="Still there?",
    )
    before = seeded({}, script) | {(sent.row["pk"], sent.sent_at): sent.row}

    after = seeded(before, script)

    assert after[sent.row["pk"], sent.sent_at] == sent.row
    rows = [row for (pk, _), row in after.items() if pk.startswith("GRP#")]
    assert {(row["sk"], row["message"]) for row in rows} == {
        (sent.sent_at, "Still there?")
    }
    assert len(rows) == 2


def test_another_conversation_that_ends_at_the_same_time_keeps_its_row() -> None:
    script = [Line(0, "Quack")]
    at = "2026-01-05T08:30:00.000000+00:00"
    other = GroupRow(DAISY.uuid, at, "another", "Honk", GUSTAV)
    table = {(other.row["pk"], at): other.row}

    once = seeded(table, script)

    assert once[other.row["pk"], at] == other.row
    later = "2026-01-05T08:30:00.000001+00:00"
    assert once[f"GRP#{DAISY.uuid}", later]["message_group_uuid"] == GROUP
    assert once[f"GRP#{DONALD.uuid}", later]["message_group_uuid"] == GROUP
    assert seeded(once, script) == once
