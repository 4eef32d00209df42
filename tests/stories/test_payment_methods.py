"""INV8: payment methods stored with the provider, one of them the default; what the provider tells is asked again."""

from datetime import date

import pytest

from models import AutomaticTopUp, Organization, Payment, PaymentMethod, ProviderEvent
from resolvers.payment_providers import ActionRequired, SetupFailed, StoredMethod, Succeeded, Told
from resolvers.provider_events import take_told
from rules.identifiers import Prefix, public_id
from rules.money import Currency
from rules.states import PaymentMethodState, PaymentState
from tests.books import Books
from tests.paying import add_method, clerk_of
from tests.world import Answer, id_of

pytestmark = pytest.mark.anyio

ADDED = "... on AddPaymentMethodSuccess { paymentMethod { id state label } url clientSecret publishableKey }"


async def add(books: Books, **values: object) -> Answer:
    return await books.client.do("addPaymentMethod", ADDED, organizationId=id_of(books.organization), **values)


async def methods(books: Books) -> list[dict[str, object]]:
    answer = await books.client.ask(
        "query Q($id: ID!) { organization(id: $id) { paymentMethods { nodes { label state isDefault expiresOn } } } }",
        id=id_of(books.organization),
    )
    nodes: list[dict[str, object]] = answer.data["organization"]["paymentMethods"]["nodes"]
    return nodes


async def test_a_card_is_stored_once_its_owner_confirmed_it(books: Books) -> None:
    answer = await add(books, kind="CARD")

    assert answer.result()["clientSecret"] == "secret of the setup"
    assert answer.result()["publishableKey"] == "pk_scripted"
    setup = (await PaymentMethod.get()).setup_reference
    await books.world.work()
    assert [each["state"] for each in await methods(books)] == ["PENDING"]

    books.world.provider.stored[setup] = StoredMethod("card 1", "Visa 4242", date(2030, 12, 31))
    await books.world.work()

    assert await methods(books) == [
        {"label": "Visa 4242", "state": "ACTIVE", "isDefault": True, "expiresOn": "2030-12-31"}
    ]


async def test_a_setup_that_fails_or_is_forgotten_ends(books: Books) -> None:
    await add(books, kind="CARD")
    await add(books, kind="CARD")
    first, second = await PaymentMethod.all().order_by("id")
    books.world.provider.stored[first.setup_reference] = SetupFailed()

    await books.world.work()
    assert [each.id for each in await PaymentMethod.filter(state=PaymentMethodState.PENDING)] == [second.id]
    books.world.clock.move(days=2)
    await books.world.work()

    assert await methods(books) == []


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"kind": "WALLET"}, "PAYMENT_METHOD_NOT_ALLOWED"),
        ({"kind": "BANK_TRANSFER"}, "PAYMENT_METHOD_NOT_ALLOWED"),
        ({"kind": "PAYPAL"}, "INVALID_INPUT"),
        ({"kind": "PAYPAL", "returnUrl": "https://elsewhere.example/"}, "INVALID_INPUT"),
        ({"kind": "CARD", "returnUrl": "https://panel.example/" + "x" * 2000}, "INVALID_INPUT"),
    ],
)
async def test_what_cannot_be_stored_is_refused(books: Books, values: dict[str, str], code: str) -> None:
    answer = await add(books, **values)

    assert answer.refused() == code
    assert not await PaymentMethod.exists()


async def test_francs_only_kinds_are_stored_by_those_who_pay_in_francs(books: Books) -> None:
    """INV8: PostFinance and TWINT; the kinds that can be stored are shown beforehand."""
    document = "query Q($id: ID!) { organization(id: $id) { storablePaymentMethods } }"
    shown = {}
    for currency in (Currency.CHF, Currency.EUR):
        await Organization.filter(id=books.organization.id).update(currency=currency)
        shown[currency] = (await books.client.ask(document, id=id_of(books.organization))).data["organization"]

    answer = await books.client.do(
        "addPaymentMethod",
        "... on PaymentMethodNotAllowed { kind allowed }",
        organizationId=id_of(books.organization),
        kind="TWINT",
        returnUrl="https://panel.example/back",
    )

    everything = ["CARD", "POSTFINANCE", "TWINT", "PAYPAL"]
    assert shown == {
        Currency.CHF: {"storablePaymentMethods": everything},
        Currency.EUR: {"storablePaymentMethods": ["CARD", "PAYPAL"]},
    }
    assert (answer.refused(), answer.result()["allowed"]) == ("PAYMENT_METHOD_NOT_ALLOWED", ["CARD", "PAYPAL"])
    assert not await PaymentMethod.exists()


async def test_a_provider_that_does_not_answer_is_said_to_be_unavailable(books: Books) -> None:
    books.world.provider.is_reachable = False

    answer = await add(books, kind="CARD")

    assert answer.codes == ["UNAVAILABLE"]


async def test_another_method_becomes_the_default(books: Books) -> None:
    await add_method(books.world, books.organization, "First", is_default=True)
    second = await add_method(books.world, books.organization, "Second")

    answer = await books.client.do(
        "setDefaultPaymentMethod",
        "... on SetDefaultPaymentMethodSuccess { paymentMethod { label isDefault } }",
        paymentMethodId=public_id(Prefix.PAYMENT_METHOD, second.id),
    )

    assert answer.result()["paymentMethod"] == {"label": "Second", "isDefault": True}
    assert [(each["label"], each["isDefault"]) for each in await methods(books)] == [("First", False), ("Second", True)]


async def test_a_method_that_waits_for_its_owner_neither_pays_nor_is_the_default(books: Books) -> None:
    added = await add(books, kind="CARD")
    method_id = added.result()["paymentMethod"]["id"]
    invoice = await books.owe(1_000)

    default = await books.client.do("setDefaultPaymentMethod", paymentMethodId=method_id)
    paid = await books.pay([invoice], paymentMethodId=method_id)

    assert (default.refused(), paid.refused()) == ("INVALID_INPUT", "INVALID_INPUT")
    assert not await Payment.exists()


async def test_a_removed_method_is_forgotten_by_the_provider_too(books: Books) -> None:
    method = await add_method(books.world, books.organization, is_default=True)
    wallet = await books.wallet()
    await AutomaticTopUp.create(
        organization_id=books.organization.id,
        account_id=wallet.id,
        method_id=method.id,
        currency="CHF",
        threshold_minor=1_000,
        amount_minor=5_000,
        created_at=books.world.clock.now(),
    )
    method_id = public_id(Prefix.PAYMENT_METHOD, method.id)
    books.world.provider.is_reachable = False

    await books.client.do("removePaymentMethod", paymentMethodId=method_id)

    assert await methods(books) == []
    assert not await AutomaticTopUp.exists()
    await books.world.work()
    assert books.world.provider.forgotten == []
    books.world.provider.is_reachable = True
    await books.world.work()
    assert books.world.provider.forgotten == [method.provider_reference]
    for _ in range(2):
        gone = await books.client.do("removePaymentMethod", paymentMethodId=method_id)
        assert gone.codes == ["NOT_FOUND"]
    paid = await books.pay([await books.owe(1_000)], paymentMethodId=method_id)
    assert paid.codes == ["NOT_FOUND"]


async def test_what_a_provider_tells_is_a_reason_to_ask_it(books: Books) -> None:
    """M22: told twice, of a charge of somebody else's, or before it is true, nothing wrong happens."""
    invoice = await books.owe(10_000)
    books.world.provider.plays.append(ActionRequired("", client_secret="secret"))
    asked = await books.pay([invoice], methodKind="CARD")
    key, clerk = asked.result()["paymentId"], clerk_of(books.world)

    async def tell(event: str, **about: str) -> None:
        told = Told(books.world.provider.name, event, "charge.succeeded", **about)
        await take_told(clerk, clerk.policy, books.world.desk, told)

    await tell("too early", key=key)
    assert (await Payment.get()).state is PaymentState.ACTION_REQUIRED
    await tell("unknown", key=f"{Prefix.PAYMENT}_{'0' * 32}")
    await tell("malformed", key=f"{Prefix.PAYMENT}_nonsense")
    await tell("of others", charge="charge of others")
    books.world.provider.became[key] = Succeeded("charge")
    for event in ("now", "now", "later"):
        await tell(event, charge=str((await Payment.get()).provider_reference))

    assert (await Payment.get()).state is PaymentState.SUCCEEDED
    assert await ProviderEvent.filter(event_reference="now").count() == 1


async def test_a_confirmed_setup_that_is_told_of_is_active_at_once(books: Books) -> None:
    await add(books, kind="CARD")
    setup = (await PaymentMethod.get()).setup_reference
    books.world.provider.stored[setup] = StoredMethod("card 1", "Visa 4242")
    clerk = clerk_of(books.world)

    for reference in ("setup of nobody", setup):
        told = Told(books.world.provider.name, f"event {reference}", "setup.succeeded", setup=reference)
        await take_told(clerk, clerk.policy, books.world.desk, told)

    assert (await PaymentMethod.get()).state is PaymentMethodState.ACTIVE
