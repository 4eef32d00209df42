"""Documents nobody wrote, by viewers of every kind: no failure, no leak, counts that agree with lists."""

import re
from collections import Counter
from random import Random
from typing import Any

import pytest
from tortoise.models import Model

from execution.guards import Guard
from execution.tables import EVERYONE, public_id, table_of
from models import DueItem, Membership, Organization, Product, Session
from permissions.guards import IsOneself, MayManageMembers, MaySeeMembership, MayViewBilling
from resolvers.caller import Nobody
from resolvers.invoices import draft_invoice, issue_invoice
from resolvers.payments import pay_from_wallet
from resolvers.promotional_credit import give_credit
from resolvers.secrets import hash_secret
from resolvers.transactions import transaction
from rules.invoicing import Line
from rules.kinds import ProductKind
from rules.money import Currency
from rules.policy import Policy
from rules.rights import AccessLevel, Role
from tests.charging import charge_something
from tests.random_documents.executors import both_ways_to_show_results
from tests.random_documents.generating import Document, Generator
from tests.random_documents.values import Pool
from tests.rights.answers import Knowledge, problems
from tests.rights.stored import Stored
from tests.sizes import sized
from tests.withdrawals import add_incoming_transfer, add_staff, add_withdrawal, fill_wallet
from tests.world import PASSWORD, Answer, Client, World, id_of

pytestmark = pytest.mark.anyio

DOCUMENTS = sized(small=250, full=5_000)
# Planted defects are noticed long before; how long depends on how many fields there are beside.
PLANTED = 2_000
MUTATIONS = sized(small=60, full=2_000)
# What a random document may be told; anything else is a failure of ours.
TOLD = {
    "BAD_REQUEST",
    "FORBIDDEN",
    "LIMIT_EXCEEDED",
    "NOT_FOUND",
    "RATE_LIMITED",
    "REAUTHENTICATION_REQUIRED",
    "UNAUTHENTICATED",
}
CANARY = re.compile(r"canary(\d)\d*x")
ID = re.compile(r"[a-z]{3}_[0-9a-f]{32}")


class Crowd:
    """Three organizations full of names that nobody outside may read, and a client of everybody."""

    def __init__(self) -> None:
        self.clients: list[tuple[Client, set[str]]] = []  # with the numbers of the organizations they belong to
        self.pool = Pool(ids=[], texts=[PASSWORD])
        self.owners: dict[str, str] = {}  # id of a row → number of the organization it belongs to

    @classmethod
    async def gather(cls, world: World) -> "Crowd":
        crowd = cls()
        people = [await world.add_user(f"canary{number}{number}x@example.org") for number in range(3)]
        nomad = await world.add_user("nomad@example.org")
        belongs: dict[str, set[str]] = {"nomad": set()}
        for number, legal in enumerate(people):
            organization = await world.add_organization(legal, f"canary{number}0x company")
            products = [
                await world.add_product(
                    organization, list(ProductKind)[place], f"canary{number}{place}x.example", label=f"canary{number}x"
                )
                for place in range(8)
            ]
            await world.add_mailbox(products[2], f"canary{number}9x@box.example")
            for role, billing, grants in (
                (Role.ADMINISTRATOR, None, {}),
                (Role.COLLABORATOR, True, {}),
                (Role.COLLABORATOR, False, {products[0]: AccessLevel.MANAGE}),
                (Role.EXTERNAL, False, {products[2]: AccessLevel.VIEW}),
            ):
                colleague = await world.add_user(
                    f"canary{number}{role}{billing}x@example.org", last_name=f"canary{number}x"
                )
                membership = await world.add_member(organization, colleague, role, billing=billing, products=grants)
                crowd.clients.append((await world.sign_in(colleague), {str(number)}))
                crowd.own(number, id_of(colleague), id_of(membership))
            await crowd.bill(world, products[0], number)
            charge = await charge_something(world, products[0], description=f"canary{number}x traffic")
            due = await DueItem.filter(billed_to_id=organization.id)
            crowd.own(number, *map(public_id, (charge, *due)))
            if number < 2:
                await world.add_member(organization, nomad, Role.EXTERNAL, kinds={ProductKind.KDRIVE: AccessLevel.VIEW})
                belongs["nomad"].add(str(number))
            crowd.clients.append((await world.sign_in(legal), {str(number)}))
            crowd.own(number, id_of(organization), *map(id_of, products))
            crowd.pool.texts += [organization.name, products[0].name, legal.login]
        # Staff reads the withdrawals of all (STA2), and nothing else of theirs: that is held against the matrix.
        crowd.clients.append(((await add_staff(world))[1], {str(number) for number in range(len(people))}))
        crowd.clients += [(await world.sign_in(nomad), belongs["nomad"]), (world.stranger(), set())]
        return crowd

    async def bill(self, world: World, product: Product, number: int) -> None:
        """Give the owner of a product a wallet with credit, and for it an invoice that is paid and one that is open."""
        acting = Nobody(world.clock.now())
        async with transaction():
            organization = await Organization.get(id=product.organization_id)
            wallet = await give_credit(acting, organization, Currency.CHF, 50_000)
            issued = []
            for _ in range(2):
                line = Line(f"canary{number}x service", 1, 10_000, 810, product_id=product.id)
                draft = await draft_invoice(acting, payer=organization, concerned=organization, lines=[line])
                issued.append(await issue_invoice(acting, Policy(), draft, organization))
            await pay_from_wallet(acting, organization, wallet, issued[:1], issued[0].total_minor)
            await fill_wallet(acting, wallet, 10_000)
        withdrawal = await add_withdrawal(world, organization, 1_000, holder=f"canary{number}x holder")
        await add_incoming_transfer(world, f"B{number}")
        self.own(number, *map(public_id, (wallet, withdrawal, *issued)))

    def own(self, number: int, *ids: str) -> None:
        """Remember whose rows these are, and ask for them."""
        self.pool.ids += ids
        self.owners.update(dict.fromkeys(ids, str(number)))


def expect_sound(answer: Answer, document: Document, belongs: set[str], crowd: Crowd) -> None:
    where = (document.text, document.variables, answer.body)
    assert answer.status < 500, where
    assert set(answer.codes) <= TOLD, where
    told = str(answer.body)
    given = str(document.variables) + document.text
    leaked = {number for number in CANARY.findall(told) if number not in belongs}
    assert not {number for number in leaked if f"canary{number}" not in given}, where
    foreign = {each for each, number in crowd.owners.items() if number not in belongs}
    assert not {each for each in foreign.intersection(ID.findall(told)) if each not in given}, where
    shown = {each.get("id") for each in objects(answer.body.get("data"))}
    assert not shown & foreign, where
    for found in objects(answer.body.get("data")):
        if "totalCount" in found and "nodes" in found:
            assert len(found["nodes"]) <= found["totalCount"], where


def objects(value: Any) -> list[dict[str, Any]]:
    """Every object of an answer, however deep."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    here = [value] if isinstance(value, dict) else []
    return [*here, *(each for item in inner for each in objects(item))]


async def known_to_each(crowd: Crowd) -> dict[str | None, Knowledge]:
    """What the rules let everybody of the crowd know, by the secret of the session."""
    stored = await Stored.read()
    users = {row.secret_hash: row.user_id for row in stored.rows[Session]}
    return {
        client.secret: stored.knowledge_of(users[hash_secret(client.secret)] if client.secret else None)
        for client, _ in crowd.clients
    }


async def ask_at_random(crowd: Crowd, documents: int) -> Counter[str]:
    """Ask so many random queries, each by two of the crowd, and hold every answer against the rights matrix."""
    outcomes: Counter[str] = Counter()
    knowledge = await known_to_each(crowd)
    for seed in range(documents):
        random = Random(seed)  # noqa: S311 -- documents must be the same again
        document = Generator(random, crowd.pool).query()
        for client, belongs in random.sample(crowd.clients, 2):
            answer = await client.ask(document.text, **document.variables)

            expect_sound(answer, document, belongs, crowd)
            assert problems(document.text, answer, knowledge[client.secret]) == [], (seed, document, answer.body)
            outcomes.update(answer.codes or ["answered"])
            crowd.pool.learn(document.lists(document.variables), answer.body.get("data"))
    return outcomes


@pytest.mark.soak
async def test_random_queries_never_fail_and_never_leak(world: World) -> None:
    """ORG4, A1-A9: whatever is asked, by whomever."""
    outcomes = await ask_at_random(await Crowd.gather(world), DOCUMENTS)

    # A generator that only makes mistakes would prove nothing.
    assert outcomes["answered"] > DOCUMENTS / 3, outcomes


@pytest.mark.parametrize("model", [Organization, Product, Membership])
async def test_a_forgotten_right_would_be_noticed(
    world: World, monkeypatch: pytest.MonkeyPatch, model: type[Model]
) -> None:
    """The planted defect: a type that everybody may see. If this passes unnoticed, the look is worth nothing."""
    crowd = await Crowd.gather(world)
    monkeypatch.setattr(table_of(model), "seen", EVERYONE)

    with pytest.raises(AssertionError):
        await ask_at_random(crowd, PLANTED)


@pytest.mark.parametrize("guard", [MaySeeMembership, MayManageMembers, MayViewBilling, IsOneself])
async def test_a_forgotten_guard_would_be_noticed(
    world: World, monkeypatch: pytest.MonkeyPatch, guard: type[Guard]
) -> None:
    """The planted defect: a right that everybody holds."""
    crowd = await Crowd.gather(world)
    monkeypatch.setattr(guard, "allows", EVERYONE)

    with pytest.raises(AssertionError, match=r"open where|needs BILLING"):
        await ask_at_random(crowd, PLANTED)


@pytest.mark.soak
async def test_random_mutations_never_fail_and_never_leak(world: World) -> None:
    """What each of them answers is shown by a plan and field by field, alike."""
    crowd = await Crowd.gather(world)
    outcomes: Counter[str] = Counter()
    with both_ways_to_show_results() as counts:
        for seed in range(MUTATIONS):
            random = Random(seed)  # noqa: S311 -- documents must be the same again
            document = Generator(random, crowd.pool).mutation(random.choice((1, 1, 1, 2, 3)))
            client, belongs = random.choice(crowd.clients)

            answer = await client.ask(document.text, **document.variables)

            expect_sound(answer, document, belongs, crowd)
            outcomes.update(answer.codes or ["answered"])
            world.clock.move(seconds=20)
    assert len(outcomes) > 2, outcomes
    assert counts["planned"] > counts["shown"] * 0.8 > 0, counts


def test_the_same_seed_makes_the_same_document() -> None:
    pool = Pool(ids=["org_" + "0" * 32], texts=["text"])

    first, second = (Generator(Random(7), pool).query() for _ in range(2))  # noqa: S311 -- sameness is the point

    assert first == second
