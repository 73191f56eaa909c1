"""The operations that the simulator speaks, by the names that requests give."""

from collections.abc import Mapping
from typing import Final

from ddbbulk.simulator.backups import (
    describe_continuous_backups,
    update_continuous_backups,
)
from ddbbulk.simulator.batch_get import batch_get_item
from ddbbulk.simulator.batch_write import batch_write_item
from ddbbulk.simulator.create_table import create_table
from ddbbulk.simulator.engine import Operation
from ddbbulk.simulator.get_item import get_item
from ddbbulk.simulator.policies import (
    delete_resource_policy,
    get_resource_policy,
    put_resource_policy,
)
from ddbbulk.simulator.query import query
from ddbbulk.simulator.scan import scan
from ddbbulk.simulator.single_writes import delete_item, put_item
from ddbbulk.simulator.table_operations import (
    delete_table,
    describe_contributor_insights,
    describe_kinesis_streaming_destination,
    describe_limits,
    describe_table,
    describe_time_to_live,
    list_tables,
    update_time_to_live,
)
from ddbbulk.simulator.tags import (
    list_tags_of_resource,
    tag_resource,
    untag_resource,
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
    "DeleteResourcePolicy": delete_resource_policy,
    "DeleteTable": delete_table,
    "DescribeContinuousBackups": describe_continuous_backups,
    "DescribeContributorInsights": describe_contributor_insights,
    "DescribeKinesisStreamingDestination": describe_kinesis_streaming_destination,
    "DescribeLimits": describe_limits,
    "DescribeTable": describe_table,
    "DescribeTimeToLive": describe_time_to_live,
    "GetItem": get_item,
    "GetResourcePolicy": get_resource_policy,
    "ListTables": list_tables,
    "ListTagsOfResource": list_tags_of_resource,
    "PutItem": put_item,
    "PutResourcePolicy": put_resource_policy,
    "Query": query,
    "Scan": scan,
    "TagResource": tag_resource,
    "TransactGetItems": transact_get_items,
    "TransactWriteItems": transact_write_items,
    "UntagResource": untag_resource,
    "UpdateContinuousBackups": update_continuous_backups,
    "UpdateItem": update_item,
    "UpdateTable": update_table,
    "UpdateTimeToLive": update_time_to_live,
}
