"""What ``ddbbulk unload`` does."""

from rich.console import Console

from ddbbulk.aws import Connection
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.messages import say
from ddbbulk.cli.read_runs import ReadRun, ReadSettings
from ddbbulk.cli.read_sheets import unload_sheet
from ddbbulk.events import Display
from ddbbulk.unloading import Unload, UnloadOptions, UnloadReport, part_of


async def unload_table(
    settings: ReadSettings,
    file: str,
    options: UnloadOptions,
    *,
    errors: Console,
    output: Console,
) -> ExitCode:
    """Unload a table; return the exit code.

    Args:
        settings: where it is read.
        file: where the items go.
        options: what is read, and how fast.
        errors: where progress and messages go.
        output: where the sheet or the JSON goes.

    Raises:
        DdbBulkError: nothing was begun.
    """
    run = ReadRun[UnloadReport](
        settings, doing="unloading", sheet=unload_sheet, errors=errors, output=output
    )

    def job(connection: Connection, display: Display) -> Unload:
        asked: UnloadOptions = {
            **options,
            "connection": connection,
            "progress": display,
        }
        return Unload(settings.table, file, asked)

    code = await run.run(job)
    report = run.report
    if code is ExitCode.COMPLETE:
        is_refused = report is not None and report.items_refused
        return ExitCode.SOME_REJECTED if is_refused else code
    # Where nothing was read, there is no such file.
    if report is not None and report.bytes_written and file != "-":
        say(errors, f"what was read is in {part_of(file)}")
    return code
