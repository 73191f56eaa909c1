"""What programs are told of a table."""

from typing import Any

from ddbbulk.cli.table_sheet import table_document
from ddbbulk.recreation import Inspection, Loss, Surroundings
from ddbbulk.tables import TableDescription, definition_of

DUCKS: dict[str, Any] = {
    "TableName": "ducks",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
}


def test_all_that_there_is_of_a_kind_is_told() -> None:
    losses = (
        Loss("policy"),
        Loss("contributor-insights", "of the table"),
        Loss("contributor-insights", "of index by_city"),
    )
    ducks = Inspection(
        table=DUCKS,
        description=TableDescription.parse(DUCKS),
        definition=definition_of(DUCKS),
        tags={},
        surroundings=Surroundings(losses),
    )
    assert table_document(ducks)["also"] == {
        "policy": "",
        "contributor-insights": "of the table, of index by_city",
    }
