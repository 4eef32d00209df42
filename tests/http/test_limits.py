"""What one document may ask for, and that finding out is as cheap as reading it once."""

import time
from typing import Any

import pytest
from graphql import GraphQLError, get_introspection_query, parse

from execution.documents import Documents
from execution.errors import Refused
from execution.limits import DocumentCheck, Limits, check_document
from tests.http.sample import schema


def refused(document: str, limits: Limits | None = None) -> dict[str, Any]:
    with pytest.raises(GraphQLError) as caught:
        check_document(parse(document, no_location=True), limits or Limits())
    return dict(caught.value.extensions or {})


def passes(document: str, limits: Limits | None = None) -> bool:
    check_document(parse(document, no_location=True), limits or Limits())
    return True


def nested(depth: int) -> str:
    return "{ " + "a { " * (depth - 1) + "a" + " }" * depth


def spread(times: int, selection: str) -> str:
    return "{ q { " + "...F " * times + f"}} }} fragment F on Q {{ {selection} }}"


def bomb(doublings: int) -> str:
    """A document in which each fragment spreads the next one twice."""
    chain = "".join(f"fragment F{each} on Q{{...F{each + 1} ...F{each + 1}}}" for each in range(doublings))
    return f"{{...F0}}{chain}fragment F{doublings} on Q{{a}}"


@pytest.mark.parametrize(
    ("limit", "allowed", "actual", "most", "too_much"),
    [
        ("DEPTH", 16, 17, nested(16), nested(17)),
        (
            "DEPTH",
            16,
            17,
            "{ a { ...F } }" + f"fragment F on Q {nested(15)}",
            "{ a { ... { ...F } } }" + f"fragment F on Q {nested(16)}",
        ),
        (
            "FIELDS",
            600,
            601,
            "{" + " ".join(f"f{each}" for each in range(600)) + "}",
            "{" + " ".join(f"f{each}" for each in range(601)) + "}",
        ),
        (
            "ALIASES",
            30,
            31,
            "{" + " ".join(f"a{each}: f" for each in range(30)) + "}",
            "{" + " ".join(f"a{each}: f" for each in range(31)) + "}",
        ),
        ("ALIASES", 30, 31, spread(30, "a: f"), spread(31, "a: f")),
        (
            "DIRECTIVES",
            20,
            21,
            "query($v: I @d) @d {" + "f @d " * 18 + "}",
            "query($v: I @d) @d {" + "f @d " * 17 + "...F ... @d { f } } fragment F on Q @d { f }",
        ),
        (
            "FRAGMENTS",
            20,
            21,
            "{ a }" + "".join(f"fragment F{each} on Q {{ a }}" for each in range(20)),
            "{ a }" + "".join(f"fragment F{each} on Q {{ a }}" for each in range(21)),
        ),
        ("REPEATS", 100, 101, "{" + "a " * 101 + "}", "{" + "a " * 102 + "}"),
        ("REPEATS", 100, 101, spread(101, "b"), spread(102, "b")),
        (
            "ROOT_MUTATION_FIELDS",
            5,
            6,
            "mutation { a b c d e __typename }",
            "mutation { a b c ...F } fragment F on M { d ... { e f } }",
        ),
    ],
)
def test_each_limit_lets_its_number_through_and_no_more(
    limit: str, allowed: int, actual: int, most: str, too_much: str
) -> None:
    assert passes(most)
    assert refused(too_much) == {"code": "LIMIT_EXCEEDED", "limit": limit, "allowed": allowed, "actual": actual}


def test_a_mutation_that_may_be_called_once_is_counted_wherever_it_stands() -> None:
    limits = Limits(single_mutations=frozenset({"signIn"}))

    assert passes("mutation { signIn other }", limits)
    assert passes("query { a: signIn b: signIn }", limits)
    assert refused("mutation { a: signIn ...F } fragment F on M { b: signIn }", limits)["limit"] == "SINGLE_MUTATION"


def test_several_operations_of_one_document_are_counted_together() -> None:
    half = " ".join(f"f{each}" for each in range(301))

    assert refused(f"query A {{ {half} }} query B {{ {half} }}")["limit"] == "FIELDS"


def test_a_fragment_that_nobody_spreads_is_held_to_the_limits_too() -> None:
    assert refused(f"{{ a }} fragment F on Q {nested(17)}")["limit"] == "DEPTH"


@pytest.mark.parametrize(
    "document",
    [
        "{ ...A } fragment A on Q { ...A }",
        "{ ...A } fragment A on Q { a ...B } fragment B on Q { ...C } fragment C on Q { ...A }",
        "{ a } fragment A on Q { b { ...A } }",
        "{ }",
        "{ a { } }",
        "{ ...A } fragment A on Q { }",
        "{ ...Missing }",
        "{ ...A } fragment A on Q { a } fragment A on Q { b }",
    ],
)
def test_what_cannot_be_laid_out_is_a_bad_request(document: str) -> None:
    assert refused(document) == {"code": "BAD_REQUEST"}


@pytest.mark.parametrize("doublings", [18, 26])
def test_a_bomb_of_fragments_is_looked_at_once(doublings: int) -> None:
    text = bomb(doublings)
    check = DocumentCheck(parse(text, no_location=True), Limits(fragments=100))
    began = time.perf_counter()

    with pytest.raises(GraphQLError) as caught:
        check.run()

    print(f"{len(text)} bytes refused in {1_000 * (time.perf_counter() - began):.2f} ms")  # noqa: T201  # for who reads along
    assert check.visited == 2 * doublings + 1
    assert (caught.value.extensions or {})["limit"] == "FIELDS"
    assert (caught.value.extensions or {})["actual"] > 600


def test_the_bomb_does_not_need_fields_to_be_refused() -> None:
    assert refused(bomb(18).replace("{a}", "{...F18}"))["code"] == "BAD_REQUEST"
    assert refused(bomb(18).replace("{a}", "{...Nowhere}"))["code"] == "BAD_REQUEST"


def test_looking_at_a_document_takes_one_step_for_each_selection() -> None:
    check = check_document(parse("{ a { b ...F ... { c } } ...F } fragment F on Q { d }"), Limits())

    assert check.visited == 7


def test_the_usual_introspection_passes() -> None:
    text = get_introspection_query(
        specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True
    )

    assert Documents(schema).document(text).operation(None).name == "IntrospectionQuery"


@pytest.mark.parametrize(
    "text", ["{" + "hello " * 2_001 + "}", "{ hello }" + "#\n" * 2_001, "{ hello " + "#\n" * 100_000 + "}"]
)
def test_a_long_document_is_given_up_while_it_is_read(text: str) -> None:
    with pytest.raises(Refused) as caught:
        Documents(schema).document(text).operation(None)

    extensions = caught.value.errors[0]["extensions"]
    assert extensions == {"code": "LIMIT_EXCEEDED", "limit": "TOKENS", "allowed": 2_000, "actual": 2_001}


@pytest.mark.parametrize(
    "text",
    [
        "{" * 1_900,
        "{ hello(name: " + "[" * 900 + "]" * 900 + ") }",
        "query Q($a: " + "[" * 900 + "I" + "]" * 900 + ") { hello }",
        '{ hello(name: "\\ud800") }',
        '{ hello(name: "\\u{d800}") }',
        "{ number(is_: " + "1" * 100_000 + ") }",
        "{ number(is_: " + "1" * 4_000 + ") }",
        "{ hello",
        "",
        "\0",
        "type A { b: Int }",
        "query A { hello } query A { hello }",
    ],
    ids=lambda text: repr(text[:30]),
)
def test_a_document_nobody_can_read_is_a_bad_request(text: str) -> None:
    with pytest.raises(Refused) as caught:
        Documents(schema).document(text).operation("A")

    assert caught.value.errors[0]["extensions"] == {"code": "BAD_REQUEST"}
    assert all(len(error["message"]) <= 1_001 for error in caught.value.errors)
