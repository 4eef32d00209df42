"""Charges: what can be charged, and which VAT it bears wherever it is shown or invoiced (INV2, INV4, WAL6)."""

from datetime import date

from rules.invoicing import Line, add_up
from rules.organizations import OrganizationKind, VatStatus
from rules.states import ChargeKind
from rules.tax import rate_for_payer

# What can be charged for a product; the third kind comes about by itself.
RECORDED_KINDS = (ChargeKind.FEE, ChargeKind.OVERAGE)
LARGEST_NET_MINOR = 10_000_000_00


def charge_vat_rate(
    kind: ChargeKind, country: str, payer_kind: OrganizationKind, vat_status: VatStatus | None, on: date
) -> int:
    """The VAT rate of a charge for a service that begins on a day: nothing was sold by a top-up that was reversed."""
    return 0 if kind is ChargeKind.REVERSED_TOP_UP else rate_for_payer(country, payer_kind, vat_status, on)


def total_alone_minor(net_minor: int, vat_rate: int) -> int:
    """What a charge comes to, VAT included, when it stands alone on its invoice."""
    return add_up([Line("", 1, net_minor, vat_rate)]).total_minor
