"""TransactWriteItems: up to 100 actions, all of which are done, or none."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from ddbbulk.simulator.admission import admit_together
from ddbbulk.simulator.cancellation import (
    NO_REASON,
    CancellationReason,
    TransactionCancelledError,
)
from ddbbulk.simulator.catalog import Table
from ddbbulk.simulator.consumption import Consumption
from ddbbulk.simulator.engine import Engine
from ddbbulk.simulator.keys import StoredKey
from ddbbulk.simulator.parameters import (
    RETURN_CONSUMED_CAPACITY,
    RETURN_ITEM_COLLECTION_METRICS,
    Parameters,
)
from ddbbulk.simulator.store import Changes
from ddbbulk.simulator.tokens import digest_of
from ddbbulk.simulator.transact_actions import Step, read_action
from ddbbulk.simulator.transact_get import read_together
from ddbbulk.simulator.transactions import (
    check_actions,
    refuse_large,
    refuse_same_items,
)
from ddbbulk.simulator.writing import (
    PricedWrite,
    collection_metrics,
    gather,
    meter,
)

_PARAMETERS: Final[dict[str, type]] = {
    "TransactItems": list,
    "ClientRequestToken": str,
    "ReturnConsumedCapacity": str,
    "ReturnItemCollectionMetrics": str,
}
_TOKEN_LENGTHS: Final = range(1, 37)


def transact_write_items(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    """Do all actions, in whatever tables they are, or none.

    Raises:
        ServiceError: the request is not valid, or the transaction is cancelled.
    """
    detail, metrics = _check_parameters(request)
    token: str | None = request.get("ClientRequestToken")
    digest = digest_of(request["TransactItems"]) if token else b""
    actions = [
        read_action(element, position)
        for position, element in enumerate(request["TransactItems"], start=1)
    ]
    steps = [Step.of(engine, action) for action in actions]
    refuse_same_items([(step.table, step.key) for step in steps])
    now = engine.clock()
    if token and engine.tokens.has(token, digest, now):
        return _repeated(engine, steps, detail)
    consumed = _carry_out(engine, steps)
    if token:
        engine.tokens.remember(token, digest, now)
    answer: dict[str, Any] = {}
    if detail != "NONE":
        answer["ConsumedCapacity"] = [
            one.to_json(detail, transaction="Write") for one in consumed
        ]
    if metrics == "SIZE":
        answer |= _collections(steps)
    return answer


def _check_parameters(request: dict[str, Any]) -> tuple[str, str]:
    parameters = Parameters("TransactWriteItems", request, _PARAMETERS)
    detail = parameters.one_of("ReturnConsumedCapacity", RETURN_CONSUMED_CAPACITY)
    metrics = parameters.one_of(
        "ReturnItemCollectionMetrics", RETURN_ITEM_COLLECTION_METRICS
    )
    token = request.get("ClientRequestToken")
    if token is not None and len(token) not in _TOKEN_LENGTHS:
        bound = "less than or equal to 36" if token else "greater than or equal to 1"
        parameters.add(
            f"Value '{token}' at 'clientRequestToken' failed to satisfy constraint: "
            f"Member must have length {bound}"
        )
    check_actions(parameters, request)
    return detail, metrics


def _carry_out(engine: Engine, steps: Sequence[Step]) -> list[Consumption]:
    is_done = _look(engine, steps)
    _admit(engine, steps, is_done=is_done)
    changes: dict[str, Changes] = {}
    consumed: list[Consumption] = []
    for table, own in _by_table(steps):
        changes[table.name], consumption = _gather(table, own, is_done=is_done)
        meter(engine, table, consumption)
        consumed.append(consumption)
    if not is_done:  # it is charged all the same, as a single write is
        raise TransactionCancelledError([step.reason for step in steps])
    engine.store.write_all(changes)
    return consumed


def _look(engine: Engine, steps: Sequence[Step]) -> bool:
    """Look at all items; say whether everything can be done."""
    for step in steps:
        step.look(engine)
    refuse_large(step.size for step in steps)
    codes = {step.reason.code for step in steps}
    if "ValidationError" in codes:
        raise TransactionCancelledError([step.reason for step in steps])
    return codes == {NO_REASON.code}


def _gather(
    table: Table, steps: Sequence[Step], *, is_done: bool
) -> tuple[Changes, Consumption]:
    writes: list[PricedWrite] = []
    units = 0
    for step in steps:
        cost = step.cost(is_done=is_done)
        if is_done and step.priced is not None:
            writes.append(step.priced._replace(cost=cost))
        else:
            units += cost.units
    changes, consumption = gather(table, writes)
    consumption.units += units
    return changes, consumption


def _admit(engine: Engine, steps: Sequence[Step], *, is_done: bool) -> None:
    now = engine.clock()
    for table, _ in _by_table(steps):
        table.transition(now)  # a change of capacity may have come into force
        if table.is_on_demand:
            engine.catalog.grow(table, now)
    obstacles = admit_together(
        [(step.table.resources, step.cost(is_done=is_done)) for step in steps], now=now
    )
    pairs = list(zip(steps, obstacles, strict=True))
    short = [step for step, obstacle in pairs if obstacle is not None]
    for table, _ in _by_table(short):
        table.throttled_requests += 1
    if short:
        raise TransactionCancelledError(
            [
                step.reason if obstacle is None else CancellationReason.of(obstacle)
                for step, obstacle in pairs
            ]
        )


def _by_table(steps: Iterable[Step]) -> list[tuple[Table, list[Step]]]:
    tables: dict[str, tuple[Table, list[Step]]] = {}
    for step in steps:
        tables.setdefault(step.table.name, (step.table, []))[1].append(step)
    return list(tables.values())


def _collections(steps: Sequence[Step]) -> dict[str, Any]:
    tables: dict[str, dict[StoredKey, Any]] = {}
    for step in steps:
        if step.priced is not None:
            metrics = collection_metrics(step.table.schema, step.action.attributes)
            if metrics is not None:
                of_table = tables.setdefault(step.table.name, {})
                of_table[step.priced.cost.partition] = metrics
    if not tables:
        return {}
    metrics_by_table = {name: list(one.values()) for name, one in tables.items()}
    return {"ItemCollectionMetrics": metrics_by_table}


def _repeated(engine: Engine, steps: Iterable[Step], detail: str) -> dict[str, Any]:
    """The answer to what was done already: nothing is done but to read the items."""
    keys = [(step.table, step.key) for step in steps if step.key is not None]
    _, consumed = read_together(engine, keys)
    if detail == "NONE":
        return {}
    told = [one.to_json(detail, transaction="Read") for one in consumed]
    return {"ConsumedCapacity": told}
