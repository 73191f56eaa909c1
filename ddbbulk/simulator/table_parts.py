"""Keys, indexes and throughput as CreateTable and UpdateTable spell them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from ddbbulk.schema import IndexSchema, KeyAttribute, KeyType, Projection
from ddbbulk.simulator.definition import BillingMode, Throughput
from ddbbulk.simulator.parameters import broken_by_name
from ddbbulk.simulator.service_error import ServiceError
from ddbbulk.simulator.shapes import Shape

KEY_TYPES: Final = ("B", "N", "S")
PROJECTIONS: Final = ("ALL", "INCLUDE", "KEYS_ONLY")
MAX_GSI_KEYS: Final = 4  # of each role
_KEY_ROLES: Final = ("HASH", "RANGE")
_KEY_NAME_LENGTHS: Final = range(1, 256)

ATTRIBUTE_DEFINITIONS: Final[Shape] = ({"AttributeName": str, "AttributeType": str},)
KEY_SCHEMA: Final[Shape] = ({"AttributeName": str, "KeyType": str},)
CAPACITY: Final[Mapping[str, Shape]] = {
    "ProvisionedThroughput": {"ReadCapacityUnits": int, "WriteCapacityUnits": int},
    "OnDemandThroughput": {"MaxReadRequestUnits": int, "MaxWriteRequestUnits": int},
    "WarmThroughput": {"ReadUnitsPerSecond": int, "WriteUnitsPerSecond": int},
}
INDEX: Final[Mapping[str, Shape]] = {
    "IndexName": str,
    "KeySchema": KEY_SCHEMA,
    "Projection": {"ProjectionType": str, "NonKeyAttributes": (str,)},
    **CAPACITY,
}

Keys = tuple[tuple[KeyAttribute, ...], tuple[KeyAttribute, ...]]
Types = Mapping[str, KeyType]


def read_attribute_types(definitions: Sequence[Mapping[str, Any]]) -> Types:
    """The types of AttributeDefinitions by attribute name."""
    types: dict[str, KeyType] = {}
    for definition in definitions:
        name = member(definition, "AttributeName", "attributeDefinitions")
        kind = member(definition, "AttributeType", "attributeDefinitions")
        if kind not in KEY_TYPES:
            raise broken_choice("attributeDefinitions.attributeType", kind, KEY_TYPES)
        if len(name) not in _KEY_NAME_LENGTHS:
            path = "attributeDefinitions.attributeName"
            longest = _KEY_NAME_LENGTHS[-1]
            raise _broken(path, name, f"Member must have length from 1 to {longest}")
        if name in types:
            raise ServiceError.invalid_parameter(
                f"Duplicate AttributeName in AttributeDefinitions: {name}"
            )
        types[name] = kind
    return types


def read_keys(
    key_schema: Sequence[Mapping[str, Any]], types: Types, *, most: int = 1
) -> Keys:
    """The partition and sort key attributes of a KeySchema.

    Args:
        key_schema: its elements.
        types: the attributes that are defined.
        most: how many attributes each of the two keys may have.
    """
    roles = [member(element, "KeyType", "keySchema") for element in key_schema]
    names = [member(element, "AttributeName", "keySchema") for element in key_schema]
    for role in roles:
        if role not in _KEY_ROLES:
            raise broken_choice("keySchema.keyType", role, _KEY_ROLES)
    if roles[0] != "HASH":
        raise ServiceError.validation(
            "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"
        )
    hashes = roles.count("HASH")
    if roles[hashes:] != ["RANGE"] * (len(roles) - hashes) or hashes > most:
        raise ServiceError.validation(
            "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type"
        )
    if len(roles) - hashes > most:
        raise ServiceError.validation("Invalid KeySchema: Too many RANGE keys")
    if len(set(names)) != len(names):
        raise ServiceError.validation(
            "Both the Hash Key and the Range Key element in the KeySchema have the "
            "same name"
        )
    undefined = [name for name in names if name not in types]
    if undefined:
        raise ServiceError.invalid_parameter(
            "Some index key attributes are not defined in AttributeDefinitions. Keys: "
            f"[{', '.join(undefined)}], AttributeDefinitions: [{', '.join(types)}]"
        )
    keys = [KeyAttribute(name, types[name]) for name in names]
    return tuple(keys[:hashes]), tuple(keys[hashes:])


def read_index(
    index: Mapping[str, Any], types: Types, *, is_local: bool
) -> IndexSchema:
    """One element of LocalSecondaryIndexes or GlobalSecondaryIndexes."""
    member_name = "localSecondaryIndexes" if is_local else "globalSecondaryIndexes"
    name = read_index_name(index, member_name)
    key_schema = member(index, "KeySchema", member_name)
    partition_keys, sort_keys = read_keys(
        key_schema, types, most=1 if is_local else MAX_GSI_KEYS
    )
    projection, attributes = _read_projection(index, member_name)
    return IndexSchema(
        name=name,
        partition_keys=partition_keys,
        sort_keys=sort_keys,
        projection=projection,
        non_key_attributes=attributes,
        is_local=is_local,
    )


def read_index_name(element: object, path: str) -> str:
    """The IndexName of what defines or changes an index."""
    name: str = member(element, "IndexName", path)
    for constraint in broken_by_name(name):
        raise _broken(f"{path}.indexName", name, constraint)
    return name


def _read_projection(
    index: Mapping[str, Any], member_name: str
) -> tuple[Projection, tuple[str, ...]]:
    projection = member(index, "Projection", member_name)
    kind = projection.get("ProjectionType")
    attributes = projection.get("NonKeyAttributes") or ()
    if kind is None:
        raise ServiceError.invalid_parameter("Unknown ProjectionType: null")
    if kind not in PROJECTIONS:
        path = f"{member_name}.projection.projectionType"
        raise broken_choice(path, kind, PROJECTIONS)
    if kind == "INCLUDE" and not attributes:
        raise ServiceError.invalid_parameter(
            "ProjectionType is INCLUDE, but NonKeyAttributes is not specified"
        )
    if kind != "INCLUDE" and attributes:
        raise ServiceError.invalid_parameter(
            f"ProjectionType is {kind}, but NonKeyAttributes is specified"
        )
    return kind, tuple(attributes)


def read_throughput(
    element: Mapping[str, Any], billing_mode: BillingMode, what: str = ""
) -> Throughput:
    """The capacity that a request gives to a table or index.

    Args:
        element: what has the members ProvisionedThroughput and OnDemandThroughput.
        billing_mode: of the table.
        what: `` for index: NAME`` where it is an index's.
    """
    provisioned = element.get("ProvisionedThroughput")
    on_demand = element.get("OnDemandThroughput")
    if billing_mode == "PAY_PER_REQUEST":
        if provisioned is not None:
            raise ServiceError.invalid_parameter(
                "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified "
                "when BillingMode is PAY_PER_REQUEST" + what
            )
        return _ceilings(on_demand or {})
    if provisioned is None:
        raise ServiceError.invalid_parameter(
            "ReadCapacityUnits and WriteCapacityUnits must both be specified when "
            "BillingMode is PROVISIONED" + what
        )
    if on_demand is not None:
        raise ServiceError.invalid_parameter(
            "OnDemandThroughput cannot be specified when BillingMode is PROVISIONED"
            + what
        )
    return Throughput(
        read=_units(provisioned, "ReadCapacityUnits"),
        write=_units(provisioned, "WriteCapacityUnits"),
    )


def _ceilings(on_demand: Mapping[str, Any]) -> Throughput:
    ceilings: list[int | None] = []
    for name in ("MaxReadRequestUnits", "MaxWriteRequestUnits"):
        ceiling = on_demand.get(name, -1)  # -1 takes a ceiling away
        if ceiling == 0 or ceiling < -1:
            raise ServiceError.invalid_parameter(
                f"{name} must be greater than 0, or -1 for no maximum"
            )
        ceilings.append(None if ceiling == -1 else ceiling)
    return Throughput(max_read=ceilings[0], max_write=ceilings[1])


def _units(provisioned: Mapping[str, Any], name: str) -> int:
    units: int = member(provisioned, name, "provisionedThroughput")
    if units < 1:
        raise ServiceError.validation(
            f"1 validation error detected: Value '{units}' at 'provisionedThroughput."
            f"{name[0].lower()}{name[1:]}' failed to satisfy constraint: Member must "
            "have value greater than or equal to 1"
        )
    return units


def member(element: object, name: str, path: str) -> Any:  # noqa: ANN401 -- JSON
    """A member that must be there."""
    if not isinstance(element, Mapping):
        raise ServiceError.serialization("Unexpected value type in payload")
    value = cast("Mapping[str, Any]", element).get(name)
    if value is None or value == []:
        raise ServiceError.validation(
            f"1 validation error detected: Value null at '{path}."
            f"{name[0].lower()}{name[1:]}' failed to satisfy constraint: Member must "
            "not be null"
        )
    return value


def broken_choice(path: str, value: str, choices: Sequence[str]) -> ServiceError:
    """The error for a word that is none of an enumeration's."""
    listed = ", ".join(choices)
    return _broken(path, value, f"Member must satisfy enum value set: [{listed}]")


def _broken(path: str, value: str, constraint: str) -> ServiceError:
    return ServiceError.validation(
        f"1 validation error detected: Value '{value}' at '{path}' failed to satisfy "
        f"constraint: {constraint}"
    )
