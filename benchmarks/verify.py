"""Does a verification find every difference, and nothing else; and is a copy a copy?

``python benchmarks/verify.py``: 200,000 items of every type are loaded, unloaded,
loaded into another table and verified; what two unloads say is compared besides, as
DynamoDB JSON with sets sorted. Then 100 items are changed, by chance that a seed
repeats: some missing, some changed, some of another type, some off by the last of 38
digits. A verification must find those, and no others. Five minutes.
"""

import argparse
import asyncio
import hashlib
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from decimal import Decimal
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import boto3
import orjson

import ddbbulk
from ddbbulk.failures import FailedItem, failure_lines
from recording import FOLDER, table, write_results
from servers import ACCESS_KEY, REGION, Server, running_simulator
from workloads import SEED, Workload

NAME: Final = "verify"
ITEMS: Final = 200_000
QUICK_ITEMS: Final = 2_000
CHANGES: Final = 100
# More than one core reads or writes: what is measured is the client.
WCU: Final = 100_000
RCU: Final = 100_000
SAMPLE: Final = 1_000
_DIGITS: Final = 38
HEADERS: Final = (
    "step",
    "verdict",
    "items",
    "seconds",
    "items/s",
    "read units",
    "told",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that was done.

    Args:
        broken_promise: what was not kept; empty where all was.
        told: what the step says of itself.
    """

    name: str
    items: int
    seconds: float
    read_units: float = 0.0
    broken_promise: str = ""
    told: str = ""


def specimen(index: int) -> dict[str, object]:
    """Return an item with values of every type that DynamoDB has."""
    dice = random.Random(SEED + index)
    return {
        "id": f"item-{index:09}",
        "text": f"é\u4e2d{dice.randrange(10**9)}\x00",
        "empty": "",
        "whole": dice.randrange(10**_DIGITS),
        "long": Decimal(dice.randrange(10 ** (_DIGITS - 1), 10**_DIGITS)).scaleb(
            dice.randrange(-120, 60)
        ),
        "float": dice.uniform(-1e6, 1e6),
        "binary": dice.randbytes(dice.randrange(40)),
        "flag": index % 2 == 0,
        "nothing": None,
        "list": [index, "a", None, [dice.random()], {"deep": {"b": b"\xff"}}],
        "map": {"my.name": index, "size": {"list": [], "map": {}}},
        "texts": {f"label-{dice.randrange(50)}" for _ in range(4)},
        "numbers": {dice.randrange(-(10**6), 10**6) for _ in range(4)},
        "binaries": {dice.randbytes(3) for _ in range(3)},
    }


def specimens() -> Iterator[Any]:
    """Yield them without an end."""
    return map(specimen, count())


WORKLOAD: Final = Workload(
    name="specimens", about="items of every type", items=specimens, keys=("id",)
)


def main() -> int:
    """Measure, print, write; return 1 where a promise was not kept."""
    options = _options()
    with ExitStack() as stack:
        server = stack.enter_context(running_simulator())
        for name in ("verify-a", "verify-b"):
            stack.enter_context(server.table(name, WORKLOAD, wcu=WCU, rcu=RCU))
        folder = Path(stack.enter_context(TemporaryDirectory()))
        steps = asyncio.run(_steps(server, options.items, folder))
    sheet = table(HEADERS, [_row(step) for step in steps])
    print(f"\n{sheet}")
    write_results(
        options.results,
        NAME,
        options={"items": options.items, "changes": CHANGES},
        results={"steps": [asdict(step) for step in steps]},
        sheet=sheet,
    )
    return int(any(step.broken_promise for step in steps))


async def _steps(server: Server, items: int, folder: Path) -> list[Step]:
    source = ddbbulk.generator(count=items, version="1")(specimen)
    first, second = folder / "a.jsonl", folder / "b.jsonl"
    where: dict[str, Any] = {"endpoint_url": server.endpoint_url, "region": REGION}
    async with ddbbulk.connect(**where) as connection:
        work = _Work(connection, items)
        steps = [
            await work.loaded("verify-a", source),
            await work.unloaded("verify-a", first),
            await work.loaded("verify-b", ddbbulk.open_source(first)),
            await work.verified("the file", ddbbulk.open_source(first)),
            await work.verified("its source", source),
            await work.unloaded("verify-b", second),
            _same(first, second, items),
        ]
        changed = await asyncio.to_thread(_change_some, server, items)
        failures = folder / "failed.jsonl"
        steps.append(await work.found(first, changed, failures))
        steps.append(await work.sampled(source))
    return steps


class _Work:
    """The steps that talk to the server, each timed."""

    def __init__(self, connection: ddbbulk.Connection, items: int) -> None:
        self._connection = connection
        self._items = items

    async def loaded(self, name: str, source: ddbbulk.ItemSource) -> Step:
        _say(f"load {name}")
        report = await ddbbulk.load(name, source, wcu=WCU, connection=self._connection)
        broken = "" if report.items_written == self._items else "items missing"
        return self._step("load", report.elapsed_seconds, broken)

    async def unloaded(self, name: str, path: Path) -> Step:
        _say(f"unload {name}")
        report = await ddbbulk.unload(name, path, rcu=RCU, connection=self._connection)
        broken = "" if report.items_written == self._items else "items missing"
        seconds, units = report.elapsed_seconds, report.read_units
        return self._step("unload", seconds, broken, units=units)

    async def verified(self, what: str, source: ddbbulk.ItemSource) -> Step:
        _say(f"verify {what}")
        report = await self._report(source, extra=True)
        is_kept = report.is_equal and report.items_equal == self._items
        return self._step(
            f"verify {what}",
            report.elapsed_seconds,
            "" if is_kept else "not equal",
            units=report.read_units,
            told=report.verdict,
        )

    async def found(
        self, path: Path, changed: Mapping[str, str], failures: Path
    ) -> Step:
        """Verify what was changed: each change is found, and nothing else."""
        _say("verify what was changed")
        source = ddbbulk.open_source(path)
        report = await self._report(source, failures=failures)
        lines = await asyncio.to_thread(lambda: [*failure_lines(failures)])
        told = [FailedItem.parse(line) for _, line in lines]
        found = {(one.item or {})["id"]["S"]: one.reason for one in told}
        missed = changed.keys() - found.keys()
        wrong = found.keys() - changed.keys()
        reasons = sum(found.get(key) != reason for key, reason in changed.items())
        broken = ""
        if missed or wrong or reasons or len(told) != len(changed):
            broken = f"{len(missed)} missed, {len(wrong)} false, {reasons} mistaken"
        return self._step(
            "verify changes",
            report.elapsed_seconds,
            broken,
            units=report.read_units,
            told=f"{len(found)} of {len(changed)} found, {len(wrong)} false",
        )

    async def sampled(self, source: ddbbulk.ItemSource) -> Step:
        _say("verify a sample")
        report = await self._report(source, sample=SAMPLE)
        seconds, units = report.elapsed_seconds, report.read_units
        return self._step(
            "verify sample", seconds, "", units=units, told=report.verdict
        )

    async def _report(
        self,
        source: ddbbulk.ItemSource,
        **options: Any,  # noqa: ANN401 -- of a verification
    ) -> ddbbulk.VerifyReport:
        return await ddbbulk.verify(
            "verify-b", source, rcu=RCU, connection=self._connection, **options
        )

    def _step(
        self,
        name: str,
        seconds: float,
        broken: str,
        *,
        units: float = 0.0,
        told: str = "",
    ) -> Step:
        return Step(
            name=name,
            items=self._items,
            seconds=seconds,
            read_units=units,
            broken_promise=broken,
            told=told,
        )


def _same(first: Path, second: Path, items: int) -> Step:
    """Compare two files as DynamoDB JSON with sets sorted, by code of its own."""
    _say("compare the two unloads")
    started = time.perf_counter()
    one, other = _texts(first), _texts(second)
    is_same = one == other and len(one) == items
    seconds = time.perf_counter() - started
    broken = "" if is_same else "the files differ"
    told = "" if broken else "every item is the same in both"
    return Step(
        name="compare files",
        items=items,
        seconds=seconds,
        broken_promise=broken,
        told=told,
    )


def _texts(path: Path) -> dict[str, bytes]:
    texts: dict[str, bytes] = {}
    with path.open("rb") as lines:
        for line in lines:
            item = orjson.loads(line)
            text = orjson.dumps(_sorted_sets(item), option=orjson.OPT_SORT_KEYS)
            texts[item["id"]["S"]] = hashlib.blake2b(text, digest_size=16).digest()
    return texts


def _sorted_sets(value: Any) -> Any:  # noqa: ANN401 -- JSON
    if isinstance(value, list):
        return [_sorted_sets(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: sorted(one) if name in {"SS", "NS", "BS"} else _sorted_sets(one)
        for name, one in value.items()
    }


def _change_some(server: Server, items: int) -> dict[str, str]:
    """Change items in four ways; return what is to be found of each, by its key."""
    _say(f"change {CHANGES}")
    client = boto3.client(
        "dynamodb",
        endpoint_url=server.endpoint_url,
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=ACCESS_KEY,
    )
    numbers = random.Random(SEED).sample(range(items), CHANGES)
    changed: dict[str, str] = {}
    for place, number in enumerate(numbers):
        key = f"item-{number:09}"
        _CHANGES[place % len(_CHANGES)](client, key, specimen(number))
        is_missing = place % len(_CHANGES) == 0
        changed[key] = "Missing" if is_missing else "Different"
    client.close()
    return changed


def _delete(client: Any, key: str, _: Mapping[str, object]) -> None:  # noqa: ANN401 -- boto3 makes its classes up at run time
    client.delete_item(TableName="verify-b", Key={"id": {"S": key}})


def _change(client: Any, key: str, item: Mapping[str, object]) -> None:  # noqa: ANN401 -- as above
    _set(client, key, "empty", {"S": " "})
    del item


def _change_type(client: Any, key: str, item: Mapping[str, object]) -> None:  # noqa: ANN401 -- as above
    _set(client, key, "whole", {"S": str(item["whole"])})


def _change_last_digit(client: Any, key: str, item: Mapping[str, object]) -> None:  # noqa: ANN401 -- as above
    sign, digits, exponent = Decimal(str(item["long"])).as_tuple()
    last = digits[-1] - 1 if digits[-1] > 1 else digits[-1] + 1
    number = Decimal((sign, (*digits[:-1], last), int(exponent)))
    _set(client, key, "long", {"N": str(number)})


def _set(client: Any, key: str, name: str, value: Mapping[str, str]) -> None:  # noqa: ANN401 -- as above
    client.update_item(
        TableName="verify-b",
        Key={"id": {"S": key}},
        UpdateExpression="SET #n = :v",
        ExpressionAttributeNames={"#n": name},
        ExpressionAttributeValues={":v": value},
    )


_CHANGES: Final[Sequence[Callable[[Any, str, Mapping[str, object]], None]]] = (
    _delete,
    _change,
    _change_type,
    _change_last_digit,
)


def _say(what: str) -> None:
    print(f"{what} …", flush=True)


def _row(step: Step) -> Sequence[str]:
    return (
        step.name,
        step.broken_promise or "kept",
        f"{step.items:,}",
        f"{step.seconds:.2f}",
        f"{step.items / step.seconds:,.0f}",
        f"{step.read_units:,.1f}" if step.read_units else "",
        step.told,
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="2,000 items")
    parser.add_argument("--items", type=int, help="200,000; quick: 2,000")
    parser.add_argument("--results", type=Path, help="folder (benchmarks/results)")
    options = parser.parse_args()
    if options.items is None:
        options.items = QUICK_ITEMS if options.quick else ITEMS
    if options.results is None and options.items >= ITEMS:
        options.results = FOLDER
    return options


if __name__ == "__main__":
    sys.exit(main())
