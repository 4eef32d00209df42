"""Proving the books: every balance is the sum of its transfers, and every state says what the money says (WAL5)."""

from collections.abc import Callable
from dataclasses import dataclass

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connections

from rules.identifiers import Prefix


@dataclass(frozen=True)
class Difference:
    """Something that does not add up: what was looked at, which row, what it says and what it should say."""

    check: str
    subject: str
    found: str
    expected: str


@dataclass(frozen=True)
class Check:
    """A statement that answers rows only where something is wrong: subject, found, expected."""

    name: str
    statement: str


# The public id of the payment p, as transfers name it, on both databases.
_PAYMENT = f"'{Prefix.PAYMENT}_' || REPLACE(CAST(p.id AS VARCHAR(36)), '-', '')"

CHECKS = (
    Check(
        "a wallet's balance is the sum of its transfers",
        """
        SELECT a.id AS subject, a.balance_minor AS found,
            COALESCE((SELECT SUM(t.amount_minor) FROM ledger_transfers t WHERE t.credit_id = a.id), 0)
            - COALESCE((SELECT SUM(t.amount_minor) FROM ledger_transfers t WHERE t.debit_id = a.id), 0) AS expected
        FROM ledger_accounts a WHERE a.kind = 'WALLET'
        """,
    ),
    Check(
        "a wallet's promotional credit is the sum of its transfers' promotional parts",
        """
        SELECT a.id AS subject, a.promotional_minor AS found,
            COALESCE((SELECT SUM(t.promotional_minor) FROM ledger_transfers t WHERE t.credit_id = a.id), 0)
            - COALESCE((SELECT SUM(t.promotional_minor) FROM ledger_transfers t WHERE t.debit_id = a.id), 0) AS expected
        FROM ledger_accounts a WHERE a.kind = 'WALLET'
        """,
    ),
    Check(
        "what is kept aside of a wallet is the sum of its active holds",
        """
        SELECT a.id AS subject, a.held_minor AS found,
            COALESCE((SELECT SUM(h.amount_minor) FROM holds h WHERE h.account_id = a.id AND h.state = 'ACTIVE'), 0)
            AS expected
        FROM ledger_accounts a WHERE a.kind = 'WALLET'
        """,
    ),
    Check(
        "what promotional credit is kept aside is the sum of its active holds",
        """
        SELECT a.id AS subject, a.promotional_held_minor AS found,
            COALESCE((SELECT SUM(h.promotional_minor) FROM holds h
                WHERE h.account_id = a.id AND h.state = 'ACTIVE'), 0) AS expected
        FROM ledger_accounts a WHERE a.kind = 'WALLET'
        """,
    ),
    Check(
        "what is kept aside is for something under way",
        """
        SELECT h.id AS subject, 1 AS found,
            (SELECT COUNT(*) FROM payments p
                WHERE p.hold_id = h.id AND p.state IN ('PENDING', 'ACTION_REQUIRED', 'UNKNOWN'))
            + (SELECT COUNT(*) FROM withdrawals w WHERE w.hold_id = h.id AND w.state = 'REQUESTED') AS expected
        FROM holds h WHERE h.state = 'ACTIVE'
        """,
    ),
    Check(
        "what is in all wallets came out of the provider's own accounts",
        """
        SELECT w.currency AS subject, SUM(w.balance_minor) AS found,
            COALESCE((SELECT SUM(t.amount_minor) FROM ledger_transfers t JOIN ledger_accounts o ON o.id = t.debit_id
                WHERE o.kind <> 'WALLET' AND o.currency = w.currency), 0)
            - COALESCE((SELECT SUM(t.amount_minor) FROM ledger_transfers t JOIN ledger_accounts o ON o.id = t.credit_id
                WHERE o.kind <> 'WALLET' AND o.currency = w.currency), 0) AS expected
        FROM ledger_accounts w WHERE w.kind = 'WALLET' GROUP BY w.currency
        """,
    ),
    Check(
        "a wallet's entries are numbered without gaps",
        """
        SELECT a.id AS subject, a.entry_count AS found,
            (SELECT COUNT(*) FROM ledger_entries e
                WHERE e.account_id = a.id AND e.position <= a.entry_count) AS expected
        FROM ledger_accounts a WHERE a.kind = 'WALLET'
        """,
    ),
    Check(
        "each entry's balance follows from the one before",
        """
        SELECT e.id AS subject, e.balance_after_minor AS found,
            COALESCE((SELECT p.balance_after_minor FROM ledger_entries p
                WHERE p.account_id = e.account_id AND p.position = e.position - 1), 0) + e.amount_minor AS expected
        FROM ledger_entries e
        """,
    ),
    Check(
        "a wallet's last entry says its balance",
        """
        SELECT a.id AS subject, a.balance_minor AS found,
            COALESCE((SELECT e.balance_after_minor FROM ledger_entries e
                WHERE e.account_id = a.id ORDER BY e.position DESC LIMIT 1), 0) AS expected
        FROM ledger_accounts a WHERE a.kind = 'WALLET'
        """,
    ),
    Check(
        "nothing stays between a payment and its invoices",
        """
        SELECT t.reference AS subject,
            SUM(CASE WHEN c.kind = 'CLEARING' THEN t.amount_minor ELSE 0 END)
            - SUM(CASE WHEN d.kind = 'CLEARING' THEN t.amount_minor ELSE 0 END) AS found, 0 AS expected
        FROM ledger_transfers t
        JOIN ledger_accounts d ON d.id = t.debit_id JOIN ledger_accounts c ON c.id = t.credit_id
        WHERE d.kind = 'CLEARING' OR c.kind = 'CLEARING' GROUP BY t.reference
        """,
    ),
    Check(
        "a top-up moved what its state says",
        """
        SELECT p.id AS subject, CASE WHEN p.state = 'SUCCEEDED' THEN p.amount_minor ELSE 0 END AS expected,
            COALESCE((SELECT SUM(CASE WHEN t.cause = 'TOP_UP' THEN t.amount_minor ELSE -t.amount_minor END)
                FROM ledger_transfers t WHERE t.reference = {payment}
                AND t.cause IN ('TOP_UP', 'TOP_UP_REVERSED')), 0) AS found
        FROM payments p WHERE p.purpose = 'TOP_UP'
        """,
    ),
    Check(
        "a payment moved what its state says",
        """
        SELECT p.id AS subject, CASE WHEN p.state = 'SUCCEEDED' THEN p.amount_minor ELSE 0 END AS expected,
            COALESCE((SELECT SUM(t.amount_minor) FROM ledger_transfers t JOIN ledger_accounts d ON d.id = t.debit_id
                WHERE t.reference = {payment} AND d.kind = 'CLEARING' AND t.cause = 'PAYMENT'), 0)
            - COALESCE((SELECT SUM(t.amount_minor) FROM ledger_transfers t JOIN ledger_accounts c ON c.id = t.credit_id
                WHERE t.reference = {payment} AND c.kind = 'CLEARING' AND t.cause = 'PAYMENT_REVERSED'), 0) AS found
        FROM payments p WHERE p.purpose = 'INVOICES'
        """,
    ),
    Check(
        "an invoice is paid exactly when live payments sum to its total",
        """
        SELECT i.id AS subject, CASE WHEN i.state = 'PAID' THEN i.total_minor ELSE 0 END AS found,
            COALESCE((SELECT SUM(l.amount_minor) FROM payment_allocations l JOIN payments p ON p.id = l.payment_id
                WHERE l.invoice_id = i.id AND l.is_live AND p.state = 'SUCCEEDED'), 0) AS expected
        FROM invoices i WHERE i.kind = 'INVOICE'
        """,
    ),
    Check(
        "an invoice's total is the sum of its lines and of its taxes",
        """
        SELECT i.id AS subject, i.total_minor AS found,
            COALESCE((SELECT SUM(l.net_minor + l.vat_minor) FROM invoice_lines l
                WHERE l.invoice_id = i.id), 0) AS expected
        FROM invoices i
        UNION ALL
        SELECT i.id AS subject, i.total_minor AS found,
            COALESCE((SELECT SUM(x.net_minor + x.vat_minor) FROM invoice_taxes x
                WHERE x.invoice_id = i.id), 0) AS expected
        FROM invoices i
        """,
    ),
    Check(
        "invoice numbers have no gaps",
        """
        SELECT s.id AS subject, s.last_number AS found,
            (SELECT COUNT(*) FROM invoices i WHERE i.kind = s.kind
                AND i.number LIKE '%' || CAST(s.year AS VARCHAR(4)) || '-%') AS expected
        FROM invoice_series s
        """,
    ),
)


async def reconcile(report: Callable[[Difference], None] | None = None) -> list[Difference]:
    """Look at all the books; answers, and reports one by one, what does not add up. Changes nothing."""
    connection = get_connections().all()[0]
    differences: list[Difference] = []
    for check in CHECKS:
        differences += await _run(connection, check)
    for difference in differences:
        if report is not None:
            report(difference)
    return differences


async def _run(connection: BaseDBAsyncClient, check: Check) -> list[Difference]:
    statement = check.statement.replace("{payment}", _PAYMENT)
    rows = await connection.execute_query_dict(
        f"SELECT * FROM ({statement}) looked_at WHERE found <> expected"  # noqa: S608 -- statements of ours
    )
    return [Difference(check.name, str(row["subject"]), str(row["found"]), str(row["expected"])) for row in rows]
