// Paying invoices from the wallet, in one transaction: with ledger, idempotency key, events and audit.
import { pool, select } from "./database.mjs";

async function inTransaction(work) {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const result = await work((text, values) => select(text, values, client));
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

export function payInvoices(viewer, { organizationId, invoiceIds, expectedAmountMinor, idempotencyKey }) {
  return inTransaction(async (run) => {
    const scope = organizationId.replaceAll("-", "");
    await run(
      `INSERT INTO idempotency_records (id, scope, mutation, key, fingerprint, reference, created_at)
       VALUES (gen_random_uuid(), $1, 'payInvoices', $2, '', '', now())`,
      [scope, idempotencyKey],
    );
    await run("SELECT id FROM organizations WHERE id = $1 FOR UPDATE", [organizationId]);
    const [wallet] = await run(
      "SELECT id, currency, balance_minor, held_minor FROM ledger_accounts WHERE organization_id = $1 AND is_current FOR UPDATE",
      [organizationId],
    );
    const invoices = await run(
      `SELECT id, number, total_minor FROM invoices
       WHERE id = ANY($1::uuid[]) AND billed_to_id = $2 AND state = 'OPEN' AND NOT is_being_paid ORDER BY id FOR UPDATE`,
      [invoiceIds, organizationId],
    );
    const total = invoices.reduce((sum, invoice) => sum + BigInt(invoice.total_minor), 0n);
    if (invoices.length !== invoiceIds.length) throw new Error("an invoice cannot be paid");
    if (total !== BigInt(expectedAmountMinor)) throw new Error("the amount has changed");
    if (BigInt(wallet.balance_minor) - BigInt(wallet.held_minor) < total) throw new Error("too little in the wallet");
    const payment = await write(run, organizationId, wallet, total, invoices);
    await record(run, viewer, organizationId, payment, invoices);
    await run("UPDATE idempotency_records SET reference = $3 WHERE scope = $1 AND mutation = 'payInvoices' AND key = $2", [
      scope,
      idempotencyKey,
      `pay_${payment.id.replaceAll("-", "")}`,
    ]);
    return payment;
  });
}

async function write(run, organizationId, wallet, total, invoices) {
  const [payment] = await run(
    `INSERT INTO payments (id, organization_id, billed_to_id, purpose, state, currency, amount_minor, wallet_minor,
       method_kind, wallet_id, provider, created_at, settled_at, created_by_automatic_top_up)
     VALUES (gen_random_uuid(), $1, $1, 'INVOICES', 'SUCCEEDED', $2, $3, $3, 'WALLET', $4, '', now(), now(), FALSE)
     RETURNING id, state, currency, amount_minor, settled_at`,
    [organizationId, wallet.currency, total.toString(), wallet.id],
  );
  const keys = invoices.map((invoice) => invoice.id);
  await run(
    `INSERT INTO ledger_transfers (id, debit_id, credit_id, currency, amount_minor, promotional_minor, cause, reference,
       debit_entry_id, credit_entry_id, created_at)
     SELECT gen_random_uuid(), debit, credit, $2, amount, 0, 'PAYMENT', $4, gen_random_uuid(), gen_random_uuid(), now()
     FROM (
       SELECT $1::uuid AS debit, clearing.id AS credit, $3::bigint AS amount FROM ledger_accounts clearing
       WHERE clearing.kind = 'CLEARING' AND clearing.currency = $2
       UNION ALL
       SELECT clearing.id, ours.id, CASE ours.kind WHEN 'REVENUE' THEN i.net_minor ELSE i.vat_minor END
       FROM invoices i JOIN ledger_accounts clearing ON clearing.kind = 'CLEARING' AND clearing.currency = $2
       JOIN ledger_accounts ours ON ours.kind IN ('REVENUE', 'VAT_DUE') AND ours.currency = $2
       WHERE i.id = ANY($5::uuid[])
     ) moves WHERE amount > 0`,
    [wallet.id, wallet.currency, total.toString(), `pay_${payment.id.replaceAll("-", "")}`, keys],
  );
  await run(
    `INSERT INTO payment_allocations (id, billed_to_id, payment_id, invoice_id, currency, amount_minor, is_live, created_at)
     SELECT gen_random_uuid(), billed_to_id, $1, id, currency, total_minor, TRUE, now() FROM invoices WHERE id = ANY($2::uuid[])`,
    [payment.id, keys],
  );
  await run("UPDATE invoices SET state = 'PAID', paid_at = now() WHERE id = ANY($1::uuid[])", [keys]);
  return payment;
}

async function record(run, viewer, organizationId, payment, invoices) {
  const happened = [
    ...invoices.map((invoice) => ["INVOICE_PAID", `inv_${invoice.id.replaceAll("-", "")}`, { number: invoice.number }]),
    ["PAYMENT_SUCCEEDED", `pay_${payment.id.replaceAll("-", "")}`, { amount_minor: payment.amount_minor }],
  ];
  for (const [kind, subject, data] of happened) {
    const values = [organizationId, kind, subject, viewer.user_id, JSON.stringify(data)];
    await run(
      `WITH counted AS (UPDATE organizations SET event_position = event_position + 1 WHERE id = $1 RETURNING event_position)
       INSERT INTO events (id, organization_id, position, kind, subject, actor_id, data, occurred_at)
       SELECT gen_random_uuid(), $1, event_position, $2, $3, $4, $5, now() FROM counted`,
      values,
    );
    await run(
      `INSERT INTO audit_entries (id, organization_id, user_id, session_id, action, subject, data, address, occurred_at)
       VALUES (gen_random_uuid(), $1, $4, $6, $2, $3, $5, '', now())`,
      [...values, viewer.session_id],
    );
  }
}
