"""The commands: options in, exit code out."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

import ddbbulk
from ddbbulk.examples.exit_codes import ExitCode
from ddbbulk.examples.screen import Screen
from ddbbulk.examples.tweeter.clearing import Clearing
from ddbbulk.examples.tweeter.loading import Loading
from ddbbulk.examples.tweeter.names import Names
from ddbbulk.examples.tweeter.options import (
    AttributeOption,
    AwsOption,
    CountOption,
    EndpointOption,
    FeedTableOption,
    FolloweeOption,
    FollowsTableOption,
    IndexOption,
    IndexWcuOption,
    KeepOption,
    LatencyOption,
    ProfileOption,
    RaiseToOption,
    RegionOption,
    ReportOption,
    UsersTableOption,
    WcuOption,
    YesOption,
)
from ddbbulk.examples.tweeter.passwords import HashPer, Passwords
from ddbbulk.examples.tweeter.plans import Order
from ddbbulk.examples.tweeter.posting import Posting
from ddbbulk.examples.tweeter.report_file import check_report_file
from ddbbulk.examples.tweeter.running import Where, run
from ddbbulk.examples.tweeter.users import IMAGES_URL

_PROGRAM = "python -m ddbbulk.examples.tweeter"
_EPILOG = """
[bold]Examples[/]

10,000 users and their follows of @daisy into a simulator, at 200 WCU:

[cyan]python -m ddbbulk.examples.tweeter[/]

Into tables that stay; a status for all followers; users and follows deleted:

[cyan]python -m ddbbulk.examples.tweeter --keep tweeter.db[/]

[cyan]python -m ddbbulk.examples.tweeter post "Quack" --keep tweeter.db[/]

[cyan]python -m ddbbulk.examples.tweeter clear --keep tweeter.db[/]

At 1,000 WCU, which they have only as long as it takes:

[cyan]python -m ddbbulk.examples.tweeter --wcu 5 --raise-to 1000[/]

Into AWS, where it asks first:

[cyan]python -m ddbbulk.examples.tweeter --aws --region us-west-2[/]

[bold]Exit codes[/]

0 all is there · 1 some were rejected or are missing ·
2 wrong usage, settings or tables · 3 stopped early ·
4 raised capacity is not put back · 130 interrupted
"""
_DEFAULT = Names()

app = typer.Typer(
    name="tweeter",
    rich_markup_mode="rich",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=_EPILOG,
    help="Users who all follow @daisy, loaded into DynamoDB at exactly the capacity "
    "that you name. Without a command it is [bold]load[/]: see [bold]load --help[/].",
)


def main() -> None:
    """Run the command line, and exit with its code."""
    arguments = sys.argv[1:]
    if not arguments or (
        arguments[0].startswith("-") and arguments[0] not in ("-h", "--help")
    ):
        arguments = ["load", *arguments]
    app(arguments, prog_name=_PROGRAM)


@app.command()
def load(  # noqa: PLR0913 - typer reads the options from the signature
    *,
    count: CountOption = 10_000,
    followee: FolloweeOption = "@daisy",
    password: Annotated[
        str, typer.Option(help="What one can log in with as any of them.")
    ] = "password",  # noqa: S107 - the example's, told to everybody
    hash_per: Annotated[
        HashPer, typer.Option(help="Who shares a password hash: hashing takes 50 ms.")
    ] = HashPer.BATCH,
    seed: Annotated[int, typer.Option(help="What salts are derived from.")] = 1,
    images_url: Annotated[
        str, typer.Option(metavar="URL", help="Folder of the users' pictures.")
    ] = IMAGES_URL,
    wcu: WcuOption = 200,
    index_wcu: IndexWcuOption = None,
    raise_to: RaiseToOption = None,
    endpoint_url: EndpointOption = None,
    aws: AwsOption = False,
    yes: YesOption = False,
    region: RegionOption = None,
    profile: ProfileOption = None,
    keep: KeepOption = None,
    latency_ms: LatencyOption = 10.0,
    report: ReportOption = None,
    users_table: UsersTableOption = _DEFAULT.users_table,
    follows_table: FollowsTableOption = _DEFAULT.follows_table,
    index: IndexOption = _DEFAULT.index,
    attribute: AttributeOption = None,
) -> None:
    """Load users and follows, side by side, and check that all are there."""
    screen = Screen()
    with _explained(screen):
        rate = wcu if raise_to is None else raise_to
        order = Order(
            count=count,
            followee=followee,
            wcu=rate,
            index_wcu=rate if index_wcu is None else index_wcu,
            raised_from=None if raise_to is None else wcu,
            names=_names(users_table, follows_table, index, attribute),
        )
        where = _where(
            endpoint_url, keep, latency_ms, region, profile, is_aws=aws, is_sure=yes
        )
        job = Loading(
            order=order,
            passwords=Passwords(password=password, per=hash_per, seed=seed),
            images_url=images_url,
            report_file=_report_file(report),
        )
        raise typer.Exit(run(job, where, screen))


@app.command()
def clear(  # noqa: PLR0913 - typer reads the options from the signature
    *,
    count: CountOption = 10_000,
    followee: FolloweeOption = "@daisy",
    wcu: WcuOption = 200,
    index_wcu: IndexWcuOption = None,
    endpoint_url: EndpointOption = None,
    aws: AwsOption = False,
    yes: YesOption = False,
    region: RegionOption = None,
    profile: ProfileOption = None,
    keep: KeepOption = None,
    latency_ms: LatencyOption = 10.0,
    report: ReportOption = None,
    users_table: UsersTableOption = _DEFAULT.users_table,
    follows_table: FollowsTableOption = _DEFAULT.follows_table,
    index: IndexOption = _DEFAULT.index,
    attribute: AttributeOption = None,
) -> None:
    """Delete exactly what load makes, and count the followers anew."""
    screen = Screen()
    with _explained(screen):
        order = Order(
            count=count,
            followee=followee,
            wcu=wcu,
            index_wcu=wcu if index_wcu is None else index_wcu,
            names=_names(users_table, follows_table, index, attribute),
        )
        where = _where(
            endpoint_url, keep, latency_ms, region, profile, is_aws=aws, is_sure=yes
        )
        where.require_tables("clear")
        job = Clearing(order=order, report_file=_report_file(report))
        raise typer.Exit(run(job, where, screen))


@app.command()
def post(  # noqa: PLR0913 - typer reads the options from the signature
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="The status.", show_default=False)
    ],
    *,
    followee: FolloweeOption = "@daisy",
    wcu: WcuOption = 200,
    endpoint_url: EndpointOption = None,
    aws: AwsOption = False,
    yes: YesOption = False,
    region: RegionOption = None,
    profile: ProfileOption = None,
    keep: KeepOption = None,
    latency_ms: LatencyOption = 10.0,
    report: ReportOption = None,
    follows_table: FollowsTableOption = _DEFAULT.follows_table,
    feed_table: FeedTableOption = _DEFAULT.feed_table,
    index: IndexOption = _DEFAULT.index,
    attribute: AttributeOption = None,
) -> None:
    """Post a status: write it into the feed of every follower of @daisy."""
    screen = Screen()
    with _explained(screen):
        where = _where(
            endpoint_url, keep, latency_ms, region, profile, is_aws=aws, is_sure=yes
        )
        where.require_tables("post")
        job = Posting(
            text=text,
            moment=datetime.now(UTC),
            author=followee,
            wcu=wcu,
            names=_names(
                _DEFAULT.users_table, follows_table, index, attribute, feed_table
            ),
            report_file=_report_file(report),
        )
        raise typer.Exit(run(job, where, screen))


@contextmanager
def _explained(screen: Screen) -> Generator[None, None, None]:
    """Turn options that cannot work into a message and an exit code."""
    try:
        yield
    except ddbbulk.DdbBulkError as error:
        screen.tell("error", str(error))
        raise typer.Exit(ExitCode.WRONG_SETTINGS) from None


def _names(
    users_table: str,
    follows_table: str,
    index: str,
    attributes: list[str] | None,
    feed_table: str = _DEFAULT.feed_table,
) -> Names:
    names = Names(
        users_table=users_table,
        follows_table=follows_table,
        feed_table=feed_table,
        index=index,
    )
    return names.renamed(attributes or ())


def _where(
    endpoint_url: str | None,
    keep: Path | None,
    latency_ms: float,
    region: str | None,
    profile: str | None,
    *,
    is_aws: bool,
    is_sure: bool,
) -> Where:
    return Where(
        endpoint_url=endpoint_url,
        is_aws=is_aws,
        region=region,
        profile=profile,
        keep=keep,
        latency_ms=latency_ms,
        is_confirmed=is_sure,
    )


def _report_file(path: Path | None) -> Path | None:
    if path is not None:
        check_report_file(path)
    return path
