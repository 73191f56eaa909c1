"""Where results go: a table to read, JSON to compare, and the README."""

import json
import os
import platform
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent
FOLDER: Final = HERE / "results"
_PACKAGES: Final = ("ddbbulk", "aioboto3", "aiobotocore", "boto3", "botocore")


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table that is also easy to read as it stands.

    The first two columns are left-aligned, numbers follow.
    """
    widths = [max(map(len, column)) for column in zip(headers, *rows, strict=True)]
    aligned = [str.ljust, str.ljust, *[str.rjust] * (len(headers) - 2)]

    def line(cells: Sequence[str]) -> str:
        padded = (
            align(cell, width)
            for align, cell, width in zip(aligned, cells, widths, strict=True)
        )
        return f"| {' | '.join(padded)} |"

    rules = [
        "-" * width if align is str.ljust else "-" * (width - 1) + ":"
        for align, width in zip(aligned, widths, strict=True)
    ]
    return "\n".join([line(headers), line(rules), *map(line, rows)])


def write_results(
    folder: Path | None,
    name: str,
    *,
    options: Mapping[str, Any],
    results: Mapping[str, Any],
    sheet: str,
) -> None:
    """Write ``NAME.json``; in the project's own folder also the README's table.

    Args:
        folder: where to; None: nowhere.
        name: of the benchmark, which is that of its script.
        options: what it was run with.
        results: what it measured.
        sheet: the table to read.
    """
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    document = {
        "benchmark": name,
        "command": f"python benchmarks/{name}.py",
        "options": options,
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": _machine(),
        **results,
    }
    text = json.dumps(document, indent=1) + "\n"
    (folder / f"{name}.json").write_text(text, encoding="utf-8")
    if folder.resolve() == FOLDER:
        _put_into_readme(name, f"{_machine_line()}\n\n{sheet}")


def _put_into_readme(name: str, text: str) -> None:
    readme = HERE / "README.md"
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    block = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    before = readme.read_text(encoding="utf-8")
    after = block.sub(lambda _: f"{begin}\n{text}\n{end}", before)
    readme.write_text(after, encoding="utf-8")


def _machine() -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "packages": {package: version(package) for package in _PACKAGES},
    }


def _machine_line() -> str:
    machine = _machine()
    return (
        f"Measured {datetime.now(UTC):%Y-%m-%d} on {machine['cores']} cores "
        f"({machine['processor']}), {machine['system']}, {machine['python']}."
    )


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except FileNotFoundError:
        return platform.processor()
    found = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return found[1] if found else platform.processor()
