"""Changes of what a table has beside items and capacity (see ``features``)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from ddbbulk.simulator.features import STANDARD, Features, Stream
from ddbbulk.simulator.service_error import ServiceError
from ddbbulk.simulator.shapes import Shape
from ddbbulk.simulator.table_parts import broken_choice, member

_TABLE_CLASSES: Final = (STANDARD, "STANDARD_INFREQUENT_ACCESS")
_VIEW_TYPES: Final = ("KEYS_ONLY", "NEW_AND_OLD_IMAGES", "NEW_IMAGE", "OLD_IMAGE")
STREAM: Final = "StreamSpecification"
FEATURES: Final[Mapping[str, Shape]] = {
    "TableClass": str,
    "SSESpecification": {"Enabled": bool, "SSEType": str, "KMSMasterKeyId": str},
    STREAM: {"StreamEnabled": bool, "StreamViewType": str},
}
_KEYS: Final = "arn:aws:kms:us-east-1:000000000000:"
_MANAGED_KEY: Final = "00000000-0000-0000-0000-000000000000"


def is_feature_asked(request: Mapping[str, Any]) -> bool:
    """Whether a request asks for any of them."""
    return any(name in request for name in FEATURES)


def with_features(
    features: Features, request: Mapping[str, Any], *, table: str, wall_now: float
) -> Features:
    """A table's features with what CreateTable or UpdateTable asks for.

    Args:
        features: as they are.
        request: what is asked for.
        table: the table's name.
        wall_now: seconds since 1970.

    Raises:
        ServiceError: it is not valid, or there is nothing to change.
    """
    changed = features
    if "TableClass" in request:
        kind = request["TableClass"]
        if kind not in _TABLE_CLASSES:
            raise broken_choice("tableClass", kind, _TABLE_CLASSES)
        changed = replace(changed, table_class=kind)
    if "SSESpecification" in request:
        key = _encryption_key(request["SSESpecification"])
        changed = replace(changed, encryption_key=key)
    if STREAM in request:
        stream = _stream(request[STREAM], features.stream, table, wall_now)
        changed = replace(changed, stream=stream)
    return changed


def _encryption_key(specification: Mapping[str, Any]) -> str | None:
    if not specification.get("Enabled"):
        return None
    kind = specification.get("SSEType", "KMS")
    if kind != "KMS":
        raise broken_choice("sSESpecification.sSEType", kind, ("KMS",))
    key: str = specification.get("KMSMasterKeyId") or _MANAGED_KEY
    if key.startswith("arn:"):
        return key
    return _KEYS + (key if "/" in key else f"key/{key}")


def _stream(
    specification: Mapping[str, Any], stream: Stream | None, table: str, now: float
) -> Stream:
    is_enabled = member(specification, "StreamEnabled", "streamSpecification")
    if not is_enabled:
        if stream is None or not stream.is_enabled:
            raise ServiceError.validation(f"Table {table} has no stream to disable")
        return replace(stream, is_enabled=False)
    if stream is not None and stream.is_enabled:
        raise ServiceError.validation(
            f"Table already has an enabled stream: TableName: {table}"
        )
    view_type = member(specification, "StreamViewType", "streamSpecification")
    if view_type not in _VIEW_TYPES:
        path = "streamSpecification.streamViewType"
        raise broken_choice(path, view_type, _VIEW_TYPES)
    made_at = datetime.fromtimestamp(now, UTC).replace(tzinfo=None)
    return Stream(made_at.isoformat(timespec="milliseconds"), view_type)
