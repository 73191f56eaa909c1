"""The options of ``provisioned``."""

from collections.abc import Iterable, Mapping
from os import PathLike
from typing import TypedDict

import aioboto3

from ddbbulk.aws import Connection
from ddbbulk.errors import ConfigurationError
from ddbbulk.prices import Prices


class ProvisionedOptions(TypedDict, total=False):
    """The options of ``provisioned``.

    Attributes:
        index_wcu: write units a second of global indexes by name, exactly those that
            are to be raised; by default all, to what the table is raised to.
        on_demand_rcu: switch a table that is on demand to provisioned capacity, with so
            many read units (each of its indexes too), and back; by default such a
            table is left alone.
        restore_note: a file for the restore note; by default one in the state folder of
            the user (or of ``DDBBULK_STATE_DIR``).
        wait_restore: where the service allows no decrease yet, wait until it does.
        auto_scaling: look for Application Auto Scaling, and move its minimum (default);
            False: it is not at work, or will not mind.
        prices: what capacity costs; by default the prices that come with ddbbulk.
        connection: an open connection from ``ddbbulk.connect``; otherwise one is
            opened for this block from the next five.
        session: an ``aioboto3.Session``.
        region: AWS region.
        profile: profile of the shared AWS configuration.
        endpoint_url: a server other than AWS.
        allow_insecure_endpoint: sign with real credentials over plain HTTP.
    """

    index_wcu: Mapping[str, float] | None
    on_demand_rcu: float | None
    restore_note: str | PathLike[str] | None
    wait_restore: bool
    auto_scaling: bool
    prices: Prices | None
    connection: Connection | None
    session: aioboto3.Session | None
    region: str | None
    profile: str | None
    endpoint_url: str | None
    allow_insecure_endpoint: bool


def check_names(options: Iterable[str]) -> None:
    """Refuse names that no option has: a note elsewhere than meant costs money.

    Raises:
        ConfigurationError: there is no such option.
    """
    known = ProvisionedOptions.__annotations__
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise ConfigurationError(
            f"unknown option {', '.join(unknown)}: there are {', '.join(known)}"
        )
