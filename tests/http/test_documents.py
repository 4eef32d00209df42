"""Documents are prepared once and remembered within bounds."""

from dataclasses import replace

import pytest
from graphql import GraphQLError

from execution.documents import Documents
from execution.errors import Refused
from execution.limits import Limits
from tests.http.sample import schema


def test_a_text_is_prepared_once() -> None:
    documents = Documents(schema)

    assert documents.document("{ hello }") is documents.document("{ hello }")
    assert documents.document("{ hello }") is not documents.document("{hello}")


def test_a_refusal_is_remembered_as_well() -> None:
    documents = Documents(schema)

    assert documents.document("{ nothing }") is documents.document("{ nothing }")
    for _ in range(2):
        with pytest.raises(Refused):
            documents.document("{ nothing }").operation(None)


def test_the_longest_unused_is_forgotten_first_when_there_are_too_many() -> None:
    documents = Documents(schema, Limits(cached_documents=2))
    first, second = documents.document("{ hello }"), documents.document("{ a: hello }")

    documents.document("{ hello }")
    documents.document("{ b: hello }")

    assert len(documents) == 2
    assert documents.document("{ hello }") is first
    assert documents.document("{ a: hello }") is not second


def test_memory_is_bounded_too() -> None:
    documents = Documents(schema, replace(Limits(), cached_bytes=20_000))

    for number in range(20):
        documents.document(f"{{ a{number}: hello }}")
    documents.document("{ nothing }" + " " * 30_000)

    assert documents.size_bytes <= 20_000
    assert len(documents) == 0
    documents.document("{ hello }")
    assert 2_000 < documents.size_bytes < 3_000


def test_the_operation_is_chosen_by_name_when_there_are_several() -> None:
    document = Documents(schema).document("query A { hello } query B { who }")

    assert document.operation("B").name == "B"
    for name in (None, "C"):
        with pytest.raises(GraphQLError) as caught:
            document.operation(name)
        assert caught.value.extensions == {"code": "BAD_REQUEST"}


def test_the_one_operation_is_chosen_without_a_name() -> None:
    assert Documents(schema).document("query A { hello }").operation(None).name == "A"
    assert Documents(schema).document("{ hello }").operation(None).name is None


@pytest.mark.parametrize(
    "text",
    [
        "{ helo }",
        "{ number(mood: CALN) }",
        "{ hello(nam: 1) }",
        "query($m: Mod) { number(mood: $m) }",
        "{ ... on Querry { hello } }",
        "{ countRows(batch: {row: []}) }",
    ],
)
def test_what_the_schema_holds_is_not_suggested(text: str) -> None:
    with pytest.raises(Refused) as caught:
        Documents(schema).document(text).operation(None)

    assert not any("Did you mean" in error["message"] for error in caught.value.errors)


@pytest.mark.parametrize("text", ["{ __schema { types { name } } }", '{ __type(name: "Query") { name } }'])
def test_introspection_can_be_switched_off(text: str) -> None:
    documents = Documents(schema, introspection=False)

    with pytest.raises(Refused) as caught:
        documents.document(text).operation(None)

    assert caught.value.errors[0]["extensions"]["code"] == "BAD_REQUEST"
    assert documents.document("{ __typename animal { __typename } }").refusal == ()


def test_introspection_does_not_go_round_in_circles() -> None:
    circle = "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }"

    with pytest.raises(Refused):
        Documents(schema).document(circle).operation(None)


def test_a_scalar_may_refuse_what_is_written_in_the_document() -> None:
    with pytest.raises(Refused) as caught:
        Documents(schema).document('{ opaque(value: "bad") }').operation(None)

    assert caught.value.errors[0]["extensions"] == {"code": "BAD_REQUEST"}


def test_a_scalar_that_breaks_is_not_taken_for_a_mistake_of_the_client() -> None:
    documents = Documents(schema)

    with pytest.raises(KeyError):
        documents.document('{ opaque(value: "worse") }')

    assert len(documents) == 0
