"""The account of a command is given in every way that works."""

from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from pydantic import BaseModel
from rich.console import Console

from ddbbulk.cli.report_output import give_report
from ddbbulk.progress import PatientConsole


class Report(BaseModel):
    items: int


@dataclass(frozen=True)
class Settings:
    is_json: bool
    report_file: Path | None


def given(settings: Settings, output: Console) -> tuple[bool, str]:
    errors = Console(file=StringIO(), width=200, record=True)
    is_given = give_report(
        Report(items=5), "a sheet", settings, output=output, errors=errors
    )
    return is_given, errors.export_text()


def printed(settings: Settings) -> str:
    output = PatientConsole(file=StringIO(), record=True)
    assert given(settings, output) == (True, "")
    return output.export_text()


def test_people_read_a_sheet_and_programs_json(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    assert printed(Settings(is_json=False, report_file=file)) == "a sheet\n"
    text = file.read_text()
    assert Report.model_validate_json(text).items == 5
    assert printed(Settings(is_json=True, report_file=None)) == text


def test_where_nothing_can_be_printed_the_file_is_written_all_the_same(
    tmp_path: Path,
) -> None:
    file = tmp_path / "report.json"
    with Path("/dev/full").open("w") as full:
        is_given, said = given(Settings(False, file), PatientConsole(file=full))
    assert not is_given
    assert said.startswith("error: standard output cannot be written: No space")
    assert Report.model_validate_json(file.read_text()).items == 5


def test_a_report_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    settings = Settings(is_json=False, report_file=tmp_path / "nowhere" / "r.json")
    is_given, said = given(settings, PatientConsole(file=StringIO()))
    assert not is_given
    assert "could not be written: No such file" in said
