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


def _named(prefix: Prefix, alias: str) -> str:
    """The public id of a row, as transfers name it, on both databases."""
    return f"'{prefix}_' || REPLACE(CAST({alias}.id AS VARCHAR(36)), '-', '')"


# What stands in the statements for the public ids of the payment p, the withdrawal w, the incoming transfer i and the
# credit note n, and for what one of our own accounts a was given, less what was taken from it.
_NAMES = {
    "{payment}": _named(Prefix.PAYMENT, "p"),
    "{withdrawal}": _named(Prefix.WITHDRAWAL, "w"),
    "{incoming}": _named(Prefix.INCOMING_TRANSFER, "i"),
    "{note}": _named(Prefix.INVOICE, "n"),
    "{earned}": """
        COALESCE((SELECT SUM(t.amount_minor) FROM ledger_transfers t WHERE t.credit_id = a.id), 0)
        - COALESCE((SELECT SUM(t.amount_minor) FROM ledger_transfers t WHERE t.debit_id = a.id), 0)
    """,
}

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
            COALESCE(m.moved_minor, 0) AS found
        FROM payments p LEFT JOIN (
            SELECT t.reference AS reference,
                SUM(CASE WHEN t.cause = 'PAYMENT' THEN t.amount_minor ELSE -t.amount_minor END) AS moved_minor
            FROM ledger_transfers t
            JOIN ledger_accounts d ON d.id = t.debit_id JOIN ledger_accounts c ON c.id = t.credit_id
            WHERE (d.kind = 'CLEARING' AND t.cause = 'PAYMENT')
                OR (c.kind = 'CLEARING' AND t.cause = 'PAYMENT_REVERSED')
            GROUP BY t.reference
        ) m ON m.reference = {payment}
        WHERE p.purpose = 'INVOICES'
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
        "a charge stands on one invoice at most, with its own net amount",
        """
        SELECT c.id AS subject, SUM(l.net_minor) AS found, c.net_minor AS expected
        FROM charges c JOIN invoice_lines l ON l.charge_id = c.id JOIN invoices i ON i.id = l.invoice_id
        WHERE i.kind = 'INVOICE' GROUP BY c.id, c.net_minor
        """,
    ),
    Check(
        "a charge's state is that of its invoice",
        """
        SELECT c.id AS subject, c.state AS found,
            COALESCE((SELECT MIN(CASE i.state
                    WHEN 'PAID' THEN 'SETTLED' WHEN 'VOID' THEN 'CANCELLED' ELSE 'INVOICED' END)
                FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id
                WHERE l.charge_id = c.id AND i.kind = 'INVOICE'),
                CASE c.state WHEN 'CANCELLED' THEN 'CANCELLED' ELSE 'OPEN' END) AS expected
        FROM charges c
        """,
    ),
    Check(
        "no more is credited than was billed, and of an invoice that was taken back all of it",
        """
        SELECT i.id AS subject, i.total_minor AS found, CASE
            WHEN i.state = 'VOID' OR i.total_minor < SUM(-n.total_minor) THEN SUM(-n.total_minor)
            ELSE i.total_minor END AS expected
        FROM invoices i JOIN invoices n ON n.corrects_id = i.id GROUP BY i.id, i.total_minor, i.state
        """,
    ),
    Check(
        "a credit note gave back what was paid",
        """
        SELECT n.id AS subject, CASE WHEN i.state = 'VOID' THEN 0 ELSE -n.total_minor END AS expected,
            COALESCE((SELECT SUM(t.amount_minor) FROM ledger_transfers t
                WHERE t.reference = {note} AND t.cause = 'CREDIT_NOTE'), 0) AS found
        FROM invoices n JOIN invoices i ON i.id = n.corrects_id
        """,
    ),
    Check(
        "revenue is what paid invoices come to without VAT, less what was credited",
        """
        SELECT a.id AS subject, {earned} AS found,
            COALESCE((SELECT SUM(l.net_minor) FROM invoice_lines l
                JOIN invoices i ON i.id = l.invoice_id LEFT JOIN invoices o ON o.id = i.corrects_id
                LEFT JOIN charges c ON c.id = l.charge_id
                WHERE i.currency = a.currency AND i.state = 'PAID' AND COALESCE(o.state, '') <> 'VOID'
                AND COALESCE(c.kind, '') <> 'REVERSED_TOP_UP'), 0) AS expected
        FROM ledger_accounts a WHERE a.kind = 'REVENUE'
        """,
    ),
    Check(
        "the VAT that is due is that of paid invoices, less that of credit notes",
        """
        SELECT a.id AS subject, {earned} AS found,
            COALESCE((SELECT SUM(i.vat_minor) FROM invoices i LEFT JOIN invoices o ON o.id = i.corrects_id
                WHERE i.currency = a.currency AND i.state = 'PAID' AND COALESCE(o.state, '') <> 'VOID'), 0) AS expected
        FROM ledger_accounts a WHERE a.kind = 'VAT_DUE'
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
    Check(
        "a withdrawal moved what its state says",
        """
        SELECT w.id AS subject, CASE WHEN w.state IN ('IN_TRANSIT', 'PAID') THEN w.amount_minor ELSE 0 END AS expected,
            COALESCE((SELECT SUM(CASE WHEN c.kind = 'PAYOUTS' THEN t.amount_minor ELSE -t.amount_minor END)
                FROM ledger_transfers t JOIN ledger_accounts c ON c.id = t.credit_id
                WHERE t.reference = {withdrawal}), 0) AS found
        FROM withdrawals w
        """,
    ),
    Check(
        "what was kept aside for a withdrawal became what its state says",
        """
        SELECT w.id AS subject, h.state AS found, CASE w.state WHEN 'REQUESTED' THEN 'ACTIVE'
            WHEN 'CANCELLED' THEN 'RELEASED' ELSE 'CAPTURED' END AS expected
        FROM withdrawals w JOIN holds h ON h.id = w.hold_id
        """,
    ),
    Check(
        "a payout file holds the withdrawals that it says",
        """
        SELECT f.id AS subject, f.total_minor AS found,
            COALESCE((SELECT SUM(w.amount_minor) FROM withdrawals w WHERE w.payout_file_id = f.id), 0) AS expected
        FROM payout_files f
        """,
    ),
    Check(
        "money that arrived waits for staff exactly while it is unmatched",
        """
        SELECT i.id AS subject, CASE WHEN i.matched = '' THEN i.amount_minor ELSE 0 END AS expected,
            COALESCE((SELECT SUM(CASE WHEN c.kind = 'UNMATCHED' THEN t.amount_minor
                    WHEN d.kind = 'UNMATCHED' THEN -t.amount_minor ELSE 0 END) FROM ledger_transfers t
                JOIN ledger_accounts c ON c.id = t.credit_id JOIN ledger_accounts d ON d.id = t.debit_id
                WHERE t.reference = {incoming}), 0) AS found
        FROM incoming_transfers i
        """,
    ),
    Check(
        "money that arrived went to the wallet that it names",
        """
        SELECT i.id AS subject, CASE WHEN i.matched LIKE 'wal%' THEN i.amount_minor ELSE 0 END AS expected,
            COALESCE((SELECT SUM(t.amount_minor) FROM ledger_transfers t JOIN ledger_accounts c ON c.id = t.credit_id
                WHERE t.reference = {incoming} AND c.kind = 'WALLET'
                AND i.matched = 'wal_' || REPLACE(CAST(c.id AS VARCHAR(36)), '-', '')), 0) AS found
        FROM incoming_transfers i
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
    statement = check.statement
    for placeholder, name in _NAMES.items():
        statement = statement.replace(placeholder, name)
    rows = await connection.execute_query_dict(
        f"SELECT * FROM ({statement}) looked_at WHERE found <> expected"  # noqa: S608 -- statements of ours
    )
    return [Difference(check.name, str(row["subject"]), str(row["found"]), str(row["expected"])) for row in rows]
