"""Hashing: argon2id, a few at a time, the same for every spelling of a password."""

import asyncio

import pytest

from rules.denials import RateLimited
from server.passwords import Argon2Passwords, HashingCost

pytestmark = pytest.mark.anyio
CHEAP = HashingCost(memory_kibibytes=8, iterations=1)


async def test_a_password_belongs_to_its_hash_and_no_other() -> None:
    passwords = Argon2Passwords(CHEAP)

    first, second = await passwords.hash("lakeside window"), await passwords.hash("lakeside window")

    assert first.startswith("$argon2id$")
    assert first != second
    assert await passwords.matches("lakeside window", first)
    assert not await passwords.matches("Lakeside window", first)


async def test_nobodys_password_never_matches() -> None:
    """USR10: not even the one that the stand-in was made of; a hash that is none is no error."""
    passwords = Argon2Passwords(CHEAP)

    assert not await passwords.matches("nobody", None)
    assert not await passwords.matches("nobody", "closed")


async def test_nothing_is_cut_off() -> None:
    """S5: long passwords, NUL, any alphabet."""
    passwords = Argon2Passwords(CHEAP)
    long = "ü" * 256

    assert not await passwords.matches(long[:-1], await passwords.hash(long))
    assert not await passwords.matches("before", await passwords.hash("before\0after"))
    assert await passwords.matches("\ud800", await passwords.hash("\ud800"))


async def test_every_keyboard_spells_a_password_alike() -> None:
    """One letter, or the letter and its accent."""
    passwords = Argon2Passwords(CHEAP)

    assert await passwords.matches("le\u0301man", await passwords.hash("l\u00e9man"))


async def test_a_hash_of_another_cost_is_outdated() -> None:
    passwords, dearer = Argon2Passwords(CHEAP), Argon2Passwords(HashingCost(memory_kibibytes=16, iterations=1))

    password_hash = await passwords.hash("lakeside window")

    assert not passwords.is_outdated(password_hash)
    assert dearer.is_outdated(password_hash)


@pytest.mark.parametrize("password", ["password1234", "qwertyuiop12", "kellerkeller", "a" * 40, "anna@example.com"])
async def test_what_anybody_would_try_is_common(password: str) -> None:
    """USR6."""
    assert await Argon2Passwords(CHEAP).is_common(password, ("anna@example.com", "Keller"))


@pytest.mark.parametrize("password", ["lakeside window otter", "Ttq7!xm2Pz#k", "q8" + "4@8({[<369!1|7$5+%2" * 13])
async def test_what_takes_many_guesses_is_not_common(password: str) -> None:
    """USR6: judged by its beginning, so that no password takes long to judge."""
    assert not await Argon2Passwords(CHEAP).is_common(password, ())


async def test_more_hashes_than_may_wait_are_turned_away() -> None:
    """S5: a queue of hashes is no way to stop the server."""
    passwords = Argon2Passwords(HashingCost(memory_kibibytes=8, iterations=1, at_once=1, waiting=2))

    results = await asyncio.gather(*(passwords.hash("lakeside window") for _ in range(5)), return_exceptions=True)

    assert [type(result).__name__ for result in results] == ["str"] * 3 + ["RateLimited"] * 2
    assert isinstance(results[-1], RateLimited)
    await passwords.hash("lakeside window")
