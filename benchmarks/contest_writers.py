"""Who takes part in the contest, and how a task is given to one of them."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from contest import (
    ACCESS_KEY,
    MAKERS,
    MODELS,
    REGION,
    TABLE,
    Figures,
    Task,
    item_pool,
    with_floats,
)
from workloads import HASH

HERE: Final = Path(__file__).resolve().parent
PEERS: Final = HERE / "peers"
SCRIPT: Final = PEERS / "batch_write.mjs"
JAVASCRIPT: Final = "node"
_LIMIT_SECONDS: Final = 600.0


class WriterFailedError(Exception):
    """A writer did not do its task; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """One who takes part.

    Args:
        name: how it is asked for, and called in tables.
        module: of ``contenders``.
        package: whose version is recorded.
    """

    name: str
    module: str
    package: str
    loop: str = "asyncio"
    transport: str = ""

    @property
    def is_ours(self) -> bool:
        return self.package == "ddbbulk"

    @property
    def workloads(self) -> tuple[str, ...]:
        """Return what it can be given: pydantic is of Python."""
        is_python = self.module != JAVASCRIPT
        return tuple(name for name in MAKERS if is_python or name != MODELS)

    def task(self, **task: Any) -> Task:  # noqa: ANN401 -- as Task takes them
        """Return a task for it."""
        return Task(
            writer=self.module, loop=self.loop, transport=self.transport, **task
        )

    def version(self) -> str:
        """Return the version of what is installed; empty where nothing is."""
        if self.module == JAVASCRIPT:
            manifest = PEERS / "node_modules" / self.package / "package.json"
            if not manifest.exists():
                return ""
            found: str = json.loads(manifest.read_text(encoding="utf-8"))["version"]
            return found
        try:
            return version(self.package)
        except PackageNotFoundError:
            return ""


_DIRECT: Final = {"module": "ddbbulk_load", "package": "ddbbulk"}
_CLIENT: Final = {"module": "aioboto3_client", "package": "aioboto3"}
_PYDYNOX: Final = {"module": "pydynox_writers", "package": "pydynox"}
WRITERS: Final[Mapping[str, Writer]] = {
    writer.name: writer
    for writer in (
        Writer(name="ddbbulk", **_DIRECT),
        Writer(name="ddbbulk-uvloop", loop="uvloop", **_DIRECT),
        Writer(name="ddbbulk-aioboto3", transport="aioboto3", **_DIRECT),
        Writer(name="boto3", module="boto3_batch_writer", package="boto3"),
        Writer(name="aioboto3", module="aioboto3_batch_writer", package="aioboto3"),
        Writer(name="aioboto3-client", **_CLIENT),
        Writer(name="aioboto3-client-uvloop", loop="uvloop", **_CLIENT),
        Writer(
            name="aiodynamo-uvloop",
            module="aiodynamo_client",
            package="aiodynamo",
            loop="uvloop",
        ),
        Writer(name="pydynox", **_PYDYNOX),
        Writer(name="pydynox-uvloop", loop="uvloop", **_PYDYNOX),
        Writer(name="pynamodb", module="pynamodb_batch", package="pynamodb"),
        Writer(name="awswrangler", module="awswrangler_items", package="awswrangler"),
        Writer(name="javascript", module=JAVASCRIPT, package="@aws-sdk/lib-dynamodb"),
    )
}
IDLE: Final = Writer(name="idle client", module="idle", package="aioboto3")


class Arena:
    """Where tasks are done: the environment of the writers' processes."""

    def __init__(self, folder: Path, certificate: Path | None = None) -> None:
        self._folder = folder
        self._environment = {
            **os.environ,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": ACCESS_KEY,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }
        if certificate is not None:
            self._environment["AWS_CA_BUNDLE"] = str(certificate)

    def run(self, task: Task) -> Figures:
        """Have a task done by a fresh process.

        Raises:
            WriterFailedError: it was not done.
        """
        try:
            done = subprocess.run(  # noqa: S603 -- our own scripts
                self._command(task),
                capture_output=True,
                text=True,
                check=True,
                env=self._environment,
                timeout=_LIMIT_SECONDS,
            )
        except subprocess.TimeoutExpired:
            message = f"not done after {_LIMIT_SECONDS:.0f} s"
            raise WriterFailedError(message) from None
        except subprocess.CalledProcessError as error:
            raise WriterFailedError(_reason(error.stderr)) from error
        return Figures(**json.loads(done.stdout))

    def _command(self, task: Task) -> list[str]:
        if task.writer != JAVASCRIPT:
            script = str(HERE / "contestant.py")
            return [sys.executable, script, json.dumps(asdict(task))]
        node = shutil.which("node")
        if node is None:
            message = "node is not installed"
            raise WriterFailedError(message)
        more = {
            "table": TABLE,
            "pool": str(self._pool(task.workload)),
            "password_hash": HASH,
        }
        return [node, str(SCRIPT), json.dumps({**asdict(task), **more})]

    def _pool(self, workload: str) -> Path:
        """Return a file of a workload's items, as JSON."""
        path = self._folder / f"{workload}.json"
        if not path.exists():
            items = with_floats(list(item_pool(workload)))
            text = json.dumps(items, default=lambda one: {"$set": sorted(one)})
            path.write_text(text, encoding="utf-8")
        return path


@contextmanager
def opened_arena(certificate: Path | None = None) -> Generator[Arena, None, None]:
    """Return an arena, whose files go with the block.

    Args:
        certificate: what writers shall trust.
    """
    with tempfile.TemporaryDirectory(prefix="ddbbulk-contest-") as name:
        yield Arena(Path(name), certificate)


def _reason(output: str) -> str:
    """Return the line of a traceback that tells most: Python's last, Node's first."""
    lines = [line.strip() for line in output.splitlines() if "Error" in line]
    if not lines:
        return "it ended without a word"
    is_python = output.startswith("Traceback")
    return lines[-1 if is_python else 0].replace(str(HERE.parent), ".")[:200]
