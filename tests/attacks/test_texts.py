"""Every text of every mutation's input, filled with what breaks databases, headers and spreadsheets."""

import json
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    build_schema,
)

from models import Organization, User
from tests.world import Client, World, id_of

pytestmark = pytest.mark.anyio

SDL = build_schema((Path(__file__).parents[2] / "schema.graphql").read_text("utf-8"))
MUTATIONS = SDL.mutation_type.fields if SDL.mutation_type else {}
TEXTS = {
    "NUL": "a\0b",
    "lone surrogate": "a\ud800b",
    "header injection": "a\r\nBcc: everybody@example.org",
    "very long": "x" * 100_000,
    "empty": "",
    "only spaces": "   ",
    "right-to-left override": "a\u202eb",
    "quotes": "'; DROP TABLE users; --",
    "formula": "=cmd|' /C calc'!A0",
}
# The most that a hostile text may be told; what is left out here would be a failure of ours.
TOLD = {"BAD_REQUEST", "NOT_FOUND", "FORBIDDEN", "LIMIT_EXCEEDED", "RATE_LIMITED", "UNAUTHENTICATED"}


def filled(type_: GraphQLInputType, text: str, ids: dict[str, str], name: str = "") -> Any:
    """A value of a type in which every text is this one; ids are good ones where there are any."""
    if isinstance(type_, GraphQLNonNull):
        return filled(type_.of_type, text, ids, name)
    if isinstance(type_, GraphQLList):
        return [filled(type_.of_type, text, ids, name)]
    if isinstance(type_, GraphQLEnumType):
        return next(iter(type_.values))
    if isinstance(type_, GraphQLInputObjectType):
        return {key: filled(each.type, text, ids, key) for key, each in type_.fields.items()}
    if str(type_) == "ID":
        return ids.get(name, text)
    if str(type_) == "String":
        return text
    return {"Boolean": True, "Int": 1, "BigInt": "1", "Decimal": "1", "Date": "2026-03-02"}.get(str(type_))


async def send(client: Client, name: str, values: Any) -> tuple[int, list[str]]:
    """Call a mutation; the status, and the codes of errors. JSON escapes what is no character."""
    given = MUTATIONS[name].args["input"].type
    document = f"mutation M($input: {given}) {{ {name}(input: $input) {{ __typename }} }}"
    answer = await client.http.post(
        "/graphql",
        content=json.dumps({"query": document, "variables": {"input": values}}),
        headers={"content-type": "application/json", "authorization": f"Bearer {client.secret}"},
    )
    return answer.status_code, [error["extensions"]["code"] for error in answer.json().get("errors", ())]


@pytest.mark.parametrize("kind", TEXTS)
async def test_hostile_texts_are_refused_or_stored_as_text(world: World, kind: str) -> None:
    """No 5xx, no INTERNAL, and people and organizations are what they were or hold just the text."""
    legal = await world.add_user()
    organization = await world.add_organization(legal)
    product = await world.add_product(organization)
    mailbox = await world.add_mailbox(product, "box@example.org")
    ids = {"organizationId": id_of(organization), "productId": id_of(product), "mailboxId": id_of(mailbox)}

    for name, field in MUTATIONS.items():
        if "input" not in field.args:
            continue
        client = await world.sign_in(legal)  # anew, for some of them end sessions
        status, codes = await send(client, name, filled(field.args["input"].type, TEXTS[kind], ids))
        assert status < 500, name
        assert set(codes) <= TOLD, (name, codes)
        world.clock.move(minutes=16)

    for person in await User.all():
        assert not set("\0\r\n") & set(person.name + person.login)
    for each in await Organization.all():
        assert not set("\0\r\n") & set(each.name + each.street + each.city)


@pytest.mark.parametrize(
    "bad", ["", "org", "org_", "org_" + "g" * 32, "ORG_" + "0" * 32, "org_" + "0" * 31, "org_" + "0" * 33, "💥", "1"]
)
async def test_a_malformed_id_is_a_bad_request(world: World, bad: str) -> None:
    """A2: BAD_REQUEST with reason ID, everywhere alike."""
    client = await world.sign_in(await world.add_user())

    for document in (
        "query Q($id: ID!) { node(id: $id) { id } }",
        "query Q($id: ID!) { organization(id: $id) { id } }",
        "mutation Q($id: ID!) { leaveOrganization(input: {organizationId: $id}) { __typename } }",
    ):
        answer = await client.ask(document, id=bad)

        assert answer.codes == ["BAD_REQUEST"], document
        assert answer.body["errors"][0]["extensions"]["reason"] == "ID"


async def test_an_id_of_something_else_is_a_bad_request(world: World) -> None:
    legal = await world.add_user()
    product = await world.add_product(await world.add_organization(legal))
    client = await world.sign_in(legal)

    entry = await client.ask("query Q($id: ID!) { organization(id: $id) { id } }", id=id_of(product))
    input_ = await client.do("leaveOrganization", organizationId=id_of(product))

    for answer in (entry, input_):
        assert answer.codes == ["BAD_REQUEST"]
        assert answer.body["errors"][0]["extensions"]["reason"] == "ID"


async def test_a_foreign_id_and_a_missing_one_answer_byte_for_byte_alike(world: World) -> None:
    """A1, A8: nobody learns from an answer that something exists."""
    foreign = id_of(await world.add_organization(await world.add_user()))
    missing = "org_" + "0" * 31 + "1"
    client = await world.sign_in(await world.add_user())

    for document in (
        "query Q($id: ID!) { node(id: $id) { id } }",
        "query Q($id: ID!) { nodes(ids: [$id]) { id } }",
        "query Q($id: ID!) { organization(id: $id) { id name } }",
        "mutation Q($id: ID!) { leaveOrganization(input: {organizationId: $id}) { __typename } }",
        """mutation Q($id: ID!) { inviteMember(input: {organizationId: $id, email: "a@example.org", role: EXTERNAL,
            idempotencyKey: "k"}) { __typename } }""",
    ):
        answers = [(await client.ask(document, id=each)).body for each in (foreign, missing)]

        assert str(answers[0]["errors"]) == str(answers[1]["errors"])
        assert answers[0]["data"] == answers[1]["data"]


async def test_ids_of_two_organizations_are_never_mixed(world: World) -> None:
    """A6: an own organization with a foreign product, and the other way round."""
    legal = await world.add_user()
    first, second = await world.add_organization(legal), await world.add_organization(legal)
    product = await world.add_product(second)
    client = await world.sign_in(legal)

    answer = await client.do(
        "inviteMember",
        organizationId=id_of(first),
        email="guest@example.org",
        role="COLLABORATOR",
        grants=[{"productId": id_of(product), "level": "VIEW"}],
        idempotencyKey="key",
    )

    assert answer.codes == ["NOT_FOUND"]
    assert await world.letters() == []


@pytest.mark.parametrize("field", ["isStaff", "role", "organizationId", "id", "loginKey", "passwordHash"])
async def test_unknown_fields_are_not_assigned(world: World, field: str) -> None:
    """R7: inputs are closed types."""
    user = await world.add_user()
    before = await User.get(id=user.id).values()

    answer = await (await world.sign_in(user)).do("updateProfile", **{field: "x"})

    assert answer.codes == ["BAD_REQUEST"]
    assert await User.get(id=user.id).values() == before


async def test_only_one_log_in_is_tried_in_a_request(world: World) -> None:
    """S2: aliases are no way around the throttle."""
    answer = await world.stranger().ask(
        'mutation { a: logIn(input: {email: "a@b.ch", password: "x"}) { __typename } '
        'b: logIn(input: {email: "a@b.ch", password: "y"}) { __typename } }'
    )

    assert answer.codes == ["LIMIT_EXCEEDED"]


@pytest.mark.parametrize("secret", ["", "x", "mgs_", "mgs_" + "a" * 43, "mgs_💥", "null"])
async def test_a_bearer_that_is_no_session_is_unauthenticated(world: World, secret: str) -> None:
    headers = [(b"authorization", f"Bearer {secret}".encode())]

    answer = await world.http.post("/graphql", json={"query": "{ viewer { user { login } } }"}, headers=headers)

    assert answer.status_code in (200, 401)
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
