"""Load items that a function makes from their index, with a live bar.

A generator with a count and a version knows its length and can start anywhere, so such
a load can be measured, split and resumed. Run it: ``python examples/load_generator.py``
"""

import asyncio

import ddbbulk
from ddbbulk.simulator import Simulator

WCU = 500


@ddbbulk.generator(count=2_500, version="1")
def ponds(index: int) -> dict[str, object]:
    """Return pond number ``index``: the same one every time."""
    return {
        "pond": f"pond-{index:05}",
        "depth_m": index % 7,
        "has_reeds": index % 2 == 0,
    }


async def main() -> None:
    """Create the table, load the ponds at exactly its capacity, show the account."""
    async with (
        Simulator() as simulator,
        ddbbulk.connect(endpoint_url=simulator.endpoint_url) as connection,
    ):
        await connection.client.create_table(
            TableName="pond",
            KeySchema=[{"AttributeName": "pond", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pond", "AttributeType": "S"}],
            ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": WCU},
        )
        report = await ddbbulk.load(
            "pond", ponds, wcu=WCU, connection=connection, progress=True
        )
    print(f"{report.elapsed_seconds:.2f} s; the floor is {report.floor_seconds:.2f} s")
    print(report.verdict)


if __name__ == "__main__":
    asyncio.run(main())
