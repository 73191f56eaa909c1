"""Where the commands of conversations go, and how they end."""

import sqlite3
import stat
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from ddbbulk.examples.conversations.moments import START
from ddbbulk.examples.conversations.rows import TABLE
from ddbbulk.examples.conversations.running import run
from ddbbulk.examples.conversations.scanning import Scanning
from ddbbulk.examples.conversations.script import Line
from ddbbulk.examples.conversations.seeding import Seeding
from ddbbulk.examples.conversations.tables import SchemaLoading, TableListing
from ddbbulk.examples.conversations.users import DAISY, DONALD
from ddbbulk.examples.conversations.where import DATA_FILE, Where
from ddbbulk.examples.exit_codes import ExitCode
from ddbbulk.examples.screen import Screen
from ddbbulk.simulator import Simulator
from tests.conftest import HasEndpoint

pytestmark = pytest.mark.integration

NOWHERE = "http://127.0.0.1:9"
SCHEMA_LOADING = SchemaLoading(rcu=5, wcu=5)
SEEDING = Seeding(
    script=[Line(0, "Quack?"), Line(1, "Quack!")],
    users=(DAISY, DONALD),
    start=START,
    wcu=1000,
)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no command leave a file in the folder of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)


def test_the_dynamodb_of_this_machine_is_used_where_nothing_is_named(
    simulator: Simulator,
    dynamodb: Callable[[HasEndpoint], Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    where = Where(local_url=simulator.endpoint_url)

    assert run(SCHEMA_LOADING, where, Screen(), table=TABLE) is ExitCode.COMPLETE

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{simulator.endpoint_url}, us-east-1: table {TABLE}"
    assert lines[-1].startswith("consumed: no capacity")
    assert list(tmp_path.iterdir()) == []
    described = dynamodb(simulator).describe_table(TableName="cruddur-messages")
    (index,) = described["Table"]["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "message-group-sk-index"
    for part in (described["Table"], index):
        assert part["ProvisionedThroughput"]["ReadCapacityUnits"] == 5
        assert part["ProvisionedThroughput"]["WriteCapacityUnits"] == 5

    assert run(SCHEMA_LOADING, where, Screen(), table=TABLE) is ExitCode.COMPLETE
    assert "is there already" in capsys.readouterr().out


def test_a_missing_table_is_told_with_the_command_that_creates_it(
    simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    where = Where(endpoint_url=simulator.endpoint_url)

    assert run(SEEDING, where, Screen(), table="ponds") is ExitCode.WRONG_SETTINGS
    assert "To create it: schema-load --table ponds\n" in capsys.readouterr().err


def test_what_the_aws_settings_name_is_asked_about_first(
    simulator: Simulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", simulator.endpoint_url)

    code = run(SCHEMA_LOADING, Where(is_aws=True), Screen(), table=TABLE)

    assert code is ExitCode.WRONG_SETTINGS
    said = capsys.readouterr()
    assert f"the AWS settings lead to {simulator.endpoint_url}" in said.err
    assert "this costs money and nobody can be asked: say --yes" in said.err
    assert "That costs $0.0078 an hour" in said.err
    assert simulator.stats()["tables"] == {}

    sure = Where(is_aws=True, is_confirmed=True)
    assert run(SCHEMA_LOADING, sure, Screen(), table=TABLE) is ExitCode.COMPLETE
    for job, what in (
        (SEEDING, "write 2 messages between Daisy Duck (@daisy) and Donald Duck"),
        (Scanning(limit=None, is_json=False), "read all of it, 0 items"),
    ):
        code = run(job, Where(is_aws=True), Screen(), table=TABLE)
        assert code is ExitCode.WRONG_SETTINGS
        asked = capsys.readouterr().err
        assert f"AWS account 000000000000, region us-east-1: {what}" in asked


class _Page(BaseHTTPRequestHandler):
    """Some other server that is often found at this port."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>Hello</html>")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def other_server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Page) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_another_server_is_no_dynamodb_and_a_file_of_our_own_serves(
    other_server: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    founding = Where(local_url=other_server, is_founding=True)

    assert run(SCHEMA_LOADING, founding, Screen(), table=TABLE) is ExitCode.COMPLETE

    said = capsys.readouterr()
    assert f"what answers at {other_server} is no DynamoDB: it is not used" in said.err
    assert f"made {DATA_FILE}" in said.err
    assert said.out.startswith(f"{DATA_FILE} (simulator), us-east-1: table ")
    assert stat.S_IMODE((tmp_path / DATA_FILE).stat().st_mode) == 0o600

    assert run(TableListing(), Where(local_url=NOWHERE), Screen(), table=TABLE) == 0
    assert f"\n{TABLE}\n" in capsys.readouterr().out


def test_a_first_command_that_has_nothing_to_look_at_makes_no_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(
        Scanning(limit=None, is_json=False),
        Where(local_url=NOWHERE),
        Screen(),
        table=TABLE,
    )

    assert code is ExitCode.WRONG_SETTINGS
    assert "begin with 'schema-load'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_another_command_uses_is_waited_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "pond.db"
    first = Simulator(data=file)
    first.start()
    told = Screen.tell
    place = Where(data=file)

    class Listener(Screen):
        def tell(self, kind: str, text: str) -> None:
            told(self, kind, text)
            first.stop()

    assert run(TableListing(), place, Listener(), table=TABLE) is ExitCode.COMPLETE
    assert f"another command uses {file}: waiting" in capsys.readouterr().err


def test_a_file_that_is_no_simulators_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "accounts.db"
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE accounts(name)")
    database.close()
    before = file.read_bytes()

    code = run(
        SCHEMA_LOADING,
        Where(data=file, is_founding=True),
        Screen(),
        table=TABLE,
    )

    assert code is ExitCode.WRONG_SETTINGS
    assert "another program's database" in capsys.readouterr().err
    assert file.read_bytes() == before
