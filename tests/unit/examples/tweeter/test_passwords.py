import asyncio
import base64

import bcrypt
import pytest

from ddbbulk import ConfigurationError
from ddbbulk.examples.tweeter.passwords import HashPer, Passwords, bcrypt_salt

WORD = "quack"


async def _read(passwords: Passwords, users: range) -> list[tuple[range, str]]:
    return [part async for part in passwords.hashed(users)]


def test_a_hash_opens_with_the_password_and_with_no_other() -> None:
    hashed = Passwords(password=WORD).hash_of(3).encode()

    assert bcrypt.checkpw(WORD.encode(), hashed)
    assert not bcrypt.checkpw(b"moo", hashed)


def test_a_hash_is_made_at_cost_ten() -> None:
    assert Passwords().hash_of(0).startswith("$2b$10$")


def test_a_salt_depends_on_seed_and_group_and_on_nothing_else() -> None:
    assert bcrypt_salt(1, 2) == bcrypt_salt(1, 2)
    assert len({bcrypt_salt(1, 2), bcrypt_salt(1, 3), bcrypt_salt(2, 2)}) == 3


@pytest.mark.parametrize("group", range(50))
def test_bcrypt_keeps_a_salt_as_it_is(group: int) -> None:
    # The last of 22 characters carries two bits: bcrypt would change any other.
    salt = bcrypt_salt(1, group)

    assert len(salt) == len(b"$2b$10$") + 22
    assert salt[-1:] in b".Oeu"


def test_a_salt_is_the_digest_in_the_alphabet_of_bcrypt() -> None:
    ours = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    usual = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    text = bcrypt_salt(1, 0).removeprefix(b"$2b$10$")

    decoded = base64.b64decode(text.translate(bytes.maketrans(ours, usual)) + b"==")

    assert len(decoded) == 16


@pytest.mark.parametrize(
    ("per", "groups"),
    [(HashPer.RUN, {0}), (HashPer.BATCH, {0, 1, 2}), (HashPer.USER, set(range(60)))],
)
def test_users_share_a_hash_by_run_by_batch_or_not_at_all(
    per: HashPer, groups: set[int]
) -> None:
    passwords = Passwords(per=per)

    assert {passwords.group_of(index) for index in range(60)} == groups
    assert passwords.hashes(range(60)) == len(groups)
    assert passwords.hashes(range(0)) == 0


async def test_every_user_gets_the_hash_of_its_group_in_order() -> None:
    passwords = Passwords()

    parts = await _read(passwords, range(20, 60))

    assert [index for part, _ in parts for index in part] == list(range(20, 60))
    for part, password_hash in parts:
        (group,) = {passwords.group_of(index) for index in part}
        assert passwords.hash_of(group) == password_hash


async def test_one_hash_serves_a_run_in_short_parts() -> None:
    parts = await _read(Passwords(per=HashPer.RUN), range(5000))

    assert len({password_hash for _, password_hash in parts}) == 1
    assert max(len(part) for part, _ in parts) <= 100


class _Slow(Passwords):
    """Counts what is asked of it."""

    asked: list[int | str]

    def hash_of(self, group: int | str) -> str:
        self.asked.append(group)
        return str(group)


async def test_hashes_are_made_ahead_but_not_without_bound() -> None:
    passwords = _Slow(per=HashPer.USER)
    object.__setattr__(passwords, "asked", [])
    parts = passwords.hashed(range(1000))

    await anext(parts)
    await asyncio.sleep(1)
    asked = len(passwords.asked)
    await parts.aclose()

    assert 1 < asked < 100


async def test_a_reader_who_gives_up_leaves_no_hash_to_be_made() -> None:
    passwords = _Slow(per=HashPer.USER)
    object.__setattr__(passwords, "asked", [])
    parts = passwords.hashed(range(1000))
    await anext(parts)

    await parts.aclose()

    assert len(passwords.asked) < 100


@pytest.mark.parametrize("password", ["", "x" * 73, "é" * 37, "a\0b"])
def test_a_password_that_bcrypt_would_cut_is_refused(password: str) -> None:
    with pytest.raises(ConfigurationError, match="1 to 72"):
        Passwords(password=password)
