"""One call: does the table hold what the source says?"""

import logging
from collections.abc import AsyncIterable, Iterable
from contextlib import AsyncExitStack
from typing import Unpack

from ddbbulk.aws import Connection, connect_by
from ddbbulk.errors import AccessDeniedError
from ddbbulk.own_thread import in_own_thread
from ddbbulk.reading import open_reader
from ddbbulk.sources import ItemSource, as_source
from ddbbulk.tables import describe_table, time_to_live
from ddbbulk.verifying.comparison import Comparison
from ddbbulk.verifying.options import VerifyOptions, check_verify_options
from ddbbulk.verifying.report import VerifyReport

Source = ItemSource | Iterable[object] | AsyncIterable[object]

_LOG = logging.getLogger(__name__)


async def verify(
    table: str, source: Source, **options: Unpack[VerifyOptions]
) -> VerifyReport:
    """Compare every item of a source with a table, change nothing, and say what is so.

    Where several items of the source have one key, the table is to hold the last of
    them. Memory does not grow with the number of items: 24 bytes of each, and what is
    not equal, are kept in the folder for temporary files. The source is read once.

    Args:
        table: name or ARN.
        source: what ``load`` takes; ``Delete(key)`` says that there is to be no item.
        options: see ``VerifyOptions``.

    Raises:
        ConfigurationError: an option cannot work, or the source cannot be opened.
        SourceError: the source failed.
        RequestError: the table cannot be reached, described or read.

    Example:
        >>> async def prove() -> None:
        ...     report = await verify("tweeter_user", [{"alias": "@daisy"}], rcu=100)
        ...     assert report.is_equal, report.verdict
    """
    check_verify_options(options)
    plug = as_source(source)
    async with AsyncExitStack() as stack:
        connection = options.get("connection")
        if connection is None:
            connection = await stack.enter_async_context(connect_by(options))
        described = await describe_table(connection, table)
        reader = await open_reader(
            table,
            connection=connection,
            rcu=options.get("rcu"),
            stack=stack,
            is_consistent=options.get("consistency") == "consistent",
            transport=options.get("transport"),
            retry=options.get("retry"),
            described=described,
        )
        expiry = options.get("ttl_attribute") or await _expiry(connection, table)
        with Comparison(table, described, reader, expiry, options) as comparison:
            return await comparison.report_on(plug)


def verify_sync(
    table: str, source: Source, **options: Unpack[VerifyOptions]
) -> VerifyReport:
    """Do what ``verify`` does, and return when it is done: see ``load_sync``."""
    return in_own_thread(verify(table, source, **options))


async def _expiry(connection: Connection, table: str) -> str | None:
    try:
        return await time_to_live(connection, table)
    except AccessDeniedError as error:
        _LOG.warning(
            "%s; so items that have expired count as missing: name the attribute that "
            "says when (ttl_attribute=, --ttl-attribute)",
            error,
        )
        return None
