"""The table of prices, and files that replace it."""

from pathlib import Path

import pytest

from ddbbulk.errors import ConfigurationError
from ddbbulk.prices import Prices


def test_the_prices_that_come_along_are_dated_and_complete() -> None:
    prices = Prices.standard()
    assert prices.as_of.year >= 2026
    assert prices.region == "us-east-1"
    assert prices.write_unit_hour == 0.00065


def test_a_file_replaces_what_it_names(tmp_path: Path) -> None:
    file = tmp_path / "prices.toml"
    file.write_text('region = "eu-central-1"\nwrite_unit_hour = 0.000793\n')
    prices = Prices.read(file)
    assert (prices.region, prices.write_unit_hour) == ("eu-central-1", 0.000793)
    assert prices.read_unit_hour == Prices.standard().read_unit_hour


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("write_unit_hour = -1", "write_unit_hour: .* there are as_of, region"),
        ("write_unit = 1", "write_unit: .* there are as_of, region"),
        ('read_unit_hour = "dear"', "read_unit_hour"),
        ("region", "no TOML"),
        ("\x00", "no TOML"),
    ],
)
def test_a_file_that_is_not_one_of_prices_is_refused(
    tmp_path: Path, text: str, message: str
) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=message):
        Prices.read(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigurationError, match=r"none\.toml: cannot be read: No such"
    ):
        Prices.read(tmp_path / "none.toml")
