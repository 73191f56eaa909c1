"""Tables in a few words, for a simulator that begins empty: ``users:alias@200/50``."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Self

import typer

from ddbbulk.aws import Connection
from ddbbulk.errors import DdbBulkError
from ddbbulk.schema import TableSchema

_UNITS: Final = "([1-9][0-9]*)"
_SPEC: Final = re.compile(
    f"([^:]+):([^,@]+)(?:,([^,@]+))?(?:@{_UNITS}(?:/{_UNITS})?)?", re.DOTALL
)
_NAME: Final = re.compile("[a-zA-Z0-9_.-]{3,255}")


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table to create.

    Args:
        wcu: its provisioned write units; None: on demand.
        rcu: its provisioned read units; None: as many.
    """

    name: str
    schema: TableSchema
    wcu: int | None
    rcu: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``name:key[,sort key][@wcu[/rcu]]``; a key may end in ``:N``, ``:B``."""
        match = _SPEC.fullmatch(text)
        if match is None:
            raise typer.BadParameter(
                f"{text!r}: write it as NAME:KEY[,SORTKEY][@WCU[/RCU]], such as "
                "users:alias@200"
            )
        name, partition_key, sort_key, wcu, rcu = match.groups()
        if not _NAME.fullmatch(name):
            raise typer.BadParameter(
                f"{text!r}: a table's name has 3 to 255 of the characters a-z, A-Z, "
                "0-9, '_', '-' and '.'"
            )
        try:
            schema = TableSchema.of(partition_key, sort_key)
        except DdbBulkError as error:
            raise typer.BadParameter(f"{text!r}: {error}") from None
        if len({key.name for key in schema.keys}) != len(schema.keys):
            raise typer.BadParameter(f"{text!r}: name two different attributes as keys")
        return cls(name, schema, int(wcu) if wcu else None, int(rcu) if rcu else None)

    def request(self) -> dict[str, Any]:
        """Return the arguments of CreateTable."""
        roles = zip(self.schema.keys, ("HASH", "RANGE"), strict=False)
        request: dict[str, Any] = {
            "TableName": self.name,
            "AttributeDefinitions": [
                {"AttributeName": key.name, "AttributeType": key.type}
                for key in self.schema.keys
            ],
            "KeySchema": [
                {"AttributeName": key.name, "KeyType": role} for key, role in roles
            ],
            "BillingMode": "PAY_PER_REQUEST" if self.wcu is None else "PROVISIONED",
        }
        if self.wcu is not None:
            request["ProvisionedThroughput"] = {
                "ReadCapacityUnits": self.wcu if self.rcu is None else self.rcu,
                "WriteCapacityUnits": self.wcu,
            }
        return request


async def create_tables(connection: Connection, specs: Iterable[TableSpec]) -> None:
    """Create the tables that are not there yet."""
    for spec in specs:
        try:
            await connection.request("create_table", **spec.request())
        except DdbBulkError as error:
            # A data file may have kept the table from an earlier run.
            if getattr(error, "code", "") != "ResourceInUseException":
                raise
