"""Stored payment methods: references at a payment provider, never card data; one of them is the default (INV8)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from models import AutomaticTopUp, Organization, PaymentMethod
from resolvers.access import lock_organization, require
from resolvers.caller import Acting, Caller
from resolvers.charging import in_time
from resolvers.payment_choices import PAID_ON_A_PAGE, check_return_url
from resolvers.payment_providers import (
    PaymentDesk,
    ProviderUnreachable,
    SetupFailed,
    SetupInstructions,
    SetupOrder,
    StoredMethod,
)
from resolvers.records import record_event
from resolvers.transactions import in_one_transaction
from rules.denials import NotFound, Unavailable
from rules.events import EventKind
from rules.identifiers import Prefix, public_id
from rules.money_refusals import PaymentMethodNotAllowed
from rules.permitted import refuse, why_not_manage_payment_methods
from rules.policy import Policy
from rules.refusals import InvalidInput, Problem, ProblemCode
from rules.rights import Right
from rules.states import PaymentMethodKind, PaymentMethodState

AT_ONCE = 50
LONGEST_LABEL = 100
UNCONFIRMED_FOR = timedelta(days=1)


@dataclass(frozen=True)
class AddedMethod:
    """A method that its owner must still confirm, and what their page needs for that."""

    method: PaymentMethod
    instructions: SetupInstructions
    publishable_key: str | None


async def add_payment_method(
    caller: Caller, *, organization_id: UUID, kind: PaymentMethodKind, return_url: str | None
) -> AddedMethod:
    """Begin to store a way to pay; its owner confirms it to the payment provider, and then it can pay.

    Needs BILLING. Refuses with PaymentMethodNotAllowed a kind that is not stored here, or cannot pay in the currency of
    the organization's invoices (INV8); with InvalidInput an address to return to that is missing or not listed; and
    with Unavailable while the provider does not answer.
    """
    if kind in PAID_ON_A_PAGE and not return_url:
        raise InvalidInput(problems=(Problem(("return_url",), ProblemCode.REQUIRED),))
    check_return_url(caller, return_url, ())

    async def write() -> PaymentMethod:
        payer = await lock_organization(organization_id)
        refuse(why_not_manage_payment_methods(await require(caller, payer, Right.BILLING)))
        storable = caller.payments.storable_in(payer.currency)
        if kind not in storable:
            raise PaymentMethodNotAllowed(kind=kind, allowed=storable, path=("kind",))
        method = PaymentMethod(
            organization_id=payer.id,
            kind=kind,
            state=PaymentMethodState.PENDING,
            provider=caller.payments.provider_for(kind).name,
            label="",
            is_default=False,
            created_at=caller.now,
        )
        # Until the provider has named the setup, it goes by our own name.
        method.setup_reference = id_of(method)
        await method.save(force_create=True)
        await _record(caller, method, EventKind.PAYMENT_METHOD_ADDED)
        return method

    method = await in_one_transaction(write)
    provider = caller.payments.provider_for(kind)
    order = SetupOrder(id_of(method), public_id(Prefix.ORGANIZATION, organization_id), kind, return_url)
    try:
        instructions = await in_time(caller.policy, provider.prepare_method(order))
    except ProviderUnreachable:
        raise Unavailable from None
    method.setup_reference = instructions.reference
    await PaymentMethod.filter(id=method.id).update(setup_reference=instructions.reference)
    return AddedMethod(method, instructions, provider.publishable_key if instructions.client_secret else None)


async def set_default_payment_method(caller: Caller, *, method_id: UUID) -> PaymentMethod:
    """Make an active method the one that is used where none is named. Needs BILLING."""

    async def change(method: PaymentMethod) -> None:
        if method.state is not PaymentMethodState.ACTIVE:
            raise InvalidInput(problems=(Problem(("payment_method_id",), ProblemCode.NOT_ALLOWED),))
        await _make_default(method)
        await _record(caller, method, EventKind.DEFAULT_PAYMENT_METHOD_SET)

    return await _change_method(caller, method_id, change)


async def remove_payment_method(caller: Caller, *, method_id: UUID) -> PaymentMethod:
    """Remove a stored method; what topped wallets up with it by itself ends. Needs BILLING.

    Payments under way go on. The worker has the provider forget it.
    """

    async def change(method: PaymentMethod) -> None:
        await AutomaticTopUp.filter(method_id=method.id).delete()
        await _drop(caller, method)

    return await _change_method(caller, method_id, change)


async def _change_method(
    caller: Caller, method_id: UUID, change: Callable[[PaymentMethod], Awaitable[None]]
) -> PaymentMethod:
    async def work() -> PaymentMethod:
        known = await PaymentMethod.get(id=method_id)
        payer = await lock_organization(known.organization_id)
        refuse(why_not_manage_payment_methods(await require(caller, payer, Right.BILLING)))
        method = await PaymentMethod.filter(id=method_id).select_for_update().get()
        if method.state is PaymentMethodState.REMOVED:
            raise NotFound
        await change(method)
        return method

    return await in_one_transaction(work)


async def ask_pending_methods(acting: Acting, policy: Policy, desk: PaymentDesk) -> int:
    """Ask what became of methods that wait for their owners, and give up those of yesterday; answers how many ended."""
    pending = PaymentMethod.filter(state=PaymentMethodState.PENDING).order_by("created_at", "id")
    ended = 0
    for method in await pending.limit(AT_ONCE):
        asked = await ask_about_method(acting, policy, desk, method.id)
        ended += asked.state is not PaymentMethodState.PENDING
    return ended


async def ask_about_method(acting: Acting, policy: Policy, desk: PaymentDesk, method_id: UUID) -> PaymentMethod:
    """Ask what became of a method that waits for its owner; the first that an organization has becomes its default."""
    method = await PaymentMethod.get(id=method_id)
    provider = desk.providers.get(method.provider)
    if method.state is not PaymentMethodState.PENDING or provider is None:
        return method
    try:
        found = await in_time(policy, provider.find_method(method.setup_reference))
    except ProviderUnreachable:
        return method
    is_old = method.created_at + UNCONFIRMED_FOR <= acting.now
    if found is None and not is_old:
        return method

    async def work() -> PaymentMethod:
        await Organization.filter(id=method.organization_id).select_for_update().get()
        fresh = await PaymentMethod.filter(id=method_id).select_for_update().get()
        if fresh.state is PaymentMethodState.PENDING:
            await _end_setup(acting, fresh, found)
        return fresh

    return await in_one_transaction(work)


async def _end_setup(acting: Acting, method: PaymentMethod, found: StoredMethod | SetupFailed | None) -> None:
    if not isinstance(found, StoredMethod):
        await _drop(acting, method)
        return
    active = PaymentMethod.filter(organization_id=method.organization_id, state=PaymentMethodState.ACTIVE)
    method.state, method.provider_reference = PaymentMethodState.ACTIVE, found.reference
    method.label, method.expires_on = found.label[:LONGEST_LABEL], found.expires_on
    method.is_default = not await active.filter(is_default=True).exists()
    await method.save()
    await _record(acting, method, EventKind.PAYMENT_METHOD_ACTIVATED)


async def forget_removed_methods(desk: PaymentDesk) -> int:
    """Have providers forget methods that were removed here; answers how many were."""
    removed = PaymentMethod.filter(state=PaymentMethodState.REMOVED, provider_reference__not_isnull=True)
    forgotten = 0
    for method in await removed.order_by("id").limit(AT_ONCE):
        provider = desk.providers.get(method.provider)
        if provider is None or method.provider_reference is None:
            continue
        try:
            await provider.forget_method(method.provider_reference)
        except ProviderUnreachable:
            continue
        await PaymentMethod.filter(id=method.id).update(provider_reference=None)
        forgotten += 1
    return forgotten


async def _make_default(method: PaymentMethod) -> None:
    await PaymentMethod.filter(organization_id=method.organization_id, is_default=True).update(is_default=False)
    method.is_default = True
    await method.save(update_fields=["is_default"])


async def _drop(acting: Acting, method: PaymentMethod) -> None:
    method.state, method.removed_at, method.is_default = PaymentMethodState.REMOVED, acting.now, False
    await method.save(update_fields=["state", "removed_at", "is_default"])
    await _record(acting, method, EventKind.PAYMENT_METHOD_REMOVED)


async def _record(acting: Acting, method: PaymentMethod, event: EventKind) -> None:
    await record_event(acting, method.organization_id, event, id_of(method), {"kind": method.kind})


def id_of(method: PaymentMethod) -> str:
    """The public id of a method."""
    return public_id(Prefix.PAYMENT_METHOD, method.id)
