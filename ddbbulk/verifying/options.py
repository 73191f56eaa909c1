"""What a verification may be told."""

from collections.abc import Callable
from os import PathLike
from typing import TypedDict, get_args

import aioboto3

from ddbbulk.aws import Connection
from ddbbulk.errors import ConfigurationError
from ddbbulk.reading import (
    DEFAULT_SEGMENTS,
    ReadBudget,
    check_options,
    check_segments,
)
from ddbbulk.retry import RetryPolicy
from ddbbulk.transport import Transport, TransportName
from ddbbulk.verifying.report import Consistency


class VerifyOptions(TypedDict, total=False):
    """The options of ``verify`` and ``verify_sync``.

    Attributes:
        rcu: read units a second on the table, a ``ReadBudget`` that is shared, or None
            (default): what the table has provisioned (on demand: its limit or warm
            throughput, or 12,000).
        sample: compare so many items, chosen by chance, each as likely as every other;
            None (default): all. The source is read to its end in either case.
        seed: of that choice; the same seed chooses the same items. Default 1.
        consistency: ``"rechecked"`` (default): items are looked up eventually
            consistent, and those that are not equal once more, strongly consistent;
            ``"consistent"``: all at once so, at double the read units; ``"eventual"``:
            the first look is believed.
        extra: whether the keys of the table are scanned for items that the source has
            not.
        extra_file: takes their keys, a line of DynamoDB JSON each, in the place of
            what is in the file.
        segments: into how many parts the table is divided for that scan; default 4.
        failures: a file that each missing or different item is appended to, as the
            source has it: ``ddbbulk retry`` loads them.
        ttl_attribute: what says when an item expires; by default what the table says.
        redact_keys: leave the values of keys out of the report.
        on_items: called with the number of items that were compared so far.
        on_scanned: called with the number of items of the table that were scanned so
            far for extra ones.
        retry: when to send again, and when to give up.
        transport: as for ``load``.
        connection: an open connection from ``ddbbulk.connect``; otherwise one is opened
            from the next five.
        session: an ``aioboto3.Session``.
        region: AWS region.
        profile: profile of the shared AWS configuration.
        endpoint_url: a server other than AWS.
        allow_insecure_endpoint: sign with real credentials over plain HTTP.
    """

    rcu: float | ReadBudget | None
    sample: int | None
    seed: int
    consistency: Consistency
    extra: bool
    extra_file: str | PathLike[str] | None
    segments: int
    failures: str | PathLike[str] | None
    ttl_attribute: str | None
    redact_keys: bool
    on_items: Callable[[int], None] | None
    on_scanned: Callable[[int], None] | None
    retry: RetryPolicy
    transport: Transport | TransportName | None
    connection: Connection | None
    session: aioboto3.Session | None
    region: str | None
    profile: str | None
    endpoint_url: str | None
    allow_insecure_endpoint: bool


def check_verify_options(options: VerifyOptions) -> None:
    """Refuse options that there are not, or that cannot work.

    Raises:
        ConfigurationError: names them.
    """
    check_options(options, VerifyOptions)
    sample = options.get("sample")
    if sample is not None and sample < 1:
        raise ConfigurationError(f"a sample has 1 item or more, not {sample:,}")
    consistency, known = options.get("consistency", "rechecked"), get_args(Consistency)
    if consistency not in known:
        raise ConfigurationError(
            f"consistency is {consistency}: give {', '.join(known[:-1])} or {known[-1]}"
        )
    check_segments(options.get("segments", DEFAULT_SEGMENTS))
