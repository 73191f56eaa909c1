"""DynamoDB-compatible servers of other people, started on loopback for the tests.

Each is started when the first test asks for it, on a free port, and stopped by its own
process id. ``make servers`` installs them into ``.servers/``.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

LOOPBACK = "127.0.0.1"
INSTALLED = Path(__file__).resolve().parents[2] / ".servers"
JAVASCRIPT_SDK = INSTALLED / "node_modules/@aws-sdk/lib-dynamodb"
# A cold interpreter on a busy machine takes seconds. Less than the timeout of a test,
# so that a server that hangs is named.
START_SECONDS = 15.0
STOP_SECONDS = 5.0
PORT_ATTEMPTS = 3


class ServerUnavailableError(Exception):
    """A server is not installed, or did not come up; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a DynamoDB-compatible server listens.

    Args:
        name: what the fixture is called.
        endpoint_url: ``http://127.0.0.1:PORT``.
        flavor: whose behaviour to expect (``dynoxide``, ``ministack``, ``dynalite``).
    """

    name: str
    endpoint_url: str
    flavor: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a server is started.

    Args:
        program: what must exist before it can start.
        arguments: the command line for a port, without the program.
        needs: what has to be installed before ``make servers`` can install it.
        interpreter: what runs the program, where it cannot run by itself.
        settings: environment variables for a port.
    """

    name: str
    program: Path
    arguments: Callable[[int], list[str]]
    needs: str
    interpreter: str | None = None
    settings: Callable[[int], dict[str, str]] = field(default=lambda _: {})

    def command(self, port: int) -> list[str]:
        """Return the command line; raise ServerUnavailableError where it cannot run."""
        interpreter = self.interpreter and shutil.which(self.interpreter)
        if not self.program.exists() or (self.interpreter and not interpreter):
            raise ServerUnavailableError(
                f"{self.name} is not installed: `make servers` installs it "
                f"(it needs {self.needs})"
            )
        prefix = [interpreter] if interpreter else []
        return [*prefix, str(self.program), *self.arguments(port)]


def _ministack_settings(port: int) -> dict[str, str]:
    return {
        "BIND_HOST": LOOPBACK,
        "GATEWAY_PORT": str(port),
        "SERVICES": "dynamodb",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # It removes containers that carry its label: never those of the developer.
        "DOCKER_HOST": "unix:///nonexistent/docker.sock",
    }


RECIPES: Mapping[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            name="dynoxide",
            program=INSTALLED / "node_modules/@dynoxide/linux-x64/dynoxide",
            arguments=lambda port: ["serve", "--host", LOOPBACK, "--port", str(port)],
            needs="Node's npm, and Linux on x86-64",
        ),
        Recipe(
            name="dynalite",
            program=INSTALLED / "node_modules/dynalite/cli.js",
            interpreter="node",
            arguments=lambda port: ["--host", LOOPBACK, "--port", str(port)],
            needs="Node",
        ),
        Recipe(
            name="ministack",
            program=INSTALLED / "ministack/bin/ministack",
            arguments=lambda _: [],
            settings=_ministack_settings,
            needs="only Python",
        ),
    )
}


def missing_sdk() -> str:
    """Say what to do where the AWS SDK for JavaScript cannot run; empty: it can."""
    if shutil.which("node") and JAVASCRIPT_SDK.exists():
        return ""
    return (
        "The AWS SDK for JavaScript is not installed: `make servers` installs it "
        "(it needs Node's npm)"
    )


# No server of DynamoDB to the tests (it is lax): it stands for other services of AWS.
MOTO = Recipe(
    name="moto",
    program=Path(sys.executable).with_name("moto_server"),
    arguments=lambda port: ["-H", LOOPBACK, "-p", str(port)],
    needs="the dependency group 'test'",
)


def given_servers(text: str) -> dict[str, Server]:
    """Read ``DDBBULK_TEST_SERVERS``: ``name=url,flavor`` entries between blanks.

    They stand beside the servers that the tests start, or in place of one by its name.
    """
    servers = {}
    for entry in text.split():
        name, equals, address = entry.partition("=")
        url, _, flavor = address.partition(",")
        if not equals or not name or "://" not in url:
            raise ValueError(
                f"DDBBULK_TEST_SERVERS: {entry!r} is not name=url,flavor "
                "(such as local=http://127.0.0.1:8000,dynoxide)"
            )
        servers[name] = Server(name, url, flavor or name)
    return servers


@contextmanager
def running(recipe: Recipe, folder: Path) -> Iterator[Server]:
    """Run a server while the block runs; its output and state stay in ``folder``."""
    process, port = _start(recipe, folder)
    try:
        yield Server(recipe.name, f"http://{LOOPBACK}:{port}", recipe.name)
    finally:
        _stop(process)


def _start(recipe: Recipe, folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    log = folder / f"{recipe.name}.log"
    deadline = time.monotonic() + START_SECONDS
    # A port that was free a moment ago may be taken: the server ends, we try again.
    for _ in range(PORT_ATTEMPTS):
        port = _free_port()
        process = _launch(recipe, port, log)
        try:
            if _listens(process, port, deadline):
                return process, port
        except BaseException:
            _stop(process)
            raise
        _stop(process)
    tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
    raise ServerUnavailableError(f"{recipe.name} did not come up:\n{tail}")


def _launch(recipe: Recipe, port: int, log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 -- the command is one of RECIPES
            recipe.command(port),
            # Nothing of the developer's settings reaches a server, and what it writes
            # beside its data lands in the folder of this run.
            env={
                "PATH": os.environ.get("PATH", os.defpath),
                "HOME": str(log.parent),
                "TMPDIR": str(log.parent),
                **recipe.settings(port),
            },
            cwd=log.parent,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def _listens(process: subprocess.Popen[bytes], port: int, deadline: float) -> bool:
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection((LOOPBACK, port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return True
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
