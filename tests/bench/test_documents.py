"""The documents of the bench fit the schema, ours and the one of the peers that are written by hand."""

import json

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate

from bench.alone import variant
from bench.answers import difference
from bench.questions import DOCUMENTS, QUESTIONS, READ, TITLES, Sent, document, own_document
from bench.servers import ROOT

SCHEMAS = {"ours": ROOT / "schema.graphql", "peers": ROOT / "bench" / "peers" / "schema.graphql"}
PEERS = ROOT / "bench" / "peers"


@pytest.fixture(scope="module", params=SCHEMAS)
def schema(request: pytest.FixtureRequest) -> GraphQLSchema:
    return build_schema(SCHEMAS[request.param].read_text("utf-8"))


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_document_is_valid(schema: GraphQLSchema, question: str) -> None:
    assert validate(schema, parse(document(question, "ours"))) == []


@pytest.mark.parametrize("name", [path.stem for path in sorted((DOCUMENTS / "own").glob("*.graphql"))])
def test_a_document_for_this_server_alone_is_valid(name: str) -> None:
    assert validate(build_schema(SCHEMAS["ours"].read_text("utf-8")), parse(own_document(name))) == []


@pytest.mark.parametrize("question", READ)
def test_variants_of_a_document_are_valid_and_all_different(question: str) -> None:
    schema = build_schema(SCHEMAS["ours"].read_text("utf-8"))
    sent = Sent("secret", json.dumps({"query": document(question, "ours"), "variables": {"organization": "org_1"}}))

    variants = [json.loads(variant(sent, number).body) for number in range(3)]

    assert len({each["query"] for each in variants} | {document(question, "ours")}) == 4
    assert all(validate(schema, parse(each["query"])) == [] for each in variants)
    assert all(each["variables"] == {"organization": "org_1"} for each in variants)


def test_a_document_that_does_not_fit_is_noticed(schema: GraphQLSchema) -> None:
    assert validate(schema, parse("{ viewer { nickname } }")) != []


def test_every_question_is_put_to_everybody() -> None:
    folders = {
        DOCUMENTS: "*.graphql",
        PEERS / "postgraphile" / "documents": "*.graphql",
        PEERS / "ceiling": "*.sql",
    }

    for folder, pattern in folders.items():
        assert {path.stem for path in folder.glob(pattern)} == set(QUESTIONS) == set(TITLES), folder


def test_the_same_data_is_the_same_however_it_is_spelled_and_nested() -> None:
    ours = {"node": {"id": "org_01856aa0c80170038000000000000001", "at": "2024-01-01T00:00:00+00:00", "cursor": "a"}}
    theirs = {"rows": [{"id": "01856aa0-c801-7003-8000-000000000001", "at": "2024-01-01T00:00:00.000Z"}]}

    assert difference(ours, theirs) is None


@pytest.mark.parametrize("theirs", [{"total": "12"}, {"total": None}, {}, {"total": "11", "more": 1}])
def test_other_data_is_told_with_its_place(theirs: object) -> None:
    assert str(difference({"total": "11"}, theirs)).startswith("value ")
