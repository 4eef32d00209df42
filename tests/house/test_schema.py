"""What the house demands of the schema beyond what is refused when it is made."""

import re
from pathlib import Path

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLUnionType

from execution.house import coded_fields
from rules import refusals
from schema.document import schema
from schema.errors import shown_as

ROOT = Path(__file__).parents[2]
TESTS = {path: path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py") if "house" not in path.parts}
CORE = schema._schema

# Fields with code of their own, and why no declaration can say it. Root fields of Mutation are all coded.
CODED = {
    "Query.staff": "a way in to the work of the provider's own people; it shows no row",
    "Staff.customers": "found by name, while their organizations stay hidden from the provider's people",
    "Query.rateLimit": "the bucket is no row",
    "Query.invitation": "read by the secret of its link, before anybody is signed in",
    "Product.effectiveAccess": "worked out from memberships and grants together",
}


def refusal_classes() -> list[type[refusals.Refusal]]:
    """Every refusal there is."""
    return sorted(refusals.Refusal.__subclasses__(), key=lambda each: each.__name__)


def test_only_listed_fields_have_code_of_their_own() -> None:
    coded = {name for name in coded_fields(schema) if not name.startswith("Mutation.")}

    assert coded == set(CODED)


def test_every_refusal_is_shown_and_can_be_met() -> None:
    unions = [each for each in CORE.type_map.values() if isinstance(each, GraphQLUnionType)]
    members = {member.name for union in unions for member in union.types}

    for refusal in refusal_classes():
        assert shown_as(refusal).__name__ in members, f"no mutation answers {refusal.__name__}"


def test_every_refusal_is_provoked_by_a_test() -> None:
    for refusal in refusal_classes():
        named = [path for path, text in TESTS.items() if refusal.code in text or refusal.__name__ in text]
        assert named, f"no test meets {refusal.__name__}"


def test_every_refusal_is_a_user_error() -> None:
    interface = CORE.type_map["UserError"]
    assert isinstance(interface, GraphQLInterfaceType)

    for refusal in refusal_classes():
        shown = CORE.type_map[shown_as(refusal).__name__]
        assert isinstance(shown, GraphQLObjectType)
        assert interface in shown.interfaces


def test_every_mutation_is_called_by_a_test_beyond_the_matrix() -> None:
    stories = "".join(text for path, text in TESTS.items() if "rights" not in path.parts)
    assert CORE.mutation_type is not None

    for name in CORE.mutation_type.fields:
        snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
        assert re.search(rf"\b({name}|{snake})\b", stories), f"no test calls {name}"


def test_every_mutation_answers_null_when_it_is_denied() -> None:
    assert CORE.mutation_type is not None

    for name, field in CORE.mutation_type.fields.items():
        assert not str(field.type).endswith("!"), name
