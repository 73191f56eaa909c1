import os
import subprocess
import sys

import pytest

from ddbbulk.capacity import holders
from ddbbulk.capacity.holders import is_alive, new_holder, started_at


def test_this_process_is_alive() -> None:
    assert is_alive(new_holder())


def test_each_block_is_a_holder_of_its_own() -> None:
    assert new_holder().id != new_holder().id


def test_a_number_that_another_process_has_by_now_is_not_alive() -> None:
    assert not is_alive(new_holder().model_copy(update={"started": "before"}))


def test_of_another_machine_nothing_is_known() -> None:
    assert is_alive(new_holder().model_copy(update={"host": "x", "started": "x"}))


def test_a_killed_process_is_dead_before_anybody_has_asked_for_its_end() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=-1) as process:
        assert started_at(process.pid)
        process.kill()
        # It is a zombie then: nobody has waited for it.
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert started_at(process.pid) is None
    assert started_at(process.pid) is None


def test_where_there_is_no_proc_ps_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holders, "_BOOT", holders._PROCESSES / "nothing")

    started = started_at(os.getpid())

    assert started
    assert started_at(os.getpid()) == started
    assert started_at(2**22 + 1) is None
