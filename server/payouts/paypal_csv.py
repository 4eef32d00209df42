"""PayPal's side of withdrawals: the list that a mass payment is made from, and the results that come back (STA2)."""

import csv
import io
from collections.abc import Iterator

from resolvers.bank_statements import Movement, PaidOut, Returned, Unreadable
from resolvers.payouts import PayoutOrder
from rules.money import Currency, decimal_amount
from server.documents.billing_csv import defused
from server.payouts.amounts import read_minor

COLUMNS = ("email", "amount", "currency", "reference")
# Words of a result's status; whatever else one says is not known yet, and is left for the next file.
PAID = frozenset({"completed", "success", "paid"})
FAILED = frozenset({"blocked", "denied", "failed", "refunded", "returned", "reversed"})


def write_mass_payment(order: PayoutOrder) -> str:
    """A row for each payment, without a row of names: address, amount, currency, and our reference."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    for payout in order.payouts:
        rows.writerow([defused(payout.address), decimal_amount(payout.amount_minor), order.currency, payout.reference])
    return text.getvalue()


def read_results(text: str) -> Iterator[Movement]:
    """What became of each payment: from a row of names with at least amount, currency, reference and status.

    Refuses with ValueError a file without these columns.
    """
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    names = {name.strip().lower(): name for name in rows.fieldnames or ()}
    missing = {"amount", "currency", "reference", "status"} - names.keys()
    if missing:
        raise ValueError(f"the file has no column {', '.join(sorted(missing))}")
    for row in rows:
        yield _read_row({short: (row[name] or "").strip() for short, name in names.items()})


def _read_row(row: dict[str, str]) -> Movement:
    reference, status = row["reference"], row["status"].lower()
    amount_minor = read_minor(row["amount"].lstrip("-"))
    if amount_minor is None or row["currency"] not in set(Currency):
        return Unreadable(f"{reference}: no amount of a currency of ours")
    currency = Currency(row["currency"])
    if status in PAID:
        return PaidOut(reference, currency, amount_minor)
    if status in FAILED:
        return Returned(reference, currency, amount_minor, row.get("reason") or row["status"])
    return Unreadable(f"{reference}: its status says nothing final")
