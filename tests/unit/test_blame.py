"""Whose limit a throttle met, by its reasons or by what is known without them."""

import pytest

from ddbbulk.adaptive import AdaptiveRate
from ddbbulk.blame import Blame, Suspicion, blamed
from ddbbulk.marshal import Marshaller, Write
from ddbbulk.schema import IndexSchema, KeyAttribute, TableSchema

TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/ducks"
INDEX = f"{TABLE}/index/by_pond"
SCHEMA = TableSchema(
    KeyAttribute("pk"),
    KeyAttribute("sk"),
    indexes=(IndexSchema("by_pond", (KeyAttribute("pond"),)),),
)


def write(pk: str, sk: str, pond: str | None = None) -> Write:
    item = {"pk": pk, "sk": sk} | ({"pond": pond} if pond else {})
    return Marshaller(SCHEMA).put(item)


def suspicion(**known: float | None) -> Suspicion:
    """Return one of resources that all used 100 units a second of late."""
    searches: dict[str, AdaptiveRate] = {}
    for name, units in known.items():
        search = AdaptiveRate(100.0, known=units)
        for number in range(1, 100):
            search.consumed(1.0, number / 100)
        searches["" if name == "table" else name] = search
    return Suspicion(SCHEMA, searches)


@pytest.mark.parametrize(
    ("reason", "arn", "blame"),
    [
        ("TableWriteProvisionedThroughputExceeded", TABLE, Blame("", "capacity")),
        ("TableWriteMaxOnDemandThroughputExceeded", TABLE, Blame("", "capacity")),
        (
            "IndexWriteProvisionedThroughputExceeded",
            INDEX,
            Blame("by_pond", "capacity"),
        ),
        ("IndexWriteKeyRangeThroughputExceeded", INDEX, Blame("by_pond", "key_range")),
        ("TableWriteAccountLimitExceeded", TABLE, Blame("", "account")),
    ],
)
def test_reasons_name_the_resource_and_the_limit(
    reason: str, arn: str, blame: Blame
) -> None:
    assert blamed([(reason, arn), (reason, arn)]) == [blame]


def test_reasons_that_nobody_knows_blame_nobody() -> None:
    assert blamed([("TableWriteWhimExceeded", TABLE), ("", "")]) == []


def test_a_write_that_touches_no_index_accuses_the_table() -> None:
    judge = suspicion(table=None, by_pond=None)
    assert judge.suspects([write("a", "1"), write("b", "1")]) == [""]


def test_of_two_that_are_known_the_one_that_is_used_up_is_accused() -> None:
    judge = suspicion(table=500, by_pond=100)
    assert judge.suspects([write("a", "1", "x")]) == ["by_pond"]
    judge = suspicion(table=100, by_pond=500)
    assert judge.suspects([write("a", "1", "x")]) == [""]


def test_what_is_known_and_far_from_used_up_is_not_accused() -> None:
    judge = suspicion(table=500, by_pond=None)
    assert judge.suspects([write("a", "1", "x")]) == ["by_pond"]


def test_where_nothing_is_known_both_are_until_a_reason_has_named_one() -> None:
    judge = suspicion(table=None, by_pond=None)
    assert judge.suspects([write("a", "1", "x")]) == ["", "by_pond"]
    judge.convict("by_pond")
    assert judge.suspects([write("a", "1", "x")]) == ["by_pond"]


def test_a_resource_whose_rate_is_given_is_never_accused() -> None:
    judge = suspicion(table=None)
    assert judge.suspects([write("a", "1", "x")]) == [""]


def test_writes_of_one_key_that_come_back_from_among_others_are_of_a_hot_key() -> None:
    judge = suspicion(table=None, by_pond=None)
    hot = [write("hot", "1"), write("hot", "2")]
    assert judge.is_one_key(hot, [write("a", "1"), write("b", "1")])
    assert not judge.is_one_key(hot, [write("a", "1"), write("hot", "3")])
    # Where a request is of that key alone, nothing says that others would pass.
    assert not judge.is_one_key(hot, [])


def test_an_index_may_be_what_has_the_hot_key() -> None:
    judge = suspicion(table=None, by_pond=None)
    hot = [write("a", "1", "x"), write("b", "1", "x")]
    assert judge.is_one_key(hot, [write("c", "1", "y")])
    assert not judge.is_one_key(hot, [write("c", "1", "x")])


def test_a_single_write_is_of_a_hot_key_if_it_is_that_key_again() -> None:
    judge = suspicion(table=None, by_pond=None)
    others = [write("a", "1"), write("b", "1")]
    assert not judge.is_one_key([write("hot", "1")], others)
    assert judge.is_one_key([write("hot", "2")], others)
    assert not judge.is_one_key([write("c", "1")], others)


def test_writes_are_spread_where_they_have_several_keys() -> None:
    judge = suspicion(table=None, by_pond=None)
    writes = [write("a", "1", "x"), write("b", "1", "x")]
    assert judge.is_spread(writes, "")
    assert not judge.is_spread(writes, "by_pond")
