"""The refusals that a declared field knows by itself: three codes, each with what a client needs to act."""

from enum import StrEnum
from typing import Literal

from graphql import GraphQLError

Reason = Literal["ARGUMENT", "CURSOR", "ID"]


def not_found() -> GraphQLError:
    """Say that there is nothing here; a foreign row and a missing one answer exactly alike."""
    return GraphQLError("Not found.", extensions={"code": "NOT_FOUND"})


def forbidden(right: StrEnum | None) -> GraphQLError:
    """Say that a right is missing, and which one, where it has a name."""
    if right is None:
        return GraphQLError("You may not do this.", extensions={"code": "FORBIDDEN"})
    return GraphQLError(f"This needs the right {right}.", extensions={"code": "FORBIDDEN", "requiredRight": str(right)})


def not_admitted(code: str) -> GraphQLError:
    """Say that the request must become another one first, such as one of somebody who is signed in."""
    return GraphQLError("Sign in first.", extensions={"code": code})


def bad_request(reason: Reason, message: str) -> GraphQLError:
    """Say that an argument cannot be meant: a malformed id or cursor, or a value out of bounds."""
    return GraphQLError(message, extensions={"code": "BAD_REQUEST", "reason": reason})
