import pytest

from ddbbulk import ConfigurationError
from ddbbulk.examples.tweeter.names import Names


def test_an_attribute_is_renamed_by_what_it_is_called_here() -> None:
    names = Names().renamed(["alias=handle", "follower_alias=who"])

    assert names == Names(alias="handle", follower_alias="who")


@pytest.mark.parametrize(
    ("rename", "complaint"),
    [
        ("alias", "NAME=OTHER"),
        ("nick=handle", "one of alias"),
        ("users_table=people", "one of alias"),
        ("alias=", "1 to 255 bytes"),
        ("alias=" + "x" * 256, "1 to 255 bytes"),
        ("alias=first_name", "two things are called 'first_name'"),
        ("follower_alias=followee_alias", "two things are called"),
    ],
)
def test_a_name_that_cannot_be_is_refused(rename: str, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        Names().renamed([rename])


def test_an_attribute_renamed_twice_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="alias twice"):
        Names().renamed(["alias=a", "alias=b"])


@pytest.mark.parametrize("name", ["ab", "user table", "x" * 256, "ärger"])
def test_a_table_name_that_dynamodb_forbids_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="--users-table"):
        Names(users_table=name)


def test_two_tables_cannot_be_one() -> None:
    with pytest.raises(ConfigurationError, match="two things"):
        Names(users_table="tweeter", follows_table="tweeter")
