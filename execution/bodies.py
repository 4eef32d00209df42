"""Reading what a client sends: received whole and in time, and turned into a request, or refused with a reason."""

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.datastructures import Headers
from starlette.types import Receive

from execution.errors import Refused, bad_request, limit_exceeded, told
from execution.limits import Limits
from execution.negotiation import is_json

_MEMBERS: dict[str, type] = {"query": str, "operationName": str, "variables": dict, "extensions": dict}


class ClientLeft(Exception):
    """The client went away before its request was complete; nobody is left to answer."""


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """A well-formed request: its document's text, and what comes with it."""

    query: str
    variables: dict[str, Any]
    operation_name: str | None


async def receive_request(headers: Headers, receive: Receive, limits: Limits) -> GraphQLRequest:
    """Receive a request's JSON body and read it; raises Refused (400, 408, 413, 415) or ClientLeft."""
    if not is_json(headers.getlist("content-type")):
        raise _refused(415, "The body must be application/json, in UTF-8.")
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise _refused(415, "The body must not be compressed.")
    try:
        async with asyncio.timeout(limits.receive_seconds):
            body = await _body(headers, receive, limits.body_bytes)
    except TimeoutError:
        raise _refused(408, "The body did not arrive in time.") from None
    return _read(_decoded(body, "The body"))


async def _body(headers: Headers, receive: Receive, most: int) -> bytes:
    announced = headers.get("content-length", "0")
    if announced.isdigit() and int(announced[:20]) > most:
        raise _too_large(most, int(announced[:20]))
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeft
        body += message.get("body", b"")
        if len(body) > most:
            raise _too_large(most, len(body))
        if not message.get("more_body", False):
            return bytes(body)


def read_query_string(query_string: bytes, limits: Limits) -> GraphQLRequest:
    """Read a request from the parameters of an address; raises Refused (400, 413)."""
    if len(query_string) > limits.body_bytes:
        raise _too_large(limits.body_bytes, len(query_string))
    try:
        pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError:  # also of the wrong encoding
        raise _refused(400, "The parameters of the address cannot be read.") from None
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise _refused(400, "A parameter of the address is given twice.")
        members[name] = value
    for name in ("variables", "extensions"):
        if members.get(name):
            members[name] = _decoded(members[name].encode(), f"The parameter {name}")
        else:
            members.pop(name, None)
    return _read(members)


def _decoded(text: bytes, what: str) -> object:
    try:
        decoded: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise _refused(400, f"{what} is not valid JSON.") from None
    return decoded


def _read(members: object) -> GraphQLRequest:
    if not isinstance(members, dict):
        raise _refused(400, "A request must be one JSON object; requests cannot be sent in batches.")
    for name, kind in _MEMBERS.items():
        value = members.get(name)
        if value is not None and not isinstance(value, kind):
            raise _refused(400, f"The member {name} must be {'an object' if kind is dict else 'a text'}.")
    if members.get("query") is None:
        raise _refused(400, "The request holds no query.")
    return GraphQLRequest(members["query"], members.get("variables") or {}, members.get("operationName") or None)


def _refused(status: int, message: str) -> Refused:
    return Refused([told(bad_request(message))], status=status)


def _too_large(allowed: int, actual: int) -> Refused:
    message = f"The request is too large: {allowed} bytes are allowed."
    return Refused([told(limit_exceeded("BODY", allowed, actual, message))], status=413)
