"""On a new message, replace the group rows of its conversation: a Lambda on a stream.

A group row has the time of the last message in its key, which no update can change: so
each is deleted and put anew, both sides' in one BatchWriteItem. Not for tables that
``python -m ddbbulk.examples.conversations send`` writes to: it does that itself.
Run it: ``python examples/message_stream_handler.py``
"""

import os
from typing import Any

import boto3

import ddbbulk
from ddbbulk.examples.conversations import create_request
from ddbbulk.simulator import Simulator

TABLE, INDEX = "cruddur-messages", "message-group-sk-index"


def handler(event: dict[str, Any], context: object = None) -> ddbbulk.LoadReport:
    """Handle the records of a stream with new images (the Lambda function)."""
    del context
    newest = {}  # of several messages of one conversation the last one counts
    for record in event["Records"]:
        image = record["dynamodb"].get("NewImage", {})
        if record["eventName"] == "INSERT" and image["pk"]["S"].startswith("MSG#"):
            newest[image["pk"]["S"].removeprefix("MSG#")] = image
    dynamodb, writes = boto3.client("dynamodb"), []
    for group, message in newest.items():
        found = dynamodb.query(
            TableName=TABLE,
            IndexName=INDEX,
            KeyConditionExpression="message_group_uuid = :group",
            ExpressionAttributeValues={":group": {"S": group}},
        )
        for row in found["Items"]:
            if row["sk"]["S"] < message["sk"]["S"]:  # a record may come twice
                key = {"pk": row["pk"]["S"], "sk": row["sk"]["S"]}
                now = {name: message[name] for name in ("sk", "message")}
                writes += [ddbbulk.Delete(key), ddbbulk.WireItem(row | now)]
    # At 200 a second the four writes of a conversation may travel together; so few of
    # them live on what a small table has saved up.
    return ddbbulk.load_sync(TABLE, writes, wcu=200, index_wcu={INDEX: 200})


def main() -> None:
    """Send a made-up event to the handler, with a simulator for its table."""
    with Simulator() as simulator:
        os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = simulator.endpoint_url
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            os.environ[name] = "placeholder"
        os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
        dynamodb = boto3.client("dynamodb")
        dynamodb.create_table(**create_request(TABLE, rcu=25, wcu=25))
        old = {"sk": "2026-01-05T08:30", "message_group_uuid": "1", "message": "Quack?"}
        rows = [{"pk": f"GRP#{user}"} | old for user in ("daisy", "donald")]
        ddbbulk.load_sync(TABLE, rows)
        new = {"pk": "MSG#1", "sk": "2026-01-05T08:31", "message": "Quack!"}
        image = {name: {"S": value} for name, value in new.items()}
        report = handler(
            {"Records": [{"eventName": "INSERT", "dynamodb": {"NewImage": image}}]}
        )
        print(f"{report.items_written} writes in {report.requests} request")
        for row in dynamodb.scan(TableName=TABLE)["Items"]:
            print(row["pk"]["S"], row["sk"]["S"], row["message"]["S"])


if __name__ == "__main__":
    main()
