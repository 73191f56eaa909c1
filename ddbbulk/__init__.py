"""Load millions of items into DynamoDB, at exactly the capacity you pay for.

Each name is imported when it is first used: a program that may load something, some
day, starts as fast as one that does not. Type checkers read ``__init__.pyi``.
"""

from importlib import import_module
from typing import Any, Final

_HOMES: Final = {
    "aws": (
        "Connection",
        "connect",
    ),
    "budget": ("Budget",),
    "capacity": (
        "CapacityChange",
        "OwedRestore",
        "ProvisionedCapacity",
        "Restoration",
        "owed_restores",
        "provisioned",
    ),
    "checkpoint": ("Checkpoint",),
    "clearing": ("clear_table",),
    "counting": (
        "CountReport",
        "count_items",
        "count_items_sync",
    ),
    "errors": (
        "AccessDeniedError",
        "ConfigurationError",
        "ConnectionFailedError",
        "ConservationError",
        "CredentialsError",
        "DdbBulkError",
        "DeadlineReachedError",
        "InvalidItemError",
        "ItemTooLargeError",
        "RejectedItemsError",
        "RequestError",
        "RequestRejectedError",
        "RestoreOwedError",
        "ServiceUnavailableError",
        "SourceError",
        "TableNotFoundError",
        "ThrottledError",
        "TooManyFailuresError",
        "WriterClosedError",
    ),
    "events": (
        "BudgetChanged",
        "Event",
        "HotKeyFound",
        "ItemExisting",
        "ItemRejected",
        "LoadFinished",
        "LoadResumed",
        "RequestSettled",
        "Snapshot",
    ),
    "failures": ("FailedItem",),
    "loader": (
        "load",
        "load_sync",
    ),
    "marshal": (
        "Delete",
        "WireItem",
    ),
    "planning": (
        "Figure",
        "PlanReport",
        "plan",
        "plan_sheet",
        "plan_sync",
    ),
    "prices": ("Prices",),
    "progress": ("ProgressDisplay",),
    "reading": (
        "Filter",
        "ReadBudget",
        "ReadReport",
        "TableSource",
    ),
    "recreation": ("recreate_table",),
    "report": (
        "HotKey",
        "Latency",
        "LoadReport",
        "Rejection",
    ),
    "report_table": ("report_sheet",),
    "retry": ("RetryPolicy",),
    "schema": (
        "IndexSchema",
        "KeyAttribute",
        "TableSchema",
    ),
    "schema_file": ("TableDefinition",),
    "sources": (
        "Bookmark",
        "BrokenRecord",
        "Chunk",
        "CsvSource",
        "GeneratorSource",
        "ItemSource",
        "JsonLinesSource",
        "LiveSource",
        "SeekableSource",
        "generator",
        "open_source",
    ),
    "tables": (
        "TableDescription",
        "create_table",
        "describe_table",
        "drop_table",
        "list_tables",
        "wait_until_active",
    ),
    "undoing": (
        "LeftItem",
        "UndoReport",
        "undo",
        "undo_sheet",
        "undo_sync",
    ),
    "unloading": (
        "RefusedItem",
        "UnloadReport",
        "unload",
        "unload_sync",
    ),
    "verifying": (
        "Difference",
        "SampleBound",
        "VerifyReport",
        "verify",
        "verify_sheet",
        "verify_sync",
    ),
    "writer": ("BulkWriter",),
}
_HOME_OF: Final = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)  # pyright: ignore[reportUnsupportedDunderAll] # noqa: PLE0605 -- a list


def __getattr__(name: str) -> Any:  # noqa: ANN401 -- every name has its own type
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
