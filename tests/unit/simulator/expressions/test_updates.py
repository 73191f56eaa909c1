import copy
from collections.abc import Mapping
from typing import Any

import pytest

from ddbbulk.simulator.expressions import RequestExpressions
from ddbbulk.simulator.service_error import ServiceError

ITEM: Mapping[str, Any] = {
    "alias": {"S": "@donald"},
    "age": {"N": "86"},
    "tags": {"SS": ["duck", "sailor"]},
    "scores": {"NS": ["1", "2"]},
    "nephews": {"L": [{"S": "Huey"}, {"S": "Dewey"}, {"S": "Louie"}]},
    "car": {"M": {"plate": {"S": "313"}, "seats": {"L": [{"N": "1"}, {"N": "2"}]}}},
}
CAR: Mapping[str, Any] = ITEM["car"]["M"]
SEATS: Mapping[str, Any] = CAR["seats"]
LIST: Mapping[str, Any] = {"L": [{"S": "Webby"}]}


def updated(
    text: str,
    values: Mapping[str, Any] | None = None,
    item: Mapping[str, Any] = ITEM,
) -> dict[str, Any]:
    request = {"UpdateExpression": text, "ExpressionAttributeValues": values}
    expressions = RequestExpressions(request)
    update = expressions.update()
    expressions.refuse_unused()
    assert update is not None
    before = copy.deepcopy(item)
    after = update.apply(item)
    assert item == before, "the item before the update was changed"
    return dict(after)


def changed(text: str, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What differs after the update; None stands for what is gone."""
    after = updated(text, values)
    names = [*after, *(name for name in ITEM if name not in after)]
    return {
        name: after.get(name) for name in names if after.get(name) != ITEM.get(name)
    }


def refusal(text: str, values: Mapping[str, Any] | None = None) -> str:
    with pytest.raises(ServiceError) as caught:
        updated(text, values)
    assert caught.value.code == "ValidationException"
    return caught.value.message


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("SET age = :v", {"S": "old"}, {"age": {"S": "old"}}),
        ("SET coat = :v", {"N": "1.50"}, {"coat": {"N": "1.5"}}),
        ("set age = age + :v", {"N": "1"}, {"age": {"N": "87"}}),
        ("SET age = :v - age", {"N": "0.5"}, {"age": {"N": "-85.5"}}),
        ("SET age=(age-:v)", {"N": "86"}, {"age": {"N": "0"}}),
        ("SET x = if_not_exists(x, :v)", {"N": "1"}, {"x": {"N": "1"}}),
        ("SET age = if_not_exists(age, :v)", {"N": "1"}, {}),
        ("SET x = if_not_exists(x, :v) + :v", {"N": "1"}, {"x": {"N": "2"}}),
        (
            "SET nephews = list_append(nephews, :v)",
            LIST,
            {"nephews": {"L": [*ITEM["nephews"]["L"], {"S": "Webby"}]}},
        ),
        (
            "SET nephews = list_append(:v, nephews)",
            LIST,
            {"nephews": {"L": [{"S": "Webby"}, *ITEM["nephews"]["L"]]}},
        ),
        (
            "SET x = list_append(if_not_exists(x, :v), :v)",
            LIST,
            {"x": {"L": [{"S": "Webby"}] * 2}},
        ),
        (
            "SET car.plate = :v",
            {"S": "x"},
            {"car": {"M": {**CAR, "plate": {"S": "x"}}}},
        ),
        (
            "SET car.seats[0] = :v",
            {"S": "x"},
            {
                "car": {
                    "M": {**ITEM["car"]["M"], "seats": {"L": [{"S": "x"}, {"N": "2"}]}}
                }
            },
        ),
    ],
)
def test_set_puts_what_it_computes(
    text: str, value: Mapping[str, Any], expected: dict[str, Any]
) -> None:
    assert changed(text, {":v": value}) == expected


def test_a_position_in_a_list_is_replaced() -> None:
    after = updated("SET nephews[0] = :a, nephews[1] = :a", {":a": {"S": "a"}})
    names = [value["S"] for value in after["nephews"]["L"]]
    assert names == ["a", "a", "Louie"]


def test_a_position_beyond_the_end_of_a_list_appends_in_the_order_of_positions() -> (
    None
):
    values = {":a": {"S": "a"}, ":b": {"S": "b"}}
    after = updated("SET nephews[9] = :a, nephews[7] = :b", values)
    names = [value["S"] for value in after["nephews"]["L"]]
    assert names == ["Huey", "Dewey", "Louie", "b", "a"]


def test_values_are_those_from_before_the_update() -> None:
    text = "SET alias = age, age = alias, first_of = nephews[0] REMOVE nephews[0]"
    assert changed(text) == {
        "alias": {"N": "86"},
        "age": {"S": "@donald"},
        "first_of": {"S": "Huey"},
        "nephews": {"L": [{"S": "Dewey"}, {"S": "Louie"}]},
    }


def test_a_list_that_was_copied_does_not_change_with_its_original() -> None:
    after = updated("SET friends = nephews, nephews[0] = :v", {":v": {"S": "x"}})
    assert after["friends"] == ITEM["nephews"]
    assert after["nephews"]["L"][0] == {"S": "x"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("REMOVE age", {"age": None}),
        ("REMOVE absent", {}),
        ("REMOVE car.plate", {"car": {"M": {"seats": SEATS}}}),
        ("REMOVE car.absent", {}),
        ("REMOVE nephews[0], nephews[2]", {"nephews": {"L": [{"S": "Dewey"}]}}),
        ("REMOVE nephews[3]", {}),
    ],
)
def test_remove_takes_what_is_there_by_its_position_before_the_update(
    text: str, expected: dict[str, Any]
) -> None:
    assert changed(text) == expected


def test_what_set_appends_is_not_what_remove_names() -> None:
    values = {":v": {"S": "new"}}
    after = updated("SET nephews[9] = :v REMOVE nephews[0], nephews[3]", values)
    names = [value["S"] for value in after["nephews"]["L"]]
    assert names == ["Dewey", "Louie", "new"]


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("ADD age :v", {"N": "-6"}, {"age": {"N": "80"}}),
        ("ADD absent :v", {"N": "5"}, {"absent": {"N": "5"}}),
        (
            "ADD tags :v",
            {"SS": ["duck", "pilot"]},
            {"tags": {"SS": ["duck", "sailor", "pilot"]}},
        ),
        ("ADD scores :v", {"NS": ["2.0", "3"]}, {"scores": {"NS": ["1", "2", "3"]}}),
        ("ADD absent :v", {"BS": ["YQ=="]}, {"absent": {"BS": ["YQ=="]}}),
        ("DELETE tags :v", {"SS": ["duck", "goose"]}, {"tags": {"SS": ["sailor"]}}),
        ("DELETE tags :v", {"SS": ["duck", "sailor"]}, {"tags": None}),
        ("DELETE scores :v", {"NS": ["1.0"]}, {"scores": {"NS": ["2"]}}),
        ("DELETE absent :v", {"SS": ["duck"]}, {}),
    ],
)
def test_add_and_delete_change_numbers_and_sets(
    text: str, value: Mapping[str, Any], expected: dict[str, Any]
) -> None:
    assert changed(text, {":v": value}) == expected


def test_sums_are_exact_to_38_digits_and_refused_beyond() -> None:
    item = {"n": {"N": "9" * 37}}
    after = updated("SET n = n + :one", {":one": {"N": "1"}}, item)
    assert after["n"]["N"] == "1" + "0" * 37
    text = "SET age = age + :tiny"
    assert "38 significant digits" in refusal(text, {":tiny": {"N": "1e-37"}})
    huge = {":huge": {"N": "9.9e125"}}
    assert "Number overflow" in refusal("SET x = :huge + :huge", huge)


@pytest.mark.parametrize(
    ("text", "value", "reason"),
    [
        ("", None, "The expression can not be empty;"),
        ("SET", None, "Syntax error"),
        ("SET age", None, "Syntax error"),
        ("SET age = :v,", {"N": "1"}, "Syntax error"),
        ("SET age = age + :v + :v", {"N": "1"}, "Syntax error"),
        ("SET age <> :v", {"N": "1"}, "Syntax error"),
        ("ADD age alias", None, "Syntax error"),
        ("age = :v", {"N": "1"}, "Syntax error"),
        ("SET status = :v", {"N": "1"}, "reserved keyword: status"),
        ("SET age = ((age))", None, "redundant parentheses"),
        ("SET age = :v SET x = :v", {"N": "1"}, '"SET" section can only be used once'),
        ("SET age = :v, age = :v", {"N": "1"}, "paths overlap with each other"),
        ("SET car = :v REMOVE car.plate", {"N": "1"}, "paths overlap with each other"),
        ("SET car.x = :v, car[0] = :v", {"N": "1"}, "paths conflict with each other"),
        ("SET age = size(alias)", None, "not allowed in an update expression"),
        ("SET age = magic(alias)", None, "Invalid function name; function: magic"),
        ("SET age = if_not_exists(age)", None, "Incorrect number of operands"),
        ("SET age = if_not_exists(:v, age)", {"N": "1"}, "requires a document path"),
        ("SET age = age + :v", {"S": "1"}, "operand type: STRING"),
        ("SET age = list_append(:v, age)", {"N": "1"}, "operand type: NUMBER"),
        ("ADD age :v", {"S": "1"}, "operand type: STRING"),
        ("DELETE age :v", {"N": "1"}, "operand type: NUMBER"),
        ("SET " + ", ".join(f"a{n} = :v" for n in range(301)), {"N": "1"}, "too many"),
    ],
)
def test_a_wrong_update_is_refused(
    text: str, value: Mapping[str, Any] | None, reason: str
) -> None:
    message = refusal(text, value and {":v": value})
    assert message.startswith("Invalid UpdateExpression: ")
    assert reason in message


@pytest.mark.parametrize(
    ("text", "value", "reason"),
    [
        ("SET x = absent", None, "refers to an attribute that does not exist"),
        ("SET x = absent + :v", {"N": "1"}, "refers to an attribute that does not"),
        ("SET x = list_append(absent, :v)", {"L": []}, "refers to an attribute that"),
        ("SET x = alias + :v", {"N": "1"}, "incorrect data type"),
        ("SET x = list_append(alias, :v)", {"L": []}, "incorrect data type"),
        ("ADD alias :v", {"N": "1"}, "incorrect data type"),
        ("ADD tags :v", {"NS": ["1"]}, "incorrect data type"),
        ("DELETE age :v", {"SS": ["1"]}, "incorrect data type"),
        ("SET absent.x = :v", {"N": "1"}, "document path provided"),
        ("SET alias.x = :v", {"N": "1"}, "document path provided"),
        ("SET alias[0] = :v", {"N": "1"}, "document path provided"),
        ("SET nephews.x = :v", {"N": "1"}, "document path provided"),
        ("SET car[0] = :v", {"N": "1"}, "document path provided"),
        ("SET nephews[7][0] = :v", {"N": "1"}, "document path provided"),
        ("SET nephews[3][0] = :v", {"N": "1"}, "document path provided"),
        ("REMOVE absent.x", None, "document path provided"),
        ("REMOVE alias[0]", None, "document path provided"),
        ("REMOVE car[0]", None, "document path provided"),
        ("REMOVE nephews.x", None, "document path provided"),
        ("REMOVE nephews.x.y", None, "document path provided"),
        ("SET car[0].x = :v", {"N": "1"}, "document path provided"),
        ("SET nephews.x.y = :v", {"N": "1"}, "document path provided"),
    ],
)
def test_an_update_that_does_not_fit_the_item_is_refused(
    text: str, value: Mapping[str, Any] | None, reason: str
) -> None:
    assert reason in refusal(text, value and {":v": value})
