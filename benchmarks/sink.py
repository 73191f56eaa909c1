"""nginx as a server that reads every request and keeps nothing: as fast as it goes."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
TABLE: Final = "tweeter_user"
_DESCRIBED: Final = {
    "TableName": TABLE,
    "TableStatus": "ACTIVE",
    "TableArn": f"arn:aws:dynamodb:us-east-1:000000000000:table/{TABLE}",
    "KeySchema": [{"AttributeName": "alias", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "alias", "AttributeType": "S"}],
    "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
    "ProvisionedThroughput": {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0},
}
# What a put is answered whose condition did not hold, with an item that stays.
_UNMET: Final = {
    "__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
    "message": "The conditional request failed",
    "Item": {
        "alias": {"S": "user_0000001"},
        "full_name": {"S": "somebody else"},
        "email": {"S": "user_0000001@example.com"},
        "password_hash": {"S": "0123456789" * 6},
        "followers": {"N": "12"},
        "updated_at": {"N": "1"},
        "about": {"S": "who was there before, and whom nobody replaces here"},
    },
}
_START_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Sink:
    """Where it listens.

    Args:
        plain_url: over plain HTTP.
        tls_url: over TLS.
        unmet_url: over plain HTTP, where no condition of a put holds.
        certificate: what clients have to trust for that.
    """

    plain_url: str
    tls_url: str
    unmet_url: str
    certificate: Path


@contextmanager
def running_sink(*, core: int | None = None) -> Generator[Sink, None, None]:
    """Run nginx while the block runs.

    Args:
        core: the only one that it may use.

    Raises:
        SystemExit: nginx is not installed; the message says what to do.
    """
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if nginx is None:
        sys.exit("there is no nginx here: install nginx (on Debian nginx-light)")
    with tempfile.TemporaryDirectory(prefix="ddbbulk-sink-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # its worker may be another user
        plain, tls, unmet = _free_ports(3)
        (folder / "sink.conf").write_text(
            _configuration(plain, tls, unmet), encoding="utf-8"
        )
        _make_certificate(folder)
        command = [nginx, "-p", f"{folder}/", "-c", str(folder / "sink.conf")]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: S603 -- our own words
        try:
            _wait_for(plain, process)
            if core is not None:
                _pin(process.pid, core)
            yield Sink(
                plain_url=f"http://127.0.0.1:{plain}",
                tls_url=f"https://127.0.0.1:{tls}",
                unmet_url=f"http://127.0.0.1:{unmet}",
                certificate=folder / "certificate.pem",
            )
        finally:
            process.terminate()
            process.wait()


def _configuration(plain: int, tls: int, unmet: int) -> str:
    text = (HERE / "sink.conf").read_text(encoding="utf-8")
    refusal = json.dumps(_UNMET)
    words = {
        "DESCRIBED": json.dumps(_DESCRIBED),
        "CRC_OF_BATCH": zlib.crc32(b'{"UnprocessedItems":{}}'),
        "CRC_OF_PUT": zlib.crc32(b"{}"),
        "CRC_OF_REFUSAL": zlib.crc32(refusal.encode()),
        "REFUSAL": refusal,
        "PLAIN_PORT": plain,
        "TLS_PORT": tls,
        "UNMET_PORT": unmet,
    }
    for word, value in words.items():
        text = text.replace(word, str(value))
    return text


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        listening = [
            stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            for _ in range(count)
        ]
        return [one.getsockname()[1] for one in listening]


def _make_certificate(folder: Path) -> None:
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
        "-days 2 -subj /CN=ddbbulk-sink -addext subjectAltName=IP:127.0.0.1 "
        "-keyout key.pem -out certificate.pem"
    )
    subprocess.run(command.split(), check=True, capture_output=True, cwd=folder)  # noqa: S603 -- our own words


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            if process.poll() is not None or time.monotonic() > deadline:
                message = "nginx did not start"
                raise TimeoutError(message) from None
            time.sleep(0.02)
        else:
            return


def _pin(master: int, core: int) -> None:
    for pid in (master, *_workers(master)):
        os.sched_setaffinity(pid, {core})


def _workers(master: int) -> list[int]:
    """Return nginx's workers: it listens before it has them."""
    deadline = time.monotonic() + _START_SECONDS
    while True:
        found = subprocess.run(  # noqa: S603 -- our own words
            ["ps", "--ppid", str(master), "-o", "pid="],  # noqa: S607 -- wherever it is
            check=False,  # that there is none is an error to it
            capture_output=True,
            text=True,
        ).stdout.split()
        if found:
            return [*map(int, found)]
        if time.monotonic() > deadline:
            message = "nginx has no workers"
            raise TimeoutError(message)
        time.sleep(0.02)
