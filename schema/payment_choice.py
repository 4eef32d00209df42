"""How a payer wants to pay, as an input of every mutation that pays."""

import strawberry

from execution.scalars import BigInt
from resolvers.payment_choices import Choice
from rules import money_refusals, refusals
from rules.identifiers import Prefix
from rules.states import PaymentMethodKind
from schema.ids import optional_key, reference
from schema.inputs import given, optional

# What every mutation that takes a choice may answer besides its own refusals.
REFUSED_WHEN_PAYING = (
    refusals.AmountOutOfRange,
    money_refusals.PaymentMethodNotAllowed,
    money_refusals.PaymentDeclined,
    money_refusals.PaymentActionRequired,
)


@strawberry.input(
    description="How to pay. Name a stored method or a kind of method for what the wallet does not pay; without "
    "either, everything comes from the wallet."
)
class PaymentChoice:
    """One way to pay, or the wallet and one way for the rest."""

    wallet_amount_minor: BigInt | None = optional(
        "What of the amount comes from the wallet, in minor units, with another way for the rest; without it, nothing."
    )
    payment_method_id: strawberry.ID | None = reference(
        Prefix.PAYMENT_METHOD, "Stored payment method for the rest.", default=strawberry.UNSET
    )
    method_kind: PaymentMethodKind | None = optional("Kind of payment method for the rest, where none is stored.")
    return_url: str | None = optional(
        "Address of your page that the payer comes back to, where they confirm on another page. Its origin must be one "
        "of those that may call this API."
    )


def choice_of(value: PaymentChoice | None) -> Choice:
    """What the input asks for; left out, everything comes from the wallet."""
    asked = given(value)
    if asked is None:
        return Choice()
    return Choice(
        wallet_minor=given(asked.wallet_amount_minor),
        method_id=optional_key(asked.payment_method_id),
        kind=given(asked.method_kind),
        return_url=given(asked.return_url),
    )
