import pytest
from tortoise.expressions import Q

from execution.declare import Node, column, fact, lookup, table
from tests.execution.asking import answered, refused
from tests.execution.conftest import Ask
from tests.execution.sample import models, types
from tests.execution.sample.rights import IsMember
from tests.execution.sample.world import ACME, BETA, BOB, org, product

pytestmark = pytest.mark.anyio


async def test_a_column_shows_the_row_and_may_be_called_otherwise(ask: Ask) -> None:
    answer = answered(await ask(f'{{ organization(id: "{org(ACME)}") {{ id name taxNumber createdAt }} }}'))

    assert answered_organization(answer) == {
        "id": org(ACME),
        "name": "Acme",
        "taxNumber": "CHE-Acme",
        "createdAt": "2026-06-01T12:00:00+00:00",
    }


async def test_a_value_is_made_of_its_columns_and_null_when_one_is_missing(ask: Ask) -> None:
    document = (
        f'{{ organization(id: "{org(ACME)}") {{ wallet {{ balance {{ amount amountMinor }} bonus {{ amount }} }} }} }}'
    )

    answer = answered(await ask(document))

    assert answered_organization(answer)["wallet"] == {
        "balance": {"amount": "46116860184273879.05", "amountMinor": "4611686018427387905"},
        "bonus": None,
    }


async def test_an_amount_below_one_keeps_its_sign(ask: Ask) -> None:
    answer = answered(
        await ask(f'{{ organization(id: "{org(BETA)}") {{ wallet {{ balance {{ amount }} }} }} }}', viewer=BOB)
    )

    assert answered_organization(answer)["wallet"] == {"balance": {"amount": "-0.05"}}


async def test_a_fact_about_null_is_false_and_so_is_its_negation(ask: Ask) -> None:
    document = f'{{ node(id: "{product(5)}") {{ ... on Product {{ isBlocked isSafe }} }} }}'

    answer = answered(await ask(document))  # nothing is known about when product 5 is blocked

    assert answer["node"] == {"isBlocked": False, "isSafe": False}


async def test_a_fact_compares_with_the_one_instant_of_the_request(ask: Ask) -> None:
    document = '{{ node(id: "{}") {{ ... on Product {{ isBlocked isSafe }} }} }}'

    a_microsecond_ago = answered(await ask(document.format(product(3))))
    in_a_microsecond = answered(await ask(document.format(product(7))))

    assert a_microsecond_ago["node"] == {"isBlocked": True, "isSafe": False}
    assert in_a_microsecond["node"] == {"isBlocked": False, "isSafe": True}


async def test_a_computed_field_gets_columns_and_values_of_the_request(ask: Ask) -> None:
    answer = answered(await ask("{ invoices { nodes { number daysLate mayPay } } }"))

    assert answer["invoices"]["nodes"] == [
        {"number": "R-4", "daysLate": 0, "mayPay": False},
        {"number": "R~3", "daysLate": 30, "mayPay": True},
        {"number": "R-1", "daysLate": 0, "mayPay": False},
    ]


async def test_a_guarded_field_is_refused_alone(ask: Ask) -> None:
    result = await ask(f'{{ organization(id: "{org(BETA)}") {{ name taxNumber productCount }} }}')

    assert result.data == {"organization": {"name": "Beta", "taxNumber": None, "productCount": 3}}
    assert refused(result) == [("FORBIDDEN", ["organization", "taxNumber"], {"requiredRight": "BILLING"})]


async def test_of_shows_rows_of_its_own_table_only() -> None:
    row = models.Organization(name="Acme")

    shown: object = types.Organization.of(row)

    assert shown is row
    with pytest.raises(TypeError, match="is not shown as Product"):
        types.Product.of(row)


async def test_a_second_type_for_a_table_is_refused() -> None:
    class Other(Node):
        """Another view of users."""

    with pytest.raises(TypeError, match="already shown by User"):
        table(models.User, prefix="oth", owner=None, seen=Q())(Other)


async def test_a_type_without_a_sentence_and_a_field_without_a_description_are_refused() -> None:
    class Silent(Node):
        pass

    with pytest.raises(TypeError, match="docstring"):
        table(models.Membership, prefix="mem", seen=Q())(Silent)
    with pytest.raises(TypeError, match="description"):
        column("")
    with pytest.raises(TypeError, match="description"):
        lookup("name")


@pytest.mark.parametrize(
    ("predicate", "problem"),
    [
        (IsMember.allows, "belongs to no organization"),
        (Q(name="Anna") | Q(), "dropped by the ORM"),
        (~Q(), "negating the empty predicate"),
        (Q(name__icontains="a"), "can be compared"),
        (Q(memberships__billing=True), "can be compared"),
    ],
)
async def test_a_predicate_that_two_readers_would_read_differently_is_refused(predicate: Q, problem: str) -> None:
    class Membership(Node):
        """A user in an organization."""

        is_nobody: bool = fact("Whether it is nobody.", Q(id__isnull=True))

    with pytest.raises(TypeError, match=problem):
        table(models.Membership, prefix="mem", owner=None, seen=predicate)(Membership)


def answered_organization(answer: dict[str, object]) -> dict[str, object]:
    found = answer["organization"]
    assert isinstance(found, dict)
    return found
