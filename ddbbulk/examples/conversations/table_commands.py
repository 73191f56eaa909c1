"""The commands for the table as a whole."""

from typing import Annotated

import typer

from ddbbulk.examples.conversations.options import (
    AwsOption,
    DataOption,
    EndpointOption,
    JsonOption,
    ProfileOption,
    RegionOption,
    TableOption,
    YesOption,
)
from ddbbulk.examples.conversations.performing import perform
from ddbbulk.examples.conversations.rows import TABLE
from ddbbulk.examples.conversations.scanning import Scanning
from ddbbulk.examples.conversations.tables import (
    Dropping,
    SchemaLoading,
    TableListing,
)
from ddbbulk.examples.conversations.where import Where


def schema_load(  # noqa: PLR0913 - typer reads the options from the signature
    *,
    rcu: Annotated[
        int,
        typer.Option(min=1, metavar="N", help="Read units a second, table and index."),
    ] = 5,
    wcu: Annotated[
        int,
        typer.Option(min=1, metavar="N", help="Write units a second, likewise."),
    ] = 5,
    table: TableOption = TABLE,
    endpoint_url: EndpointOption = None,
    aws: AwsOption = False,
    data: DataOption = None,
    region: RegionOption = None,
    profile: ProfileOption = None,
    yes: YesOption = False,
) -> None:
    """Create the table and its index, and wait until they can be used."""
    perform(
        lambda: SchemaLoading(rcu=rcu, wcu=wcu),
        lambda: Where(
            endpoint_url=endpoint_url,
            is_aws=aws,
            data=data,
            region=region,
            profile=profile,
            is_confirmed=yes,
            is_founding=True,
        ),
        table=table,
    )


def list_tables(
    *,
    table: TableOption = TABLE,
    endpoint_url: EndpointOption = None,
    aws: AwsOption = False,
    data: DataOption = None,
    region: RegionOption = None,
    profile: ProfileOption = None,
) -> None:
    """List the tables that there are."""
    perform(
        TableListing,
        lambda: Where(
            endpoint_url=endpoint_url,
            is_aws=aws,
            data=data,
            region=region,
            profile=profile,
        ),
        table=table,
    )


def drop(
    *,
    table: TableOption = TABLE,
    endpoint_url: EndpointOption = None,
    aws: AwsOption = False,
    data: DataOption = None,
    region: RegionOption = None,
    profile: ProfileOption = None,
    yes: YesOption = False,
) -> None:
    """Delete the table with all that is in it, once you have typed its name."""
    perform(
        Dropping,
        lambda: Where(
            endpoint_url=endpoint_url,
            is_aws=aws,
            data=data,
            region=region,
            profile=profile,
            is_confirmed=yes,
        ),
        table=table,
    )


def scan(  # noqa: PLR0913 - typer reads the options from the signature
    *,
    limit: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="So many at the most.", show_default=False
        ),
    ] = None,
    json: JsonOption = False,
    table: TableOption = TABLE,
    endpoint_url: EndpointOption = None,
    aws: AwsOption = False,
    data: DataOption = None,
    region: RegionOption = None,
    profile: ProfileOption = None,
    yes: YesOption = False,
) -> None:
    """Show what is in the table; that reads all of it, and costs so much."""
    perform(
        lambda: Scanning(limit=limit, is_json=json),
        lambda: Where(
            endpoint_url=endpoint_url,
            is_aws=aws,
            data=data,
            region=region,
            profile=profile,
            is_confirmed=yes,
        ),
        table=table,
        is_data=json,
    )
