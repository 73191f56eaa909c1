"""What the two operations on transactions have in common."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from ddbbulk.simulator.catalog import Table
from ddbbulk.simulator.keys import StoredKey
from ddbbulk.simulator.parameters import Parameters
from ddbbulk.simulator.service_error import ServiceError

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
_MAX_ACTIONS: Final = 100
_MAX_BYTES: Final = 4 * 1024 * 1024


def check_actions(parameters: Parameters, request: dict[str, Any]) -> None:
    """End the constraints of the request's parameters with those of TransactItems.

    Raises:
        ServiceError: what breaks any of them.
    """
    parameters.require("TransactItems")
    actions: list[Any] | None = request.get("TransactItems")
    if actions is not None and not 1 <= len(actions) <= _MAX_ACTIONS:
        shown = "[...]" if actions else "[]"
        bound = f"less than or equal to {_MAX_ACTIONS}"
        if not actions:
            bound = "greater than or equal to 1"
        parameters.add(
            f"Value '{shown}' at 'transactItems' failed to satisfy constraint: Member "
            f"must have length {bound}"
        )
    parameters.check()


def refuse_same_items(targets: Sequence[tuple[Table, StoredKey | None]]) -> None:
    """Refuse two actions on one item.

    Args:
        targets: the table and key of each; None where a key is not valid.

    Raises:
        ServiceError: there are two.
    """
    keys = [(table.name, key) for table, key in targets if key is not None]
    if len(set(keys)) != len(keys):
        raise ServiceError.validation(
            "Transaction request cannot include multiple operations on one item"
        )


def refuse_large(sizes: Iterable[int]) -> None:
    """Refuse a transaction whose items are too large together.

    Raises:
        ServiceError: they are.
    """
    if sum(sizes) > _MAX_BYTES:
        raise ServiceError.validation(
            "The aggregate size of the items in the transaction exceeds 4 MB"
        )
