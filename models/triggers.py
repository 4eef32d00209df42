"""What the database itself does for money: it moves balances, writes wallets' entries, and lets nothing be rewritten.

A migration runs the statements, on both databases alike. One that builds one of these tables anew on SQLite must create
its triggers again.
"""

from tortoise.backends.base.client import BaseDBAsyncClient

from models.fields import new_id
from models.ledger import OUR_ACCOUNTS

_COLUMNS = (
    "id, kind, currency, organization_id, is_current, balance_minor, held_minor, promotional_minor, "
    "promotional_held_minor, entry_count, created_at"
)
OPENED_AT = "2026-01-01 00:00:00+00:00"

# A transfer moves both balances; a wallet gets an entry with its balance after it. The provider's own accounts keep no
# balance: it is summed from their transfers, so that payments of different customers never wait for each other.
_ENTRY = """
    UPDATE ledger_accounts SET
        balance_minor = balance_minor {sign} NEW.amount_minor,
        promotional_minor = promotional_minor {sign} NEW.promotional_minor,
        entry_count = entry_count + 1
    WHERE id = NEW.{side}_id AND kind = 'WALLET';
    INSERT INTO ledger_entries (id, organization_id, account_id, transfer_id, position, currency, amount_minor,
        promotional_minor, balance_after_minor, cause, reference, created_at)
    SELECT NEW.{side}_entry_id, organization_id, id, NEW.id, entry_count, currency, {sign} NEW.amount_minor,
        {sign} NEW.promotional_minor, balance_minor, NEW.cause, NEW.reference, NEW.created_at
    FROM ledger_accounts WHERE id = NEW.{side}_id AND kind = 'WALLET';
"""
_APPLY = _ENTRY.format(side="debit", sign="-") + _ENTRY.format(side="credit", sign="+")

_OF_OTHER_CURRENCY = (
    "(SELECT count(*) FROM ledger_accounts WHERE id IN (NEW.debit_id, NEW.credit_id) AND currency = NEW.currency) <> 2"
)
_WITHOUT_ENTRY = "NEW.balance_minor <> OLD.balance_minor AND NEW.entry_count <> OLD.entry_count + 1"

_FIXED_ONCE_ISSUED = (
    "number",
    "kind",
    "currency",
    "net_minor",
    "vat_minor",
    "total_minor",
    "is_reverse_charge",
    "organization_id",
    "billed_to_id",
    "payer_name",
    "payer_street",
    "payer_postal_code",
    "payer_city",
    "payer_country",
    "payment_reference",
    "issued_on",
    "due_on",
)
_REWRITTEN = (
    "OLD.number <> '' AND ("
    + " OR ".join(f"NEW.{column} <> OLD.{column}" for column in _FIXED_ONCE_ISSUED)
    + " OR NEW.state = 'DRAFT')"
)
_IS_ISSUED = "(SELECT number FROM invoices WHERE id = {row}.invoice_id) <> ''"

# table, moment, condition, what is said
_REFUSALS: tuple[tuple[str, str, str, str], ...] = (
    ("ledger_transfers", "INSERT", _OF_OTHER_CURRENCY, "a transfer stays in one currency"),
    ("ledger_transfers", "UPDATE", "1 = 1", "transfers are never changed"),
    ("ledger_transfers", "DELETE", "1 = 1", "transfers are never deleted"),
    ("ledger_entries", "UPDATE", "1 = 1", "entries are never changed"),
    ("ledger_entries", "DELETE", "1 = 1", "entries are never deleted"),
    ("ledger_accounts", "UPDATE", _WITHOUT_ENTRY, "a balance changes by transfers only"),
    ("ledger_accounts", "DELETE", "OLD.entry_count > 0", "an account with entries is never deleted"),
    ("invoices", "UPDATE", _REWRITTEN, "an issued invoice is never changed"),
    ("invoices", "DELETE", "OLD.number <> ''", "an issued invoice is never deleted"),
    ("invoice_lines", "INSERT", _IS_ISSUED.format(row="NEW"), "an issued invoice is never changed"),
    ("invoice_lines", "UPDATE", _IS_ISSUED.format(row="OLD"), "an issued invoice is never changed"),
    ("invoice_lines", "DELETE", _IS_ISSUED.format(row="OLD"), "an issued invoice is never changed"),
    ("invoice_taxes", "INSERT", _IS_ISSUED.format(row="NEW"), "an issued invoice is never changed"),
    ("invoice_taxes", "UPDATE", _IS_ISSUED.format(row="OLD"), "an issued invoice is never changed"),
    ("invoice_taxes", "DELETE", _IS_ISSUED.format(row="OLD"), "an issued invoice is never changed"),
)


async def open_our_accounts(client: BaseDBAsyncClient) -> None:
    """Write the provider's own accounts, one of each kind and currency, under their fixed keys."""
    for (kind, currency), key in OUR_ACCOUNTS.items():
        values = f"'{key.hex}', '{kind}', '{currency}', NULL, FALSE, 0, 0, 0, 0, 0, '{OPENED_AT}'"
        await client.execute_query(f"INSERT INTO ledger_accounts ({_COLUMNS}) VALUES ({values})")  # noqa: S608 -- ours


async def open_current_wallets(client: BaseDBAsyncClient) -> None:
    """Write a wallet in today's currency for every organization that is there already (WAL1)."""
    for row in await client.execute_query_dict("SELECT id, currency FROM organizations"):
        owner, currency = str(row["id"]).replace("-", ""), row["currency"]
        values = f"'{new_id().hex}', 'WALLET', '{currency}', '{owner}', TRUE, 0, 0, 0, 0, 0, '{OPENED_AT}'"
        await client.execute_query(f"INSERT INTO ledger_accounts ({_COLUMNS}) VALUES ({values})")  # noqa: S608 -- ours


async def create_money_triggers(client: BaseDBAsyncClient) -> None:
    """Create the triggers of the ledger and of invoices."""
    statements = _sqlite() if client.capabilities.dialect == "sqlite" else _postgresql()
    for statement in statements:
        await client.execute_query(statement)


def _sqlite() -> list[str]:
    refusals = [
        f"CREATE TRIGGER {table}_guard_{moment.lower()} BEFORE {moment} ON {table} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        for table, moment, condition, message in _REFUSALS
    ]
    return [
        *refusals,
        f"CREATE TRIGGER ledger_transfers_apply AFTER INSERT ON ledger_transfers BEGIN {_APPLY} END",
    ]


def _postgresql() -> list[str]:
    statements = []
    for table, moment, condition, message in _REFUSALS:
        name = f"{table}_guard_{moment.lower()}"
        row = "OLD" if moment == "DELETE" else "NEW"
        refusal = f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'"
        statements += _postgresql_trigger(
            name, "BEFORE", moment, table, f"IF {condition} THEN {refusal}; END IF; RETURN {row};"
        )
    apply = _postgresql_trigger(
        "ledger_transfers_apply", "AFTER", "INSERT", "ledger_transfers", f"{_APPLY} RETURN NULL;"
    )
    return [*statements, *apply]


def _postgresql_trigger(name: str, when: str, moment: str, table: str, body: str) -> list[str]:
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$",
        f"CREATE TRIGGER {name} {when} {moment} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]
