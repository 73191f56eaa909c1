"""``load_sync`` in a script of its own, interrupted as a person would."""

import signal
import subprocess
import sys
import textwrap

import boto3

from ddbbulk.simulator import Simulator

SCRIPT = """
    import sys
    import ddbbulk

    def items():
        for number in range(100_000):
            if number == 60:
                print("under way", flush=True)
            yield {"pk": f"k{number}"}

    def heard(event):
        if isinstance(event, ddbbulk.LoadFinished):
            report = event.report
            balance = report.items_read - report.items_written - report.items_pending
            print(event.error, balance, flush=True)

    try:
        ddbbulk.load_sync(
            "table", items(), wcu=50, endpoint_url=sys.argv[1], on_event=heard
        )
    except KeyboardInterrupt:
        print("interrupted", flush=True)
"""


def test_an_interrupt_ends_the_load_and_is_raised_again() -> None:
    with Simulator() as simulator:
        _make_table(simulator.endpoint_url)
        command = [sys.executable, "-c", textwrap.dedent(SCRIPT)]
        with subprocess.Popen(  # noqa: S603 -- our own script
            [*command, simulator.endpoint_url], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "under way\n"
            process.send_signal(signal.SIGINT)
            rest = process.stdout.read()
        assert rest.splitlines() == ["CancelledError 0", "interrupted"]
        assert process.returncode == 0


def _make_table(url: str) -> None:

    client = boto3.client("dynamodb", endpoint_url=url)
    client.create_table(
        TableName="table",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client.close()
