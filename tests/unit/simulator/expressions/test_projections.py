from collections.abc import Mapping
from typing import Any

import pytest

from ddbbulk.simulator.expressions import RequestExpressions
from ddbbulk.simulator.service_error import ServiceError

ITEM: Mapping[str, Any] = {
    "alias": {"S": "@donald"},
    "nephews": {"L": [{"S": "Huey"}, {"S": "Dewey"}, {"M": {"x": {"S": "Louie"}}}]},
    "car": {"M": {"plate": {"S": "313"}, "seats": {"L": [{"N": "1"}, {"N": "2"}]}}},
}


def projected(text: str, names: Mapping[str, str] | None = None) -> dict[str, Any]:
    expressions = RequestExpressions(
        {"ProjectionExpression": text, "ExpressionAttributeNames": names}
    )
    projection = expressions.projection()
    expressions.refuse_unused()
    assert projection is not None
    return projection.apply(ITEM)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("alias", {"alias": {"S": "@donald"}}),
        ("absent, alias", {"alias": {"S": "@donald"}}),
        ("absent", {}),
        ("car.plate", {"car": {"M": {"plate": {"S": "313"}}}}),
        ("car.absent", {}),
        ("alias.x, nephews.x, car[0]", {}),
        ("nephews[1]", {"nephews": {"L": [{"S": "Dewey"}]}}),
        (
            "nephews[2].x, nephews[0]",
            {"nephews": {"L": [{"S": "Huey"}, {"M": {"x": {"S": "Louie"}}}]}},
        ),
        ("nephews[9]", {}),
        (
            "car.seats[1], car.plate",
            {"car": {"M": {"seats": {"L": [{"N": "2"}]}, "plate": {"S": "313"}}}},
        ),
    ],
)
def test_only_what_is_named_comes_and_lists_move_together(
    text: str, expected: dict[str, Any]
) -> None:
    assert projected(text) == expected


def test_placeholders_stand_for_names() -> None:
    assert projected("#c.#p", {"#c": "car", "#p": "plate"}) == {
        "car": {"M": {"plate": {"S": "313"}}}
    }


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "The expression can not be empty;"),
        ("alias,", "Syntax error"),
        ("alias car", "Syntax error"),
        ("car.plate, car", "paths overlap with each other"),
        ("alias, alias", "paths overlap with each other"),
        ("nephews[0], nephews.x", "paths conflict with each other"),
        ("date", "reserved keyword: date"),
    ],
)
def test_a_wrong_projection_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ServiceError) as caught:
        projected(text)
    assert caught.value.message.startswith("Invalid ProjectionExpression: ")
    assert reason in caught.value.message
