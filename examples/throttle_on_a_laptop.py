"""See your own boto3 code meet throttling, without an AWS account.

The simulator enforces what a table has provisioned. Here it is 5 WCU, and the client's
own retries are off, so that the first refusal is seen.
Run it: ``python examples/throttle_on_a_laptop.py``
"""

import boto3
from botocore.config import Config

from ddbbulk.simulator import Simulator


def main() -> None:
    """Put items as fast as the client can, until DynamoDB's error comes."""
    with Simulator() as simulator:
        client = boto3.client(
            "dynamodb",
            endpoint_url=simulator.endpoint_url,
            region_name="us-east-1",
            aws_access_key_id="placeholder",
            aws_secret_access_key="placeholder",  # noqa: S106 -- the simulator asks for none
            config=Config(retries={"total_max_attempts": 1}),
        )
        client.create_table(
            TableName="pond",
            KeySchema=[{"AttributeName": "pond", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pond", "AttributeType": "S"}],
            ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
        )
        for number in range(100):
            try:
                client.put_item(TableName="pond", Item={"pond": {"S": str(number)}})
            except client.exceptions.ProvisionedThroughputExceededException as error:
                print(f"item {number}: {error}")
                print(f"reasons: {error.response['ThrottlingReasons']}")
                break
        print(simulator.stats()["tables"]["pond"])


if __name__ == "__main__":
    main()
