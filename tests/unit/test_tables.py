from ddbbulk.tables import TableDescription

DUCKS = {
    "TableName": "ducks",
    "TableArn": "arn:aws:dynamodb:us-east-1:000000000000:table/ducks",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
}


def test_a_server_may_give_no_id() -> None:
    assert TableDescription.parse(DUCKS).table_id is None
    assert TableDescription.parse(DUCKS | {"TableId": ""}).table_id is None
    assert TableDescription.parse(DUCKS | {"TableId": "a-b"}).table_id == "a-b"
