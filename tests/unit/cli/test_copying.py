"""Where a copy goes: what is not said of the second table is as for the first."""

import pytest

from ddbbulk.cli.copying import CopyEnd, table_ends
from ddbbulk.errors import ConfigurationError

LOCAL = "http://127.0.0.1:8000"


def target_of(source: CopyEnd, target: CopyEnd) -> CopyEnd:
    return table_ends(source, target)[1]


def test_another_table_is_at_the_same_place() -> None:
    source = CopyEnd("users", LOCAL, "eu-west-1", "work")

    assert target_of(source, CopyEnd("copy", None, None, None)) == CopyEnd(
        "copy", LOCAL, "eu-west-1", "work"
    )


def test_another_region_is_not_on_the_server_of_the_first() -> None:
    source = CopyEnd("users", LOCAL, None, None)

    target = target_of(source, CopyEnd("users", None, "eu-west-1", None))

    assert target == CopyEnd("users", None, "eu-west-1", None)


def test_a_server_of_its_own_wins() -> None:
    source = CopyEnd("users", None, "eu-west-1", "work")

    target = target_of(source, CopyEnd("users", LOCAL, None, None))

    assert target == CopyEnd("users", LOCAL, "eu-west-1", "work")


def test_a_table_is_not_copied_into_itself() -> None:
    with pytest.raises(ConfigurationError, match="into itself"):
        target_of(
            CopyEnd("users", LOCAL, "eu-west-1", None),
            CopyEnd("users", None, None, None),
        )
