"""The options that take more than a word or a number, and what they mean."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import typer

from ddbbulk.aws.endpoint import is_aws_endpoint
from ddbbulk.errors import ConfigurationError
from ddbbulk.schema import TableSchema
from ddbbulk.table_share import parse_reserve
from ddbbulk.transport import TRANSPORT_NAMES

_MAX_KEYS: Final = 2

DebugOption = Annotated[
    bool,
    typer.Option(
        "--debug", help="Show ddbbulk's log, and the traceback of every error."
    ),
]


@dataclass(frozen=True, slots=True)
class Rate:
    """What ``--wcu`` says: write units a second, or None for what the table has.

    ``adaptive`` is what the table gives, found out on the way.
    """

    units: float | Literal["adaptive"] | None


@dataclass(frozen=True, slots=True)
class IndexRate:
    """What ``--index-wcu`` says of one index: its write units a second."""

    name: str
    units: float


def parse_wcu(text: str) -> Rate:
    """Read ``200``, ``table`` or ``adaptive``."""
    if text == "adaptive":
        return Rate("adaptive")
    if text == "table":
        return Rate(None)
    return Rate(_units(text, "a number, 'table' or 'adaptive'"))


def parse_share(text: str) -> float:
    """Read ``20%`` or ``0.2``."""
    try:
        return parse_reserve(text)
    except ConfigurationError as error:
        raise typer.BadParameter(str(error)) from None


def parse_index_wcu(text: str) -> IndexRate:
    """Read ``follows_index=200``."""
    name, equals, units = text.rpartition("=")
    if not equals or not name:
        raise typer.BadParameter(f"{text!r}: write it as INDEX=N, such as by_email=200")
    return IndexRate(name, _units(units, "INDEX=N with a number"))


def parse_units(text: str) -> float:
    """Read ``1000``: units a second."""
    return _units(text, "a number")


def parse_read_units(text: str) -> float:
    """Read ``1000``: read units a second."""
    return _units(text, "a number or 'table'", kind="read")


def parse_transport(text: str) -> str:
    """Read the name of a transport."""
    if text not in TRANSPORT_NAMES:
        raise typer.BadParameter(f"{text!r}: give {' or '.join(TRANSPORT_NAMES)}")
    return text


def _units(text: str, wanted: str, *, kind: str = "write") -> float:
    try:
        units = float(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r}: give {wanted}") from None
    if not 0 < units < float("inf"):
        raise typer.BadParameter(
            f"{text}: {kind} units a second are a number above 0, such as 200"
        )
    return units


def index_rates(
    rates: Iterable[IndexRate], *, option: str = "--index-wcu"
) -> dict[str, float]:
    """Return the rates by index; each index may be named once."""
    named: dict[str, float] = {}
    for rate in rates:
        if rate.name in named:
            raise ConfigurationError(f"{option} names {rate.name} twice: give it once")
        named[rate.name] = rate.units
    return named


def parse_delimiter(text: str) -> str:
    """Read a character, or the word for one that shells make hard to type."""
    return "\t" if text in {"tab", "\\t"} else text


def key_schema(keys: Iterable[str]) -> TableSchema | None:
    """Return the schema that ``--key`` describes; None where it was not given."""
    names = tuple(keys)
    if not names:
        return None
    if len(names) > _MAX_KEYS:
        raise ConfigurationError(
            f"--key was given {len(names)} times: a table has a partition key and at "
            "most one sort key"
        )
    return TableSchema.of(*names)


def is_aws(endpoint_url: str | None, environment: Mapping[str, str]) -> bool:
    """Say whether requests go to AWS, where they cost money.

    Args:
        endpoint_url: the option.
        environment: the environment variables, which may name an endpoint too.
    """
    url = (
        endpoint_url
        or environment.get("AWS_ENDPOINT_URL_DYNAMODB")
        or environment.get("AWS_ENDPOINT_URL")
    )
    return not url or is_aws_endpoint(url)


def require_wcu(
    wcu: Rate | None, endpoint_url: str | None, environment: Mapping[str, str]
) -> None:
    """Refuse to spend capacity at AWS that nobody has named."""
    if wcu is None and is_aws(endpoint_url, environment):
        raise ConfigurationError(
            "this load goes to AWS, so say what it may use: --wcu N (write units a "
            "second), --wcu table (all that the table has provisioned) or --wcu "
            "adaptive (all that it gives). To load into a local server instead, give "
            "--endpoint-url, such as "
            "http://127.0.0.1:8000 for 'ddbbulk simulate'"
        )
