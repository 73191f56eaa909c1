"""No file makes a reader crash, hang or pass over a record, however broken it is.

``benchmarks/fuzz_readers.py`` asks the same of 100,000 files.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from reader_checks import judge_in_new_loop
from reader_inputs import FAILURES, Input, made_inputs, spoilt_input

STEERING = (
    b'{"table":"ducks","item":null,"operation":"put","reason":"\\u0007",'
    b'"message":"\\u001b[2J","attempts":0,"position":0}\n'
)


@given(made_inputs())
@example(Input(FAILURES, (STEERING,)))
@settings(deadline=None, max_examples=75)
def test_every_record_of_a_file_is_loaded_or_rejected_with_its_line(
    one: Input,
) -> None:
    with TemporaryDirectory() as folder:
        judge_in_new_loop(one, Path(folder))


@given(st.integers(0, 10**9))
@settings(deadline=None, max_examples=150)
def test_some_spoilt_bytes_change_nothing_about_that(number: int) -> None:
    with TemporaryDirectory() as folder:
        judge_in_new_loop(spoilt_input(str(number)), Path(folder))
