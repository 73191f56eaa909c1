"""Which transport carries a load: the direct one wherever it does all that is asked."""

import logging
from contextlib import AsyncExitStack
from typing import Final, Literal, get_args

from ddbbulk.aws import Connection, NoRouteError, find_route
from ddbbulk.errors import ConfigurationError
from ddbbulk.transport.client import ClientTransport
from ddbbulk.transport.direct import DirectTransport
from ddbbulk.transport.transport import Transport

_LOG = logging.getLogger(__name__)

TransportName = Literal["aioboto3", "direct"]
TRANSPORT_NAMES: Final[tuple[str, ...]] = get_args(TransportName)


async def open_transport(
    connection: Connection,
    *,
    table: str,
    wanted: str | None,
    stack: AsyncExitStack,
) -> Transport:
    """Return what carries the requests to one table.

    Args:
        connection: an open connection.
        table: name or ARN.
        wanted: one of ``TRANSPORT_NAMES``; None: the direct one where it can be used,
            else aioboto3's client.
        stack: closes it.

    Raises:
        ConfigurationError: there is none of that name, or the direct one is wanted and
            cannot be used; or the connection is not open.
    """
    connection.check_open()
    if wanted is not None and wanted not in TRANSPORT_NAMES:
        raise ConfigurationError(
            f"there is no transport {wanted!r}: give {' or '.join(TRANSPORT_NAMES)}"
        )
    if wanted != ClientTransport.name:
        try:
            route = await find_route(connection, table)
        except NoRouteError as error:
            # Where there is a cause, the client will meet it as well, and can tell.
            if wanted is not None and error.__cause__ is None:
                raise ConfigurationError(
                    f"the direct transport cannot be used: {error}; use "
                    f"transport={ClientTransport.name!r}, or leave the choice open"
                ) from error
            _LOG.info("%s: requests go through aioboto3's client: %s", table, error)
        else:
            return await stack.enter_async_context(DirectTransport(connection, route))
    return ClientTransport(connection, table=table)
