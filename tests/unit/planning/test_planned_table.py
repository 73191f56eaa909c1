"""What DescribeTable says that matters to a plan, and what is warned of."""

from typing import Any

import pytest

from ddbbulk.limits import MAX_COLLECTION_BYTES
from ddbbulk.planning.cautions import cautions
from ddbbulk.planning.extrapolation import Extrapolation
from ddbbulk.planning.planned_table import PlannedTable
from ddbbulk.planning.reading import Reading
from ddbbulk.planning.report import Duplicates, Figure
from ddbbulk.planning.resources import ResourceFigures
from ddbbulk.planning.survey import Survey
from ddbbulk.prices import Prices
from ddbbulk.sources import Chunk
from ddbbulk.tables import TableDescription

DESCRIBED: dict[str, Any] = {
    "TableName": "users",
    "TableArn": "arn:aws:dynamodb:us-east-1:123456789012:table/users",
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "N"},
    ],
    "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 50},
    "LocalSecondaryIndexes": [
        {
            "IndexName": "by_sk",
            "KeySchema": [
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
}


def planned(**members: object) -> PlannedTable:
    return PlannedTable.described(TableDescription.parse(DESCRIBED | members))


def warned(
    table: PlannedTable, *, factor: int = 1, redact_keys: bool = False
) -> dict[str, str]:
    """Return what is warned of for one item, by its code."""
    survey = Survey(table.schema)
    chunk = Chunk([{"pk": "a\x1b[2J", "sk": 1}], 0)
    survey.add(chunk.items, chunk.start, chunk)
    survey.end_block(1)
    reading = Reading(survey, Extrapolation([1], whole=factor), None, 1)
    prices = Prices.standard()
    figures = ResourceFigures(reading, table, prices=prices, redact_keys=redact_keys)
    nothing = Duplicates(items=Figure(value=0), is_exact=True)
    found = cautions(
        reading,
        table,
        figures,
        figures.resources(),
        nothing,
        redact_keys=redact_keys,
    )
    return {one.code: one.message for one in found}


def test_a_plain_table_is_nothing_to_be_warned_of() -> None:
    assert warned(planned()) == {}
    assert planned().rates == {"": 50}


def test_a_stream_is_told_for_its_triggers_fire() -> None:
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    message = warned(planned(StreamSpecification=stream))["Stream"]
    assert "1 item come" in message
    assert warned(planned(StreamSpecification={"StreamEnabled": False})) == {}


def test_replicas_are_paid_as_often_as_there_are_regions() -> None:
    regions = ["us-east-1", "eu-central-1", "eu-west-1"]
    table = planned(Replicas=[{"RegionName": region} for region in regions])
    assert table.regions == 3
    message = warned(table)["Replicas"]
    assert "in 3 regions (also eu-central-1, eu-west-1)" in message


def test_another_class_of_table_has_other_prices() -> None:
    summary = {"TableClass": "STANDARD_INFREQUENT_ACCESS"}
    assert "--prices" in warned(planned(TableClassSummary=summary))["TableClass"]
    standard = {"TableClass": "STANDARD"}
    assert warned(planned(TableClassSummary=standard)) == {}


def test_a_table_that_holds_items_already_may_cost_more() -> None:
    assert "holds about 7 items" in warned(planned(ItemCount=7))["NotEmpty"]


@pytest.mark.parametrize("redact_keys", [True, False])
def test_a_collection_beyond_what_local_indexes_bear_is_told(
    *, redact_keys: bool
) -> None:
    times = MAX_COLLECTION_BYTES // 200
    found = warned(planned(), factor=times, redact_keys=redact_keys)
    message = found["CollectionTooLarge"]
    assert ("items of one partition key" in message) == redact_keys
    assert (r"items of a\x1b[2J" in message) != redact_keys


def test_an_on_demand_table_gives_what_is_certain() -> None:
    on_demand = {"BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"}}
    assert planned(**on_demand).rates == {"": 4000}
    limited = {"OnDemandThroughput": {"MaxWriteRequestUnits": 100}}
    table = planned(**on_demand, **limited)
    assert (table.rates, table.is_on_demand) == ({"": 100}, True)
