# What __init__.py imports on demand, for type checkers.

from ddbbulk.aws import Connection, connect
from ddbbulk.budget import Budget
from ddbbulk.capacity import (
    CapacityChange,
    OwedRestore,
    ProvisionedCapacity,
    Restoration,
    owed_restores,
    provisioned,
)
from ddbbulk.checkpoint import Checkpoint
from ddbbulk.clearing import clear_table
from ddbbulk.counting import CountReport, count_items, count_items_sync
from ddbbulk.errors import (
    AccessDeniedError,
    ConfigurationError,
    ConnectionFailedError,
    ConservationError,
    CredentialsError,
    DdbBulkError,
    DeadlineReachedError,
    InvalidItemError,
    ItemTooLargeError,
    RejectedItemsError,
    RequestError,
    RequestRejectedError,
    RestoreOwedError,
    ServiceUnavailableError,
    SourceError,
    TableNotFoundError,
    ThrottledError,
    TooManyFailuresError,
    WriterClosedError,
)
from ddbbulk.events import (
    BudgetChanged,
    Event,
    HotKeyFound,
    ItemExisting,
    ItemRejected,
    LoadFinished,
    LoadResumed,
    RequestSettled,
    Snapshot,
)
from ddbbulk.failures import FailedItem
from ddbbulk.loader import load, load_sync
from ddbbulk.marshal import Delete, WireItem
from ddbbulk.planning import Figure, PlanReport, plan, plan_sheet, plan_sync
from ddbbulk.prices import Prices
from ddbbulk.progress import ProgressDisplay
from ddbbulk.reading import Filter, ReadBudget, ReadReport, TableSource
from ddbbulk.recreation import recreate_table
from ddbbulk.report import HotKey, Latency, LoadReport, Rejection
from ddbbulk.report_table import report_sheet
from ddbbulk.retry import RetryPolicy
from ddbbulk.schema import IndexSchema, KeyAttribute, TableSchema
from ddbbulk.schema_file import TableDefinition
from ddbbulk.sources import (
    Bookmark,
    BrokenRecord,
    Chunk,
    CsvSource,
    GeneratorSource,
    ItemSource,
    JsonLinesSource,
    LiveSource,
    SeekableSource,
    generator,
    open_source,
)
from ddbbulk.tables import (
    TableDescription,
    create_table,
    describe_table,
    drop_table,
    list_tables,
    wait_until_active,
)
from ddbbulk.unloading import RefusedItem, UnloadReport, unload, unload_sync
from ddbbulk.writer import BulkWriter

__all__ = [
    "AccessDeniedError",
    "Bookmark",
    "BrokenRecord",
    "Budget",
    "BudgetChanged",
    "BulkWriter",
    "CapacityChange",
    "Checkpoint",
    "Chunk",
    "ConfigurationError",
    "Connection",
    "ConnectionFailedError",
    "ConservationError",
    "CountReport",
    "CredentialsError",
    "CsvSource",
    "DdbBulkError",
    "DeadlineReachedError",
    "Delete",
    "Event",
    "FailedItem",
    "Figure",
    "Filter",
    "GeneratorSource",
    "HotKey",
    "HotKeyFound",
    "IndexSchema",
    "InvalidItemError",
    "ItemExisting",
    "ItemRejected",
    "ItemSource",
    "ItemTooLargeError",
    "JsonLinesSource",
    "KeyAttribute",
    "Latency",
    "LiveSource",
    "LoadFinished",
    "LoadReport",
    "LoadResumed",
    "OwedRestore",
    "PlanReport",
    "Prices",
    "ProgressDisplay",
    "ProvisionedCapacity",
    "ReadBudget",
    "ReadReport",
    "RefusedItem",
    "RejectedItemsError",
    "Rejection",
    "RequestError",
    "RequestRejectedError",
    "RequestSettled",
    "Restoration",
    "RestoreOwedError",
    "RetryPolicy",
    "SeekableSource",
    "ServiceUnavailableError",
    "Snapshot",
    "SourceError",
    "TableDefinition",
    "TableDescription",
    "TableNotFoundError",
    "TableSchema",
    "TableSource",
    "ThrottledError",
    "TooManyFailuresError",
    "UnloadReport",
    "WireItem",
    "WriterClosedError",
    "clear_table",
    "connect",
    "count_items",
    "count_items_sync",
    "create_table",
    "describe_table",
    "drop_table",
    "generator",
    "list_tables",
    "load",
    "load_sync",
    "open_source",
    "owed_restores",
    "plan",
    "plan_sheet",
    "plan_sync",
    "provisioned",
    "recreate_table",
    "report_sheet",
    "unload",
    "unload_sync",
    "wait_until_active",
]
