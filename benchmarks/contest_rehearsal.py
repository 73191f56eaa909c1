"""Before anything is measured: does each writer write what it is given?"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from boto3.dynamodb.types import TypeDeserializer

from contest import KEY, TABLE, item_pool
from contest_writers import Arena, Writer, WriterFailedError
from servers import Server
from workloads import WORKLOADS

# Two requests, of which the second is not full.
ITEMS: Final = 40
_UNITS: Final = 40_000

LeftOut = dict[str, str]


def rehearse(
    arena: Arena,
    server: Server,
    writers: Iterable[Writer],
    workloads: Iterable[str],
) -> LeftOut:
    """Let each writer fill a table of the simulator, and compare it with the items.

    Returns:
        who cannot take part, as ``writer: workload``, and why.
    """
    left_out: LeftOut = {}
    for writer in writers:
        for workload in workloads:
            if workload in writer.workloads:
                reason = _objection(arena, server, writer, workload)
                if reason:
                    print(f"{writer.name}: {workload}: {reason}", flush=True)
                    left_out[f"{writer.name}: {workload}"] = reason
    return left_out


def _objection(arena: Arena, server: Server, writer: Writer, workload: str) -> str:
    """Return what is wrong with how a writer writes; empty where nothing is."""
    task = writer.task(endpoint_url=server.endpoint_url, workload=workload, count=ITEMS)
    with server.table(TABLE, WORKLOADS["users"], wcu=_UNITS, rcu=_UNITS):
        try:
            arena.run(task)
        except WriterFailedError as failure:
            return str(failure)
        found = {item[KEY]: item for item in map(_plain, server.items(TABLE))}
    wanted = {item[KEY]: item for item in item_pool(workload, ITEMS)}
    wrong = [key for key, item in wanted.items() if found.get(key) != item]
    if wrong or len(found) != len(wanted):
        return f"{len(wrong)} of {len(wanted)} items missing or wrong"
    return ""


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    plain = TypeDeserializer().deserialize
    return {name: plain(value) for name, value in item.items()}
