"""Load a CSV file into a table of the embedded simulator and read one item back.

Run it: ``python examples/load_csv.py``
"""

import asyncio
from pathlib import Path

import ddbbulk
from ddbbulk.simulator import Simulator
from ddbbulk.sources import CsvSource

# Every column is a string unless it is said otherwise: types are never guessed.
DUCKS = CsvSource(
    Path(__file__).with_name("ducks.csv"), types={"born": "N", "nephews": "N"}
)


async def main() -> None:
    """Create the table, load the file at 25 write units a second, look at one duck."""
    async with (
        Simulator() as simulator,
        ddbbulk.connect(endpoint_url=simulator.endpoint_url) as connection,
    ):
        await connection.client.create_table(
            TableName="duck",
            KeySchema=[{"AttributeName": "alias", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "alias", "AttributeType": "S"}],
            ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 25},
        )
        report = await ddbbulk.load("duck", DUCKS, wcu=25, connection=connection)
        print(f"{report.items_written} ducks written, {report.items_rejected} rejected")
        answer = await connection.client.get_item(
            TableName="duck", Key={"alias": {"S": "@scrooge"}}
        )
        print(answer["Item"])


if __name__ == "__main__":
    asyncio.run(main())
