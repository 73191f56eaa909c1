"""What a filter's placeholders stand for is said once, typed, and for each of them."""

import pytest
import typer

from ddbbulk.cli.filter_options import (
    chosen_attributes,
    chosen_filter,
    parse_name,
    parse_value,
)
from ddbbulk.errors import ConfigurationError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (":min=N:5", {"N": "5"}),
        (":min=N:1e2", {"N": "100"}),
        (":text=S:a=b:c", {"S": "a=b:c"}),
        (":empty=S:", {"S": ""}),
        (":flag=BOOL:true", {"BOOL": True}),
        (":flag=BOOL:false", {"BOOL": False}),
        (":none=NULL", {"NULL": True}),
        (":raw=B:AAE=", {"B": "AAE="}),
    ],
)
def test_a_value_says_its_type(text: str, value: dict[str, object]) -> None:
    assert parse_value(text).value == value
    assert parse_value(text).placeholder == text.partition("=")[0]


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("min=N:5", "such as :min=N:5"),
        (":min", "such as :min=N:5"),
        (":min=5", "say the value's type"),
        (":min=X:5", "say the value's type"),
        (":flag=BOOL:yes", "say the value's type"),
        (":min=N:five", "is no number"),
        (":raw=B:!", "is no B"),
    ],
)
def test_a_value_that_says_less_is_refused(text: str, advice: str) -> None:
    with pytest.raises(typer.BadParameter, match=advice):
        parse_value(text)


def test_a_name_stands_for_an_attribute() -> None:
    assert parse_name("#s=sta.tus").attribute == "sta.tus"
    for text in ("s=status", "#s", "#s="):
        with pytest.raises(typer.BadParameter, match="'#s=status'"):
            parse_name(text)


def test_attributes_are_names() -> None:
    assert chosen_attributes(None) is None
    assert chosen_attributes("alias,age") == ("alias", "age")
    assert chosen_attributes("alias, first name ,") == ("alias", "first name")
    with pytest.raises(typer.BadParameter, match="at least one"):
        chosen_attributes(",")


def test_a_filter_has_its_names_and_values() -> None:
    chosen = chosen_filter(
        "age > :min and #s = :open",
        [parse_value(":min=N:5"), parse_value(":open=S:open")],
        [parse_name("#s=status")],
    )

    assert chosen is not None
    assert chosen.names == {"#s": "status"}
    assert chosen.values == {":min": {"N": "5"}, ":open": {"S": "open"}}
    assert chosen_filter(None, [], []) is None


@pytest.mark.parametrize(
    ("expression", "values", "names", "advice"),
    [
        ("age > :min", [], [], "--value ':min=N:5'"),
        ("#s = age", [], [], "--name '#s=status'"),
        ("age > :min", [":min=N:5", ":max=N:9"], [], ":max does not occur"),
        (None, [":min=N:5"], [], "give --filter, too"),
        ("age > :min", [":min=N:5", ":min=N:6"], [], "given twice"),
    ],
)
def test_placeholders_and_meanings_have_to_fit(
    expression: str | None, values: list[str], names: list[str], advice: str
) -> None:
    with pytest.raises(ConfigurationError, match=advice):
        chosen_filter(expression, map(parse_value, values), map(parse_name, names))
