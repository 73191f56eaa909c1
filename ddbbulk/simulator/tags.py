"""Tags of tables: TagResource, UntagResource and ListTagsOfResource.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, Final

from ddbbulk.simulator.engine import Engine
from ddbbulk.simulator.parameters import Parameters
from ddbbulk.simulator.resources import table_of_arn
from ddbbulk.simulator.service_error import ServiceError
from ddbbulk.simulator.shapes import Shape
from ddbbulk.simulator.table_parts import member

TAGS: Final[Shape] = ({"Key": str, "Value": str},)
_MAX_TAGS: Final = 50
_LENGTHS: Final = {"key": range(1, 129), "value": range(257)}
_RESERVED: Final = "aws:"
# AWS does not say how many are on a page: so few that a client has to turn it.
_PAGE: Final = 10


def tag_resource(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    """Give a table tags, in place of those of the same keys.

    Raises:
        ServiceError: a tag is not valid, or there would be too many.
    """
    types: dict[str, Shape] = {"ResourceArn": str, "Tags": TAGS}
    parameters = Parameters("TagResource", request, types)
    parameters.require("ResourceArn", "Tags")
    parameters.check()
    table = table_of_arn(engine, request["ResourceArn"])
    if not request["Tags"]:
        raise ServiceError.validation("Atleast one Tag needs to be provided as Input.")
    tags = with_tags(table.definition.tags, request["Tags"])
    engine.catalog.redefine(table, replace(table.definition, tags=tags))
    return {}


def untag_resource(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    """Take the tags with some keys away from a table; others than it has are no error.

    Raises:
        ServiceError: there is no such table, or no key is given.
    """
    types: dict[str, Shape] = {"ResourceArn": str, "TagKeys": (str,)}
    parameters = Parameters("UntagResource", request, types)
    parameters.require("ResourceArn", "TagKeys")
    parameters.check()
    table = table_of_arn(engine, request["ResourceArn"])
    keys: list[str] = request["TagKeys"]
    if not keys:
        raise ServiceError.validation(
            "Atleast one Tag Key needs to be provided as Input."
        )
    tags = table.definition.tags
    left = {key: tags[key] for key in tags if key not in keys}
    engine.catalog.redefine(table, replace(table.definition, tags=left))
    return {}


def list_tags_of_resource(engine: Engine, request: dict[str, Any]) -> dict[str, Any]:
    """The tags of a table, a page at a time.

    Raises:
        ServiceError: there is no such table, or the page is none of its.
    """
    types = {"ResourceArn": str, "NextToken": str}
    parameters = Parameters("ListTagsOfResource", request, types)
    parameters.require("ResourceArn")
    parameters.check()
    table = table_of_arn(engine, request["ResourceArn"])
    token: str = request.get("NextToken", "0")
    if not token.isdecimal():
        raise ServiceError.validation("Invalid NextToken")
    start = int(token)
    tags = islice(table.definition.tags.items(), start, start + _PAGE)
    answer: dict[str, Any] = {
        "Tags": [{"Key": key, "Value": value} for key, value in tags]
    }
    if len(table.definition.tags) > start + _PAGE:
        answer["NextToken"] = str(start + _PAGE)
    return answer


def with_tags(tags: Mapping[str, str], elements: Sequence[Any]) -> Mapping[str, str]:
    """A table's tags with those that a request gives.

    Args:
        tags: those that it has.
        elements: of the parameter Tags.

    Raises:
        ServiceError: a tag is not valid, or there would be too many.
    """
    given = [_tag(element, number) for number, element in enumerate(elements, 1)]
    if len(dict(given)) != len(given):
        raise ServiceError.invalid_parameter(
            "Duplicate tag keys found. Please note that Tag keys are case sensitive."
        )
    together = {**tags, **dict(given)}
    if len(together) > _MAX_TAGS:
        raise ServiceError.validation(
            f"The number of tags exceeds the limit of {_MAX_TAGS} per resource"
        )
    return together


def _tag(element: object, number: int) -> tuple[str, str]:
    key, value = member(element, "Key", "tags"), member(element, "Value", "tags")
    for name, text in (("key", key), ("value", value)):
        _check_length(f"tags.{number}.member.{name}", text, _LENGTHS[name])
    if key.lower().startswith(_RESERVED):
        raise ServiceError.invalid_parameter(
            f"Tag keys that begin with '{_RESERVED}' are reserved for system use"
        )
    return key, value


def _check_length(path: str, text: str, lengths: range) -> None:
    if len(text) in lengths:
        return
    bound = f"less than or equal to {lengths[-1]}"
    if not text:
        bound = f"greater than or equal to {lengths[0]}"
    raise ServiceError.validation(
        f"1 validation error detected: Value '{text}' at '{path}' failed to satisfy "
        f"constraint: Member must have length {bound}"
    )
