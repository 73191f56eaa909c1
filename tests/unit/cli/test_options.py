import pytest
import typer

from ddbbulk.cli.options import (
    IndexRate,
    Rate,
    index_rates,
    is_aws,
    key_schema,
    parse_delimiter,
    parse_index_wcu,
    parse_share,
    parse_transport,
    parse_units,
    parse_wcu,
    require_wcu,
)
from ddbbulk.errors import ConfigurationError
from ddbbulk.schema import TableSchema

LOCAL = "http://127.0.0.1:8000"


def test_wcu_is_a_number_or_what_the_table_has() -> None:
    assert parse_wcu("200") == Rate(200.0)
    assert parse_wcu("0.5") == Rate(0.5)
    assert parse_wcu("table") == Rate(None)
    assert parse_wcu("adaptive") == Rate("adaptive")
    assert parse_units("200") == 200


def test_a_reserve_is_a_share_of_less_than_all() -> None:
    assert parse_share("20%") == 0.2
    with pytest.raises(typer.BadParameter, match="less than all"):
        parse_share("100%")


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "-inf", "lots", "", "1,000"])
def test_a_wcu_that_is_no_number_above_zero_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="number"):
        parse_wcu(text)


def test_a_transport_is_one_of_two() -> None:
    assert parse_transport("direct") == "direct"
    assert parse_transport("aioboto3") == "aioboto3"
    with pytest.raises(typer.BadParameter, match="aioboto3 or direct"):
        parse_transport("pigeon")


def test_an_index_rate_is_split_at_the_last_equals_sign() -> None:
    assert parse_index_wcu("by=email=50") == IndexRate("by=email", 50.0)


@pytest.mark.parametrize("text", ["by_email", "=5", "by_email=", "by_email=0"])
def test_an_index_rate_without_name_or_rate_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter, match=r"INDEX=N|number above 0"):
        parse_index_wcu(text)


def test_an_index_is_named_once() -> None:
    rates = [IndexRate("a", 1.0), IndexRate("b", 2.0)]

    assert index_rates(rates) == {"a": 1.0, "b": 2.0}
    with pytest.raises(ConfigurationError, match="names a twice"):
        index_rates([*rates, IndexRate("a", 3.0)])


def test_keys_make_a_schema() -> None:
    assert key_schema([]) is None
    assert key_schema(["alias"]) == TableSchema.of("alias")
    assert key_schema(["id:N", "at"]) == TableSchema.of("id:N", "at")


def test_three_keys_are_one_too_many() -> None:
    with pytest.raises(ConfigurationError, match="3 times"):
        key_schema(["a", "b", "c"])


@pytest.mark.parametrize(
    ("text", "delimiter"), [("tab", "\t"), (r"\t", "\t"), (";", ";")]
)
def test_a_tab_can_be_typed(text: str, delimiter: str) -> None:
    assert parse_delimiter(text) == delimiter


@pytest.mark.parametrize(
    ("url", "environment", "goes_to_aws"),
    [
        (None, {}, True),
        (LOCAL, {}, False),
        (None, {"AWS_ENDPOINT_URL": LOCAL}, False),
        (None, {"AWS_ENDPOINT_URL_DYNAMODB": LOCAL}, False),
        ("https://dynamodb.eu-west-1.amazonaws.com", {}, True),
        ("https://dynamodb.cn-north-1.amazonaws.com.cn", {}, True),
        ("https://123.ddb.us-east-1.api.aws", {}, True),
        ("http://amazonaws.com.example.org", {}, False),
        ("no url at all", {}, False),
        (
            "https://dynamodb.us-east-1.amazonaws.com",
            {"AWS_ENDPOINT_URL": LOCAL},
            True,
        ),
    ],
)
def test_aws_is_known_by_its_names_and_by_the_lack_of_another(
    url: str | None, environment: dict[str, str], *, goes_to_aws: bool
) -> None:
    assert is_aws(url, environment) is goes_to_aws


def test_nothing_is_spent_at_aws_unasked() -> None:
    with pytest.raises(ConfigurationError, match=r"--wcu N .* --wcu table"):
        require_wcu(None, None, {})


@pytest.mark.parametrize(
    ("wcu", "url"), [(Rate(5.0), None), (Rate(None), None), (None, LOCAL)]
)
def test_a_named_rate_or_a_local_server_is_enough(
    wcu: Rate | None, url: str | None
) -> None:
    require_wcu(wcu, url, {})
