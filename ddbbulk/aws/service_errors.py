"""Answers that are errors, or of nobody we know: whatever client received them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, cast

import orjson
from botocore.parsers import ResponseParserError

from ddbbulk.aws.clock import skew_failure
from ddbbulk.retry import Failure, classify

# What must be in an answer, where it comes from a DynamoDB.
_MEMBERS: Final[Mapping[str, tuple[str, type[object]]]] = {
    "describe_table": ("Table", dict),
    "list_tables": ("TableNames", list),
}


def service_failure(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    code: str = "",
    message: str = "",
) -> Failure:
    """Return what an answer with an HTTP status of an error means.

    Args:
        status: the HTTP status.
        headers: of the answer, by their names in lower case.
        body: its bytes; they need not be JSON.
        code: stands in where the body has none.
        message: the same.
    """
    parsed = _parsed(body)
    code = error_code(parsed) or code or str(status)
    told = str(parsed.get("message") or parsed.get("Message") or message)
    return skew_failure(code, told, headers, now=datetime.now(UTC)) or Failure(
        classify(code, status=status), code, told, _reasons(parsed)
    )


def check_answer(operation: str, answer: Mapping[str, object]) -> None:
    """Refuse the answer of something else than a DynamoDB.

    Args:
        operation: a method of botocore's client.
        answer: what it has made of it.

    Raises:
        ResponseParserError: what must be in it is not.
    """
    member, kind = _MEMBERS.get(operation, ("", object))
    if not isinstance(answer.get(member), kind):
        raise ResponseParserError(f"the answer has no {member}")


def error_code(parsed: Mapping[str, Any]) -> str:
    """Return the code in an error's body, without its namespace; "": it has none."""
    return str(parsed.get("__type") or "").partition(":")[0].rpartition("#")[2]


def _parsed(body: bytes) -> Mapping[str, Any]:
    try:
        parsed = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError:
        return {"message": body.decode(errors="replace")}
    return cast("dict[str, Any]", parsed) if isinstance(parsed, dict) else {}


def _reasons(body: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    # The service writes the member in two ways; botocore knows one for each exception.
    listed: object = body.get("ThrottlingReasons") or body.get("throttlingReasons")
    # Whatever another server writes there, the request has to be settled.
    entries = cast("list[object]", listed) if isinstance(listed, list) else []
    told = [cast("dict[str, Any]", one) for one in entries if isinstance(one, dict)]
    return tuple(
        (str(one.get("reason", "")), str(one.get("resource", ""))) for one in told
    )
