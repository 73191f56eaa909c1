"""The operations that the simulator speaks, by the names that requests give."""

from collections.abc import Mapping
from typing import Final

from ddbbulk.simulator.batch_get import batch_get_item
from ddbbulk.simulator.batch_write import batch_write_item
from ddbbulk.simulator.create_table import create_table
from ddbbulk.simulator.engine import Operation
from ddbbulk.simulator.get_item import get_item
from ddbbulk.simulator.query import query
from ddbbulk.simulator.scan import scan
from ddbbulk.simulator.single_writes import delete_item, put_item
from ddbbulk.simulator.table_operations import (
    delete_table,
    describe_limits,
    describe_table,
    describe_time_to_live,
    list_tables,
    update_time_to_live,
)
from ddbbulk.simulator.transact_get import transact_get_items
from ddbbulk.simulator.transact_write import transact_write_items
from ddbbulk.simulator.update_item import update_item
from ddbbulk.simulator.update_table import update_table

OPERATIONS: Final[Mapping[str, Operation]] = {
    "BatchGetItem": batch_get_item,
    "BatchWriteItem": batch_write_item,
    "CreateTable": create_table,
    "DeleteItem": delete_item,
    "DeleteTable": delete_table,
    "DescribeLimits": describe_limits,
    "DescribeTable": describe_table,
    "DescribeTimeToLive": describe_time_to_live,
    "GetItem": get_item,
    "ListTables": list_tables,
    "PutItem": put_item,
    "Query": query,
    "Scan": scan,
    "TransactGetItems": transact_get_items,
    "TransactWriteItems": transact_write_items,
    "UpdateItem": update_item,
    "UpdateTable": update_table,
    "UpdateTimeToLive": update_time_to_live,
}
