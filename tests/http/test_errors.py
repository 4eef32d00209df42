"""Which failures are passing, and what the log may hold of the others."""

import sqlite3

import pytest
from asyncpg import exceptions as postgresql
from graphql import GraphQLError
from tortoise.exceptions import DBConnectionError, IntegrityError, OperationalError

from execution.errors import Masking, described, is_unavailable, told


def caused(exception: Exception, cause: Exception) -> Exception:
    exception.__cause__ = cause
    return exception


@pytest.mark.parametrize(
    "exception",
    [
        postgresql.LockNotAvailableError("x"),
        postgresql.DeadlockDetectedError("x"),
        postgresql.SerializationError("x"),
        postgresql.QueryCanceledError("x"),
        postgresql.ConnectionDoesNotExistError("x"),
        postgresql.CannotConnectNowError("x"),
        postgresql.AdminShutdownError("x"),
        postgresql.TooManyConnectionsError("x"),
        postgresql.InterfaceError("connection is closed"),
        DBConnectionError("x"),
        OperationalError("database is locked"),
        OperationalError(postgresql.LockNotAvailableError("x")),
        sqlite3.OperationalError("database is locked"),
        sqlite3.OperationalError("database or disk is full"),
        ConnectionRefusedError(),
        TimeoutError(),
        caused(RuntimeError("x"), postgresql.SerializationError("x")),
    ],
    ids=repr,
)
def test_a_busy_or_absent_database_passes(exception: Exception) -> None:
    masked = Masking(report=lambda *_: pytest.fail("reported")).mask(exception)

    assert is_unavailable(exception)
    assert masked["extensions"] == {"code": "UNAVAILABLE", "retryAfterMs": 1_000}


@pytest.mark.parametrize(
    "exception",
    [
        OperationalError("no such table: users"),
        IntegrityError("UNIQUE constraint failed"),
        postgresql.InterfaceError("cannot perform operation: another operation is in progress"),
        postgresql.UniqueViolationError("x"),
        sqlite3.OperationalError("near SELEC: syntax error"),
        ValueError("locked"),
    ],
    ids=repr,
)
def test_a_mistake_of_ours_does_not(exception: Exception) -> None:
    reported: list[tuple[BaseException, str]] = []

    masked = Masking(report=lambda *each: reported.append(each)).mask(exception)

    assert not is_unavailable(exception)
    assert masked["extensions"]["code"] == "INTERNAL"
    assert reported == [(exception, masked["extensions"]["incident"])]


def test_what_passes_can_be_said_otherwise() -> None:
    masking = Masking(is_unavailable=lambda exception: isinstance(exception, KeyError))

    assert masking.mask(KeyError())["extensions"]["code"] == "UNAVAILABLE"


def test_a_failure_is_described_by_its_place_and_its_causes_alone() -> None:
    try:
        try:
            raise KeyError("the secret")
        except KeyError as error:
            raise RuntimeError("another secret") from error
    except RuntimeError as error:
        text = described(error)

    assert "test_errors.py" in text
    assert "builtins.RuntimeError" in text
    assert "builtins.KeyError" in text
    assert "RuntimeError: " not in text
    assert "KeyError: " not in text


def test_words_about_code_are_kept() -> None:
    assert "AttributeError: no such name" in described(AttributeError("no such name"))


def test_a_circle_of_causes_ends() -> None:
    first, second = RuntimeError(), RuntimeError()
    first.__cause__, second.__cause__ = second, first

    assert not is_unavailable(first)


def test_an_endless_message_is_cut() -> None:
    assert len(told(GraphQLError("x" * 100_000))["message"]) == 1_001


def test_an_error_within_an_error_keeps_its_cause_hidden() -> None:
    inner = GraphQLError("the secret", original_error=ValueError("the secret"))
    outer = GraphQLError("the secret", path=["field"], original_error=inner)
    reported: list[BaseException] = []

    presented = Masking(report=lambda exception, _: reported.append(exception)).present(outer)

    assert presented["extensions"]["code"] == "INTERNAL"
    assert [type(each) for each in reported] == [ValueError]
    assert "secret" not in str(presented)
