"""Writing stored payment methods: added, removed, made the default."""

import strawberry

from permissions.guards import MayManagePaymentMethods
from resolvers import payment_methods
from rules import money_refusals
from rules.identifiers import Prefix
from rules.states import PaymentMethodKind
from schema.context import Info
from schema.expose import mutation
from schema.ids import key, reference
from schema.inputs import given, optional
from schema.types import links
from schema.types.payment_method import PaymentMethod


@strawberry.input(description="Which kind of payment method to store, and for whom.")
class AddPaymentMethodInput:
    """One method."""

    organization_id: strawberry.ID = reference(Prefix.ORGANIZATION, "Organization that pays by it.")
    kind: PaymentMethodKind = strawberry.field(description="Kind of the payment method.")
    return_url: str | None = optional(
        "Address of your page that the owner comes back to, where they confirm on another page. Its origin must be one "
        "of those that may call this API."
    )


@strawberry.type(
    description="The method waits for its owner: send them to `url`, or use `clientSecret` with the payment provider's "
    "own library. It is ACTIVE a moment after they confirmed."
)
class AddPaymentMethodSuccess:
    """What a frontend needs to go on."""

    payment_method: links.PaymentMethod = strawberry.field(description="Payment method that waits.")
    url: str | None = strawberry.field(description="Page on which the owner confirms; null where there is none.")
    client_secret: str | None = strawberry.field(
        description="Secret for the payment provider's library in your page; null where a page is enough."
    )
    publishable_key: str | None = strawberry.field(description="Key that goes with the client secret; else null.")


@strawberry.input(description="Which payment method is the default.")
class SetDefaultPaymentMethodInput:
    """One method."""

    payment_method_id: strawberry.ID = reference(Prefix.PAYMENT_METHOD, "Payment method that is active.")


@strawberry.type(description="The payment method is the default.")
class SetDefaultPaymentMethodSuccess:
    """Carries the method."""

    payment_method: links.PaymentMethod = strawberry.field(description="Payment method that is the default now.")


@strawberry.input(description="Which payment method to remove.")
class RemovePaymentMethodInput:
    """One method."""

    payment_method_id: strawberry.ID = reference(Prefix.PAYMENT_METHOD, "Payment method to remove.")


@strawberry.type(description="The payment method was removed.")
class RemovePaymentMethodSuccess:
    """Carries the method."""

    payment_method: links.PaymentMethod = strawberry.field(description="Payment method that was removed.")


@mutation(who=MayManagePaymentMethods(), refuses=(money_refusals.PaymentMethodNotAllowed,))
async def add_payment_method(info: Info, input: AddPaymentMethodInput) -> AddPaymentMethodSuccess:
    """Store a payment method of an organization with the payment provider; card numbers never come here.

    The first one that is confirmed becomes the default. UNAVAILABLE while the provider does not answer. Causes the
    events PAYMENT_METHOD_ADDED and, once it is confirmed, PAYMENT_METHOD_ACTIVATED.
    """
    added = await payment_methods.add_payment_method(
        info.context.caller,
        organization_id=key(input.organization_id),
        kind=input.kind,
        return_url=given(input.return_url),
    )
    return AddPaymentMethodSuccess(
        payment_method=PaymentMethod.of(added.method),
        url=added.instructions.url,
        client_secret=added.instructions.client_secret,
        publishable_key=added.publishable_key,
    )


@mutation(who=MayManagePaymentMethods())
async def set_default_payment_method(info: Info, input: SetDefaultPaymentMethodInput) -> SetDefaultPaymentMethodSuccess:
    """Make an active payment method the one that is used where none is named.

    Causes the event DEFAULT_PAYMENT_METHOD_SET.
    """
    method = await payment_methods.set_default_payment_method(
        info.context.caller, method_id=key(input.payment_method_id)
    )
    return SetDefaultPaymentMethodSuccess(payment_method=PaymentMethod.of(method))


@mutation(who=MayManagePaymentMethods())
async def remove_payment_method(info: Info, input: RemovePaymentMethodInput) -> RemovePaymentMethodSuccess:
    """Remove a stored payment method; automatic top-ups by it end, payments under way go on.

    Causes the event PAYMENT_METHOD_REMOVED.
    """
    method = await payment_methods.remove_payment_method(info.context.caller, method_id=key(input.payment_method_id))
    return RemovePaymentMethodSuccess(payment_method=PaymentMethod.of(method))
