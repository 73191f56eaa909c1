"""No output of any run holds a credential, or a value of an item."""

import json
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from ddbbulk.simulator import Simulator
from tests.support.command_line import ddbbulk
from tests.support.making_tables import make_table

SECRETS = {
    "AWS_ACCESS_KEY_ID": "AKIAQUACKQUACKQUACK0",
    "AWS_SECRET_ACCESS_KEY": "quackSecretKeyOfDaisy/0123456789+abcdef",
    "AWS_SESSION_TOKEN": "quackSessionTokenOfDaisy" * 4,
}
VALUE = "top-secret-diary-of-daisy"
FAULTS = "throttle=0.1,http500=0.1,reset=0.1,crc=0.1,truncate=0.1,partial=0.3"
LINES = [
    *(json.dumps({"pk": f"@donald{n}", "diary": f"{VALUE} {n}"}) for n in range(60)),
    json.dumps({"diary": VALUE}),
    json.dumps({"pk": 4711, "diary": VALUE}),
    json.dumps({"pk": "a", "diary": VALUE, "team": {VALUE: VALUE}}),
    json.dumps({"pk": "b", "diary": VALUE * 20_000}),
    f'{{"pk": "c", "diary": "{VALUE}',
    f'"{VALUE}"',
    f'{{"pk": "d", "diary": "{VALUE}", "diary": "{VALUE}"}}',
]


@pytest.fixture(name="faulty", scope="module")
def _faulty() -> Iterator[str]:
    with Simulator(faults=FAULTS, seed=7) as simulator:
        client = boto3.client("dynamodb", endpoint_url=simulator.endpoint_url)
        keys = [("pk", "HASH"), ("team", "HASH")]
        client.create_table(
            TableName="ducks",
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name, _ in keys
            ],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by_team",
                    "KeySchema": [{"AttributeName": "team", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        client.close()
        yield simulator.endpoint_url


@pytest.mark.parametrize(
    ("table", "wcu", "exit_code"),
    [("ducks", "1000", 1), ("nowhere", "1000", 2)],
)
@pytest.mark.timeout(60)
def test_no_output_holds_a_credential_or_a_value(
    faulty: str, tmp_path: Path, table: str, wcu: str, exit_code: int
) -> None:
    (tmp_path / "ducks.jsonl").write_text("\n".join(LINES))
    run = ddbbulk(
        *("load", "ducks.jsonl", "--table", table, "--wcu", wcu, "--debug", "--json"),
        *("--report", "report.json", "--endpoint-url", faulty),
        home=tmp_path,
        settings=SECRETS,
    )
    assert run.returncode == exit_code, run.stderr
    report = tmp_path / "report.json"
    told = run.stdout + run.stderr + (report.read_text() if report.exists() else "")
    assert "loading ducks.jsonl" in told
    for secret in (*SECRETS.values(), VALUE):
        assert secret not in told


@pytest.mark.parametrize("fault", ["expired", "skew"])
def test_credentials_that_are_refused_are_not_told(tmp_path: Path, fault: str) -> None:
    (tmp_path / "ducks.jsonl").write_text("\n".join(LINES[:60]))
    with Simulator(faults=f"{fault}=1") as simulator:
        client = boto3.client("dynamodb", endpoint_url=simulator.endpoint_url)
        make_table(client, "pk", name="ducks")
        client.close()
        run = ddbbulk(
            *("load", "ducks.jsonl", "--table", "ducks", "--wcu", "100", "--debug"),
            *("--json", "--endpoint-url", simulator.endpoint_url),
            home=tmp_path,
            settings=SECRETS,
        )
    assert run.returncode == 3, run.stderr
    told = run.stdout + run.stderr
    assert ("were refused (ExpiredToken" in told) == (fault == "expired")
    for secret in (*SECRETS.values(), VALUE):
        assert secret not in told


def test_a_wrong_option_does_not_tell_the_environment(tmp_path: Path) -> None:
    run = ddbbulk("load", "--nonsense", home=tmp_path, settings=SECRETS)
    assert run.returncode == 2
    assert not any(secret in run.stdout + run.stderr for secret in SECRETS.values())
