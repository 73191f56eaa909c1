import pytest

from ddbbulk.capacity.table_update import repeated
from ddbbulk.errors import ServiceUnavailableError


async def test_a_step_is_repeated_until_nothing_is_waited_for() -> None:
    left = ["a", "b", "", "not reached"]

    async def step() -> str:
        return left.pop(0)

    await repeated(step, table="users", seconds=60)
    assert left == ["not reached"]


async def test_it_ends_in_time_and_says_what_it_waited_for(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ddbbulk.capacity.table_update._LONG_SECONDS", 0.0)

    async def step() -> str:
        return "table users is UPDATING"

    # tenacity counts by the machine's clock; only the waits are virtual.
    with pytest.raises(ServiceUnavailableError, match="still: table users is UPDAT"):
        await repeated(step, table="users", seconds=0.05)
    # Once, for who waits.
    assert caplog.messages == ["table users: waiting for: table users is UPDATING"]


async def test_an_error_of_a_step_is_raised() -> None:
    async def step() -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await repeated(step, table="users", seconds=60)
