-- Paying invoices from the wallet, in the database: with ledger, idempotency key, events and audit. For those peers that
-- call a function where they write.
CREATE SCHEMA IF NOT EXISTS bench;
CREATE OR REPLACE FUNCTION bench.pay_invoices(
    payer uuid, invoice_ids uuid[], expected_amount_minor bigint, idempotency_key text, viewer uuid, session uuid
) RETURNS payments LANGUAGE plpgsql AS $$
DECLARE
    wallet ledger_accounts;
    clearing uuid;
    total bigint;
    found int;
    payment payments;
    paid uuid[] := invoice_ids;
    scope_of_key text := replace(payer::text, '-', '');
    payment_reference text;
    places bigint;
BEGIN
    INSERT INTO idempotency_records (id, scope, mutation, key, fingerprint, reference, created_at)
    VALUES (gen_random_uuid(), scope_of_key, 'payInvoices', idempotency_key, '', '', now());
    PERFORM 1 FROM organizations WHERE id = payer FOR UPDATE;
    SELECT * INTO wallet FROM ledger_accounts a WHERE a.organization_id = payer AND a.is_current FOR UPDATE;
    SELECT sum(total_minor), count(*) INTO total, found FROM (
        SELECT i.total_minor FROM invoices i
        WHERE i.id = ANY(paid) AND i.billed_to_id = payer AND i.state = 'OPEN' AND NOT i.is_being_paid
        ORDER BY i.id FOR UPDATE
    ) locked;
    IF found <> cardinality(paid) THEN RAISE 'an invoice cannot be paid'; END IF;
    IF total <> expected_amount_minor THEN RAISE 'the amount has changed'; END IF;
    IF wallet.balance_minor - wallet.held_minor < total THEN RAISE 'too little in the wallet'; END IF;
    INSERT INTO payments (id, organization_id, billed_to_id, purpose, state, currency, amount_minor, wallet_minor,
        method_kind, wallet_id, provider, created_at, settled_at, created_by_automatic_top_up)
    VALUES (gen_random_uuid(), payer, payer, 'INVOICES', 'SUCCEEDED', wallet.currency, total, total, 'WALLET',
        wallet.id, '', now(), now(), FALSE)
    RETURNING * INTO payment;
    payment_reference := 'pay_' || replace(payment.id::text, '-', '');
    SELECT id INTO clearing FROM ledger_accounts a WHERE a.kind = 'CLEARING' AND a.currency = wallet.currency;
    INSERT INTO ledger_transfers (id, debit_id, credit_id, currency, amount_minor, promotional_minor, cause, reference,
        debit_entry_id, credit_entry_id, created_at)
    SELECT gen_random_uuid(), debit, credit, wallet.currency, amount, 0, 'PAYMENT', payment_reference,
        gen_random_uuid(), gen_random_uuid(), now()
    FROM (
        SELECT wallet.id AS debit, clearing AS credit, total AS amount
        UNION ALL
        SELECT clearing, ours.id, CASE ours.kind WHEN 'REVENUE' THEN i.net_minor ELSE i.vat_minor END
        FROM invoices i JOIN ledger_accounts ours ON ours.kind IN ('REVENUE', 'VAT_DUE') AND ours.currency = wallet.currency
        WHERE i.id = ANY(paid)
    ) moves WHERE amount > 0;
    INSERT INTO payment_allocations (id, billed_to_id, payment_id, invoice_id, currency, amount_minor, is_live, created_at)
    SELECT gen_random_uuid(), payer, payment.id, i.id, i.currency, i.total_minor, TRUE, now()
    FROM invoices i WHERE i.id = ANY(paid);
    UPDATE invoices SET state = 'PAID', paid_at = now() WHERE id = ANY(paid);
    UPDATE organizations SET event_position = event_position + 1 + found WHERE id = payer
    RETURNING event_position - 1 - found INTO places;
    INSERT INTO events (id, organization_id, position, kind, subject, actor_id, data, occurred_at)
    SELECT gen_random_uuid(), payer, places + place, kind, subject, viewer, data, now()
    FROM bench.happened(paid, payment_reference, total);
    INSERT INTO audit_entries (id, organization_id, user_id, session_id, action, subject, data, address, occurred_at)
    SELECT gen_random_uuid(), payer, viewer, session, kind, subject, data, '', now()
    FROM bench.happened(paid, payment_reference, total);
    UPDATE idempotency_records SET reference = payment_reference
    WHERE scope = scope_of_key AND mutation = 'payInvoices' AND key = idempotency_key;
    RETURN payment;
END $$;

CREATE OR REPLACE FUNCTION bench.happened(paid uuid[], payment_reference text, total bigint)
RETURNS TABLE (place bigint, kind text, subject text, data text) LANGUAGE sql STABLE AS $$
    SELECT row_number() OVER (), 'INVOICE_PAID', 'inv_' || replace(id::text, '-', ''),
        json_build_object('number', number)::text
    FROM invoices WHERE id = ANY(paid)
    UNION ALL
    SELECT cardinality(paid) + 1, 'PAYMENT_SUCCEEDED', payment_reference, json_build_object('amount_minor', total)::text
$$;
-- Of use to the function above alone, and so no part of what is served.
COMMENT ON FUNCTION bench.happened(uuid[], text, bigint) IS E'@behavior -*';
