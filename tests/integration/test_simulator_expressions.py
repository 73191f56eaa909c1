"""Expressions mean on the simulator what they mean on dynoxide, right ones and wrong.

Left out is where dynoxide takes what AWS's documentation refuses: operands that are the
same, or of a type that an operator does not take; key conditions whose values are not
of the key's type, or that begin with the sort key; a position far behind a list's end,
which it fills up with NULL.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from ddbbulk.simulator import Simulator
from tests.support.raw_dynamodb import connected
from tests.support.servers import Server
from tests.support.table_pair import Pair

pytestmark = [pytest.mark.integration, pytest.mark.timeout(60)]

KEY = {"pk": {"S": "p"}, "sk": {"N": "1"}}
ITEM: dict[str, Any] = {
    **KEY,
    "a": {"N": "5"},
    "b": {"S": "hello"},
    "l": {"L": [{"N": "1"}, {"S": "two"}, {"M": {"x": {"N": "3"}}}]},
    "m": {"M": {"x": {"N": "1"}, "y": {"M": {"z": {"S": "deep"}}}}},
    "ss": {"SS": ["a", "b"]},
    "t": {"BOOL": True},
    "nul": {"NULL": True},
    "bin": {"B": "AAEC"},
}
VALUES: dict[str, Any] = {
    ":n": {"N": "1"},
    ":z": {"N": "0"},
    ":s": {"S": "x"},
    ":h": {"S": "he"},
    ":S": {"S": "S"},
    ":b": {"B": "AAE="},
    ":t": {"BOOL": True},
    ":nul": {"NULL": True},
    ":l": {"L": [{"S": "new"}]},
    ":m": {"M": {"q": {"N": "1"}}},
    ":ss": {"SS": ["b", "c"]},
    ":ab": {"SS": ["a", "b"]},
    ":ns": {"NS": ["2"]},
}
NAMES = {"#a": "a", "#m": "m", "#x": "x", "#size": "size", "#dot": "m.x"}

UPDATES = """
SET m.x = :n
SET m.y.z = :s
SET m.q.r = :s
SET l[0] = :s
SET l[2].x = :n
SET l[00] = :n
SET l[0].x = :n
SET m.x = m.x + :n, a = a - :n
SET a = a + a
SET a = a-:n
SET a = :n + b
SET a = (:n + :n)
SET a = a + :n + :n
SET a = -:n
SET a = if_not_exists(zz, :z) + :n
SET a = if_not_exists(:n, :z)
SET a = if_not_exists(a)
SET if_not_exists(a, :n) = :n
SET l = list_append(l, :l)
SET l = list_append(:l, l)
SET zz = list_append(if_not_exists(zz, :l), :l)
SET a = list_append(l, b)
SET a = m.y.z, zz = l[1]
SET zz = l[9]
SET m . x = :n
SET a.b = :n
SET b[0] = :n
SET #m.#x = :n
SET #dot = :n
SET size = :n
SET #size = :n
SET a = :n,
SET
SET a :n
SET a = :n +
SET a = foo(a)
SET a = size(b)
SET a = :undefined
SET a = #undefined
SET a = :n SET b = :s
SET a = :n, a = :z
SET m = :m, m.x = :n
SET pk = :s
REMOVE pk
REMOVE l[0]
REMOVE m.x, l[1]
REMOVE m.q
REMOVE zz
ADD a :n
ADD zz :n
ADD m.x :n
ADD ss :ss
ADD zz :ss
ADD b :n
ADD ss :ns
ADD a a
ADD a :s
ADD sk :n
DELETE ss :ss
DELETE ss :ab
DELETE zz :ss
DELETE a :n
SET a = :n ADD m.x :n REMOVE b DELETE ss :ss
set a = :n remove b
"""
CONDITIONS = """
a = :n
a <> :n
a<=:n
:n = a
:n < :z
a != :n
a == :n
a
NOT t
a =
a = :n AND
NOT a = :n
NOT (a = :n)
((a = :n))
a = :n OR a <> :n AND b = :s
a = :n and not b = :s
attribute_exists(a)AND attribute_exists(b)
begins_with(b, :h) AND (a > :z OR NOT contains(b, :s))
a BETWEEN :z AND :n
a BETWEEN :n AND :z
a BETWEEN :z AND :s
a NOT BETWEEN :z AND :n
a IN (:n, :z)
a IN (a, :n)
a IN ()
a IN :n
b IN (:s, :n, :t)
attribute_exists(m.y.z)
attribute_exists(l[2].x)
attribute_not_exists(l[3])
attribute_not_exists(zz.y)
attribute_exists(a) = :t
attribute_exists(:n)
attribute_exists(a, b)
attribute_type(a, :S)
attribute_type(b, :S)
begins_with(b, :h)
begins_with(a, :h)
begins_with(b, :n)
begins_with(bin, :b)
contains(b, :h)
contains(ss, :s)
contains(l, :n)
contains(l, l[0])
contains(m, :s)
contains(:ss, b)
contains(b, b)
size(b) > a
size(l) BETWEEN :z AND a
size(ss) IN (:n, a)
size(bin) = a
size(m) = :n
size(a) = :n
size(nul) = :n
size(size(b)) = :n
size = :n
foo(a)
m.x = l[0]
m = :m
l = :l
ss = :ab
t = :t
nul = :nul
#m.#x < a
#dot = :n
status = :s
a.b.c = :n
l[0][1] = :n
"""
KEY_CONDITIONS = """
pk = :s
pk = :s AND sk = :n
(pk = :s) AND (sk = :n)
(pk = :s AND sk = :n)
pk = :s AND sk > :n
pk = :s AND sk BETWEEN :z AND :n
pk = :s AND sk BETWEEN :n AND :z
pk = :s AND sk <> :n
pk = :s AND sk IN (:n)
pk = :s AND NOT sk = :n
pk = :s AND contains(sk, :n)
pk = :s AND size(sk) = :n
pk = :s AND attribute_exists(sk)
pk = :s AND sk >= :n AND sk <= :n
pk = :s AND sk = :n AND a = :n
pk = :s AND a = :n
pk = :s AND pk = :s
pk = :s AND sk = sk
pk = pk
pk > :s
pk = :s OR sk = :n
pk.x = :s
sk = :n
#a = :s
"""
PROJECTIONS = """
a, b
m.x, m.y
m.y.z, m.x
m.y.q
l[0], l[2]
l[2], l[0]
l[2].x
l[9]
a.b
b[0]
zz
#m.#x
#dot
size
a, a
m, m.x
l[1], l
a,
,a
a b
l[-1]
l[x]
"""


@pytest.fixture(scope="module")
def pair(dynoxide: Server) -> Iterator[Pair]:
    with (
        Simulator(burst_seconds=300.0) as started,
        connected(started.endpoint_url) as simulator,
        connected(dynoxide.endpoint_url) as other,
    ):
        made = Pair(simulator, other, "expressions")
        made.create()
        yield made
        made.delete()


def placeholders(text: str, more: dict[str, Any] | None = None) -> dict[str, Any]:
    used = set(re.findall(r"[:#]\w+", text))
    values = {name: VALUES[name] for name in used if name in VALUES} | (more or {})
    names = {name: NAMES[name] for name in used if name in NAMES}
    parameters = {
        "ExpressionAttributeValues": values,
        "ExpressionAttributeNames": names,
    }
    return {name: given for name, given in parameters.items() if given}


def lines(text: str) -> list[str]:
    return text.strip().splitlines()


def test_updates_do_the_same(pair: Pair) -> None:
    for text in lines(UPDATES):
        pair.put([ITEM])
        request = {"Key": KEY, "UpdateExpression": text, "ReturnValues": "ALL_NEW"}
        pair.agree("UpdateItem", **request, **placeholders(text))


def test_conditions_hold_or_not_alike(pair: Pair) -> None:
    pair.put([ITEM])
    touched = {":touched": {"S": "x"}}
    for text in lines(CONDITIONS):
        request = {
            "Key": KEY,
            "UpdateExpression": "SET touched = :touched",
            "ConditionExpression": text,
        }
        pair.agree("UpdateItem", **request, **placeholders(text, touched))


def test_key_conditions_find_the_same(pair: Pair) -> None:
    pair.put([ITEM | {"pk": VALUES[":s"]}])
    for text in lines(KEY_CONDITIONS):
        request = {"KeyConditionExpression": text}
        pair.agree("Query", **request, **placeholders(text))


def test_projections_show_the_same(pair: Pair) -> None:
    pair.put([ITEM])
    for text in lines(PROJECTIONS):
        request = {"Key": KEY, "ProjectionExpression": text}
        pair.agree("GetItem", **request, **placeholders(text))
