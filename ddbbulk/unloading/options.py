"""What an unload may be asked for."""

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias, get_args

from ddbbulk.errors import ConfigurationError
from ddbbulk.reading import CountOptions, check_options

UnloadFormat: TypeAlias = Literal["dynamodb-json", "plain-json"]
UNLOAD_FORMATS: Final[tuple[str, ...]] = get_args(UnloadFormat)


class UnloadOptions(CountOptions, total=False):
    """The options of ``unload`` and ``unload_sync``.

    Attributes:
        format: ``"dynamodb-json"`` (default) keeps every type; ``"plain-json"`` is for
            other programs, and refuses items with sets or binary values, which it
            cannot hold.
        attributes: the only ones that are written; default all.
        limit: how many items are written at the most. With it, segments are read one
            after the other.
        force: replace a file that is there.
    """

    format: UnloadFormat
    attributes: Sequence[str] | None
    limit: int | None
    force: bool


def check_unload_options(options: UnloadOptions) -> None:
    """Refuse options that cannot work.

    Raises:
        ConfigurationError: the message says which, and what there is.
    """
    check_options(options, UnloadOptions)
    chosen: str = options.get("format", "dynamodb-json")
    if chosen not in UNLOAD_FORMATS:
        raise ConfigurationError(
            f"there is no format {chosen!r} to unload in: give "
            f"{' or '.join(UNLOAD_FORMATS)}"
        )
    attributes = options.get("attributes")
    if isinstance(attributes, str) or (attributes is not None and not attributes):
        raise ConfigurationError(
            "attributes takes a list of names, at least one: leave it out for all"
        )
    limit = options.get("limit")
    if limit is not None and limit < 1:
        raise ConfigurationError(f"limit is {limit}: give a number of items, 1 or more")
