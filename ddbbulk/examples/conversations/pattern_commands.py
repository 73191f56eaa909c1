"""The commands for the access patterns of the application."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

import typer

from ddbbulk import ConfigurationError
from ddbbulk.examples.conversations.conversing import Conversing
from ddbbulk.examples.conversations.forgetting import Forgetting
from ddbbulk.examples.conversations.inbox import Inbox
from ddbbulk.examples.conversations.moments import parse_moment
from ddbbulk.examples.conversations.options import (
    AwsOption,
    DataOption,
    EndpointOption,
    JsonOption,
    LimitOption,
    ProfileOption,
    RegionOption,
    TableOption,
    WcuOption,
    YesOption,
)
from ddbbulk.examples.conversations.performing import perform
from ddbbulk.examples.conversations.rows import TABLE
from ddbbulk.examples.conversations.sending import Sending
from ddbbulk.examples.conversations.users import DAISY, DONALD, User, checked_uuid
from ddbbulk.examples.conversations.where import Where


def get_conversation(  # noqa: PLR0913 - typer reads the options from the signature
    message_group_uuid: Annotated[
        str | None,
        typer.Argument(
            metavar="GROUP_UUID",
            help="The conversation; by default the newest of the seed's Person 1.",
            show_default=False,
        ),
    ] = None,
    *,
    limit: LimitOption = 20,
    page: Annotated[
        int,
        typer.Option(
            min=1,
            metavar="N",
            help="Which page of so many; 1 is the newest. Those before it are read, "
            "too.",
        ),
    ] = 1,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="None before that: 2026-01-05, or 2026-01-05T08:30; UTC.",
            show_default=False,
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="None after that, likewise.", show_default=False
        ),
    ] = None,
    json: JsonOption = False,
    table: TableOption = TABLE,
    endpoint_url: EndpointOption = None,
    aws: AwsOption = False,
    data: DataOption = None,
    region: RegionOption = None,
    profile: ProfileOption = None,
) -> None:
    """Pattern A: show the messages of a conversation, the newest page first."""
    perform(
        lambda: Conversing(
            group_uuid=message_group_uuid,
            limit=limit,
            page=page,
            since=parse_moment(since, option="--since") if since else None,
            until=parse_moment(until, option="--until", is_end=True) if until else None,
            is_json=json,
        ),
        lambda: Where(
            endpoint_url=endpoint_url,
            is_aws=aws,
            data=data,
            region=region,
            profile=profile,
        ),
        table=table,
        is_data=json,
    )


def list_conversations(  # noqa: PLR0913 - typer reads the options from the signature
    user_uuid: Annotated[
        str,
        typer.Argument(
            metavar="USER_UUID",
            help="Whose; by default those of the seed's Person 1.",
        ),
    ] = DAISY.uuid,
    *,
    limit: LimitOption = 20,
    year: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=9999,
            metavar="YYYY",
            help="Those alone whose last message is of this year.",
            show_default=False,
        ),
    ] = None,
    json: JsonOption = False,
    table: TableOption = TABLE,
    endpoint_url: EndpointOption = None,
    aws: AwsOption = False,
    data: DataOption = None,
    region: RegionOption = None,
    profile: ProfileOption = None,
) -> None:
    """Pattern B: list the conversations of a user, newest first."""
    perform(
        lambda: Inbox(
            user_uuid=checked_uuid(user_uuid, option="USER_UUID"),
            limit=limit,
            year=year,
            is_json=json,
        ),
        lambda: Where(
            endpoint_url=endpoint_url,
            is_aws=aws,
            data=data,
            region=region,
            profile=profile,
        ),
        table=table,
        is_data=json,
    )


def send(  # noqa: PLR0913 - typer reads the options from the signature
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="The message.", show_default=False)
    ],
    *,
    from_: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="UUID[,HANDLE,NAME]",
            help="Who sends it; by default the seed's Person 1. A new conversation "
            "needs handle and name.",
            show_default=False,
        ),
    ] = "",
    to: Annotated[
        str,
        typer.Option(
            metavar="UUID[,HANDLE,NAME]",
            help="Whom to; by default the seed's Person 2.",
            show_default=False,
        ),
    ] = "",
    group: Annotated[
        str | None,
        typer.Option(
            metavar="UUID",
            help="The conversation, in the place of --to.",
            show_default=False,
        ),
    ] = None,
    table: TableOption = TABLE,
    endpoint_url: EndpointOption = None,
    aws: AwsOption = False,
    data: DataOption = None,
    region: RegionOption = None,
    profile: ProfileOption = None,
) -> None:
    """Patterns C and D: send a message, in a new conversation or an old one.

    The message and both group rows are written in one transaction.
    """
    perform(
        lambda: Sending(
            text=text,
            uuid=uuid4(),
            moment=datetime.now(UTC),
            sender=User.parse(from_, option="--from") if from_ else DAISY,
            receiver=_receiver(to, group),
            group_uuid=group,
        ),
        lambda: Where(
            endpoint_url=endpoint_url,
            is_aws=aws,
            data=data,
            region=region,
            profile=profile,
        ),
        table=table,
    )


def forget(  # noqa: PLR0913 - typer reads the options from the signature
    user_uuid: Annotated[
        str,
        typer.Argument(
            metavar="USER_UUID",
            help="Who has deleted their account.",
            show_default=False,
        ),
    ],
    *,
    whole: Annotated[
        bool,
        typer.Option(
            "--whole", help="Also what the others have sent to them, for nobody to see."
        ),
    ] = False,
    wcu: WcuOption = None,
    table: TableOption = TABLE,
    endpoint_url: EndpointOption = None,
    aws: AwsOption = False,
    data: DataOption = None,
    region: RegionOption = None,
    profile: ProfileOption = None,
    yes: YesOption = False,
) -> None:
    """Remove a user's messages, and their conversations from both lists."""
    perform(
        lambda: Forgetting(
            user_uuid=checked_uuid(user_uuid, option="USER_UUID"),
            is_whole=whole,
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


def _receiver(to: str, group: str | None) -> User | None:
    if group and to:
        raise ConfigurationError("--group and --to both say whom to: give one of them")
    if group:
        return None
    return User.parse(to, option="--to") if to else DONALD
