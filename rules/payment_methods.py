"""Which ways to pay are open for what, in which currency (INV8, WAL2)."""

from rules.money import Currency
from rules.states import PaymentMethodKind, PaymentPurpose

FRANCS_ONLY = frozenset({PaymentMethodKind.POSTFINANCE, PaymentMethodKind.TWINT})
# A wallet is filled from outside, and not by what its payer can take back for months.
NOT_FOR_TOP_UPS = frozenset({PaymentMethodKind.PAYPAL, PaymentMethodKind.WALLET})

# Money lies in the wallet, and a bank transfer is made by its payer: neither is stored with a provider.
NEVER_STORED = frozenset({PaymentMethodKind.WALLET, PaymentMethodKind.BANK_TRANSFER})


def methods_for(purpose: PaymentPurpose, currency: Currency) -> tuple[PaymentMethodKind, ...]:
    """The kinds of payment methods that a payment of this purpose and currency may be made by, in their order."""
    return tuple(
        kind
        for kind in PaymentMethodKind
        if not (kind in FRANCS_ONLY and currency is not Currency.CHF)
        and not (kind in NOT_FOR_TOP_UPS and purpose is PaymentPurpose.TOP_UP)
    )
