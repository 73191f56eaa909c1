"""The commands that write rows: as a text says, as a number says."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from ddbbulk import ConfigurationError
from ddbbulk.examples.conversations.generating import Generating
from ddbbulk.examples.conversations.moments import START, parse_moment
from ddbbulk.examples.conversations.options import (
    AwsOption,
    DataOption,
    EndpointOption,
    ProfileOption,
    RegionOption,
    StartOption,
    TableOption,
    WcuOption,
    YesOption,
)
from ddbbulk.examples.conversations.performing import perform
from ddbbulk.examples.conversations.rows import TABLE
from ddbbulk.examples.conversations.script import own_script, read_script
from ddbbulk.examples.conversations.seeding import Seeding
from ddbbulk.examples.conversations.users import DAISY, DONALD, User
from ddbbulk.examples.conversations.where import Where

_START: Final = START.strftime("%Y-%m-%dT%H:%M")


def seed(  # noqa: PLR0913 - typer reads the options from the signature
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help="Lines of 'Person 1: …' and 'Person 2: …'; a message may go on over "
            "further lines. Without one, two ducks talk about ponds.",
            show_default=False,
        ),
    ] = None,
    *,
    user: Annotated[
        list[str] | None,
        typer.Option(
            metavar="UUID,HANDLE,NAME",
            help="Who Person 1 is, and a second time who Person 2 is; by default "
            "Daisy and Donald.",
            show_default=False,
        ),
    ] = None,
    start: StartOption = _START,
    wcu: WcuOption = None,
    table: TableOption = TABLE,
    endpoint_url: EndpointOption = None,
    aws: AwsOption = False,
    data: DataOption = None,
    region: RegionOption = None,
    profile: ProfileOption = None,
    yes: YesOption = False,
) -> None:
    """Turn a text into a conversation, its messages a minute apart.

    To seed it again changes nothing: all ids and times follow from text and
    users.
    """
    perform(
        lambda: Seeding(
            script=own_script() if file is None else read_script(file),
            users=_both_users(user or ()),
            start=parse_moment(start, option="--start"),
            wcu=wcu,
        ),
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


def generate(  # noqa: PLR0913 - typer reads the options from the signature
    *,
    groups: Annotated[
        int, typer.Option(min=1, metavar="N", help="How many conversations.")
    ] = 100,
    messages: Annotated[
        int, typer.Option(min=1, metavar="N", help="How many messages each has.")
    ] = 100,
    start: StartOption = _START,
    wcu: WcuOption = None,
    table: TableOption = TABLE,
    endpoint_url: EndpointOption = None,
    aws: AwsOption = False,
    data: DataOption = None,
    region: RegionOption = None,
    profile: ProfileOption = None,
    yes: YesOption = False,
) -> None:
    """Write made-up conversations for a load test, the same ones every time."""
    perform(
        lambda: Generating(
            groups=groups,
            messages=messages,
            start=parse_moment(start, option="--start"),
            wcu=wcu,
        ),
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


def _both_users(given: Sequence[str]) -> tuple[User, User]:
    if not given:
        return DAISY, DONALD
    users = [User.parse(text, option="--user") for text in given]
    if len(users) != 2 or not all(user.is_named for user in users):  # noqa: PLR2004 - two sides
        raise ConfigurationError(
            "--user: give it twice, as UUID,HANDLE,NAME: Person 1, then Person 2"
        )
    return users[0], users[1]
