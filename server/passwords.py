"""Passwords: argon2id hashes, made and checked a few at a time beside the event loop."""

import asyncio
import unicodedata
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from rules.denials import RateLimited

T = TypeVar("T")

# Below this score a password falls to less than a million guesses. What is longer is judged by its beginning
# alone, because judging takes time with the square of the length.
LEAST_SCORE = 2
JUDGED_CHARACTERS = 32


@dataclass(frozen=True)
class HashingCost:
    """What one hash costs, and how many may be under way or waiting; more of them are turned away."""

    memory_kibibytes: int = 19_456
    iterations: int = 2
    at_once: int = 2
    waiting: int = 200


class Argon2Passwords:
    """Hashes and checks passwords with argon2id.

    A password is written in one Unicode form first, so that every keyboard spells it alike; nothing is cut off.
    After a change of cost, a login whose hash is an old one takes another time than an unknown login does, until its
    owner has logged in once and the hash was made again.
    """

    def __init__(self, cost: HashingCost | None = None) -> None:
        """Make the hash that unknown logins are checked against, so that they cost what known ones do (USR10)."""
        self._cost = cost or HashingCost()
        self._hasher = PasswordHasher(
            time_cost=self._cost.iterations, memory_cost=self._cost.memory_kibibytes, parallelism=1
        )
        self._nobody = self._hasher.hash("nobody")
        self._threads = ThreadPoolExecutor(max_workers=self._cost.at_once, thread_name_prefix="passwords")
        self._under_way = 0

    async def hash(self, password: str) -> str:
        """Answer a salted hash of the password."""
        return await self._beside(lambda: self._hasher.hash(_spelled(password)))

    async def matches(self, password: str, password_hash: str | None) -> bool:
        """Whether the password belongs to the hash; without a hash it takes as long and answers no."""
        found = await self._beside(lambda: self._verify(password, password_hash or self._nobody))
        return found and password_hash is not None

    async def is_common(self, password: str, known: Sequence[str]) -> bool:
        """Whether few guesses find the password, for somebody who knows these words about its owner (USR6)."""
        judged = unicodedata.normalize("NFKC", password)[:JUDGED_CHARACTERS]
        words = [word[:JUDGED_CHARACTERS] for word in known]
        return await self._beside(lambda: int(zxcvbn(judged, user_inputs=words)["score"]) < LEAST_SCORE)

    def is_outdated(self, password_hash: str) -> bool:
        """Whether the hash was made at another cost than today's, and should be made again."""
        return self._hasher.check_needs_rehash(password_hash)

    def _verify(self, password: str, password_hash: str) -> bool:
        try:
            return self._hasher.verify(password_hash, _spelled(password))
        except (VerificationError, InvalidHashError):
            return False

    async def _beside(self, work: Callable[[], T]) -> T:
        if self._under_way >= self._cost.at_once + self._cost.waiting:
            raise RateLimited(retry_after_seconds=1)
        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._under_way -= 1


def _spelled(password: str) -> bytes:
    # Half of a surrogate pair is no character, but must not make a difference to a failed log-in either.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
