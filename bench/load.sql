-- The data of the bench, the same each time. Numbers behind a colon are filled in by bench/data.py.
-- Triggers and foreign keys are off meanwhile, for speed; bench/data.py proves afterwards that everything holds.

SET session_replication_role = replica;
SET timezone = 'UTC';
SET synchronous_commit = off;
SET work_mem = '256MB';

-- A key of its own for each row of each table, in the order of the numbers.
CREATE FUNCTION pg_temp.key(series int, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex(1672531200000 + number), 12, '0') || '7' || lpad(to_hex(series), 3, '0')
        || '8' || lpad(to_hex(number), 15, '0'))::uuid
$$;

-- A number below the limit that looks drawn.
CREATE FUNCTION pg_temp.mix(number bigint, below int) RETURNS int LANGUAGE sql IMMUTABLE AS $$
    SELECT (number * 7919 % 10007 % below)::int
$$;

INSERT INTO users (id, login, login_key, password_hash, first_name, last_name, name, name_sort, locale, is_staff, created_at)
SELECT pg_temp.key(1, n), 'user-' || n || '@bench.example', 'user-' || n || '@bench.example', '!',
    'Person', 'Number ' || n, 'Person Number ' || n, 'person number ' || n, (ARRAY['EN', 'FR', 'DE'])[1 + n % 3], FALSE,
    '2023-01-01'::timestamptz + n * interval '1 minute'
FROM generate_series(1, :users) n;

-- A session for each user. Its secret is known; bench/data.py renews the sessions before each run.
INSERT INTO sessions (id, user_id, secret_hash, application, user_agent, address, created_at, last_used_at, expires_at, proved_at)
SELECT pg_temp.key(2, n), pg_temp.key(1, n), encode(sha256(convert_to(':secret' || n, 'UTF8')), 'hex'), 'bench', '', '',
    '2023-01-01', '2023-01-01', '2023-01-02', '2023-01-01'
FROM generate_series(1, :users) n;

-- Everybody owns organizations; user 1, the reseller, also administers the first of them, and all the large ones.
CREATE TEMP TABLE belonging AS
SELECT DISTINCT ON (organization, person) * FROM (
    SELECT n AS organization, 1 + (n - 1) % :users AS person, 0 AS place FROM generate_series(1, :organizations) n
    UNION ALL
    SELECT n, 1 + n * 7 % :users, 1 FROM generate_series(1, :organizations) n
    UNION ALL
    SELECT n, 1, 2 FROM generate_series(1, :organizations) n WHERE n <= :resold OR n > :organizations - :large
) everybody ORDER BY organization, person, place;

INSERT INTO memberships (id, organization_id, user_id, role, billing, billing_reminders, product_events, created_at)
SELECT pg_temp.key(4, organization * 4 + place), pg_temp.key(3, organization), pg_temp.key(1, person),
    CASE place WHEN 0 THEN 'LEGAL_REPRESENTATIVE' ELSE 'ADMINISTRATOR' END, TRUE, FALSE, FALSE,
    '2023-01-01'::timestamptz + organization * interval '1 minute'
FROM belonging ORDER BY organization, place;

INSERT INTO organizations (id, kind, name, name_sort, street, postal_code, city, country, currency, time_zone,
    member_count, legal_representative_count, event_position, created_at)
SELECT pg_temp.key(3, n), 'COMPANY', 'Organization ' || lpad(n::text, 6, '0'), 'organization ' || lpad(n::text, 6, '0'),
    'Main Street ' || n, '1000', 'Lausanne', CASE WHEN n % 4 = 0 THEN 'FR' ELSE 'CH' END,
    CASE WHEN n % 4 = 0 THEN 'EUR' ELSE 'CHF' END, 'Europe/Zurich', members, 1, 0,
    '2023-01-01'::timestamptz + n * interval '1 minute'
FROM generate_series(1, :organizations) n
JOIN (SELECT organization, count(*) AS members FROM belonging GROUP BY organization) counted ON organization = n;

-- A quarter of the products, and of the invoices, belongs to the large organizations.
CREATE TEMP TABLE owned AS
SELECT n AS product, row_number() OVER (PARTITION BY organization ORDER BY n) - 1 AS place, organization FROM (
    SELECT n, CASE WHEN n % 4 = 0 THEN :organizations - (n / 4) % :large
        ELSE 1 + (n - n / 4 - 1) % (:organizations - :large) END AS organization
    FROM generate_series(1, :products) n
) numbered;
CREATE TEMP TABLE owners AS SELECT organization, count(*) AS products FROM owned GROUP BY organization;
ANALYZE owned, owners;

INSERT INTO products (id, organization_id, kind, family, state, name, name_sort, label, label_sort, expires_on, created_at)
SELECT pg_temp.key(5, product), pg_temp.key(3, organization), (ARRAY[:kinds])[kind], (ARRAY[:families])[kind],
    (ARRAY['ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'EXPIRED', 'BLOCKED'])[1 + pg_temp.mix(product, 6)],
    'product-' || lpad(product::text, 6, '0') || '.example', 'product-' || lpad(product::text, 6, '0') || '.example',
    CASE WHEN product % 5 = 0 THEN 'Label ' || product ELSE '' END,
    CASE WHEN product % 5 = 0 THEN 'label ' || product ELSE '' END,
    date '2026-07-01' + pg_temp.mix(product, 700), '2023-01-01'::timestamptz + product * interval '10 seconds'
FROM (SELECT *, 1 + pg_temp.mix(product, :kind_count) AS kind FROM owned) drawn;

CREATE TEMP TABLE billed AS
SELECT *, CASE WHEN organization % 4 = 0 THEN 'EUR' ELSE 'CHF' END AS currency,
    CASE WHEN organization % 4 = 0 THEN 2000 ELSE 810 END AS vat_rate,
    pg_temp.mix(invoice, 10) >= 2 AS is_paid,
    '2024-01-01'::timestamptz + invoice * (interval '900 days' / :invoices) AS created_at
FROM (
    SELECT n AS invoice, CASE WHEN n % 4 = 0 THEN :organizations - (n / 4) % :large
        ELSE 1 + (n - n / 4 - 1) % :organizations END AS organization
    FROM generate_series(1, :invoices) n
) numbered;

-- One to five lines; their shares of the VAT are the steps of its rounded running total.
CREATE TEMP TABLE lines AS
SELECT *, round(total * vat_rate / 10000.0)::bigint - round((total - net) * vat_rate / 10000.0)::bigint AS vat FROM (
    SELECT *, sum(net) OVER (PARTITION BY invoice ORDER BY position) AS total FROM (
        SELECT *, quantity * unit_net AS net FROM (
            SELECT b.invoice, b.organization, b.currency, b.vat_rate, position, o.product,
                1 + pg_temp.mix(b.invoice + position, 3) AS quantity,
                500 + 100 * pg_temp.mix(b.invoice * 5 + position, 97) AS unit_net
            FROM billed b JOIN owners USING (organization)
            CROSS JOIN LATERAL generate_series(1, 1 + pg_temp.mix(b.invoice, 5)) position
            JOIN owned o ON o.organization = b.organization
                AND o.place = (pg_temp.mix(b.invoice, 1000) + position * 31) % owners.products
        ) drawn
    ) multiplied
) added;
CREATE TEMP TABLE totals AS SELECT invoice, sum(net)::bigint AS net, sum(vat)::bigint AS vat FROM lines GROUP BY invoice;
ANALYZE billed, lines, totals;

INSERT INTO invoices (id, organization_id, billed_to_id, kind, state, is_being_paid, number, currency, net_minor, vat_minor,
    total_minor, is_reverse_charge, payer_name, payer_street, payer_postal_code, payer_city, payer_country, locale,
    payment_reference, created_at, issued_on, issued_at, due_on, overdue_at, paid_at)
SELECT pg_temp.key(6, invoice), o.id, o.id, 'INVOICE', CASE WHEN is_paid THEN 'PAID' ELSE 'OPEN' END, FALSE,
    extract(year FROM day) || '-' || lpad((row_number() OVER (PARTITION BY extract(year FROM day) ORDER BY invoice))::text, 6, '0'),
    b.currency, net, vat, net + vat, FALSE, o.name, o.street, o.postal_code, o.city, o.country, 'EN',
    lpad(invoice::text, 27, '0'), b.created_at, day, b.created_at, day + 30, (day + 31)::timestamp AT TIME ZONE 'Europe/Zurich',
    CASE WHEN is_paid THEN b.created_at + interval '3 days' END
FROM (SELECT *, (created_at AT TIME ZONE 'Europe/Zurich')::date AS day FROM billed) b
JOIN totals USING (invoice) JOIN organizations o ON o.id = pg_temp.key(3, organization)
ORDER BY invoice;

INSERT INTO invoice_series (id, issuer, kind, year, last_number)
SELECT pg_temp.key(7, year), 'MANAGER', 'INVOICE', year, count(*)
FROM (SELECT left(number, 4)::int AS year FROM invoices) years GROUP BY year;

INSERT INTO invoice_lines (id, billed_to_id, invoice_id, position, description, product_id, period_start, period_end,
    currency, quantity, unit_net_minor, discount_minor, net_minor, vat_rate, vat_minor)
SELECT pg_temp.key(8, invoice * 8 + position), pg_temp.key(3, organization), pg_temp.key(6, invoice), position,
    'Product ' || product || ' for one year', pg_temp.key(5, product), date '2024-01-01', date '2025-01-01',
    currency, quantity, unit_net, 0, net, vat_rate, vat
FROM lines ORDER BY invoice, position;

INSERT INTO invoice_taxes (id, billed_to_id, invoice_id, vat_rate, currency, net_minor, vat_minor)
SELECT pg_temp.key(9, invoice), pg_temp.key(3, organization), pg_temp.key(6, invoice), vat_rate, currency, net, vat
FROM billed JOIN totals USING (invoice) ORDER BY invoice;

-- Every wallet was topped up in 2023, the large organizations' most of all, and has paid invoices since.
CREATE TEMP TABLE topped_up AS
SELECT n AS top_up, '2023-02-01'::timestamptz + n * (interval '300 days' / (:entries - paid)) AS created_at,
    CASE WHEN n % 5 < 2 THEN :organizations - (n / 5) % :large ELSE 1 + (n - n / 5 * 2) % :organizations END AS organization
FROM (SELECT count(*) AS paid FROM billed WHERE is_paid) counted
CROSS JOIN LATERAL generate_series(1, :entries - paid) n;

CREATE TEMP TABLE moved AS
SELECT *, row_number() OVER account AS position, sum(amount) OVER account AS balance FROM (
    SELECT top_up AS number, 'TOP_UP' AS cause, organization, 100000 + 100 * pg_temp.mix(top_up, 97) AS amount, created_at
    FROM topped_up
    UNION ALL
    SELECT invoice, 'PAYMENT', organization, -(net + vat), created_at + interval '3 days'
    FROM billed JOIN totals USING (invoice) WHERE is_paid
) everything WINDOW account AS (PARTITION BY organization ORDER BY created_at, number);

INSERT INTO ledger_accounts (id, kind, organization_id, currency, balance_minor, held_minor, promotional_minor,
    promotional_held_minor, entry_count, is_current, created_at)
SELECT pg_temp.key(10, n), 'WALLET', pg_temp.key(3, n), CASE WHEN n % 4 = 0 THEN 'EUR' ELSE 'CHF' END,
    coalesce(balance, 0), 0, 0, 0, coalesce(entries, 0), TRUE, '2023-01-01'::timestamptz + n * interval '1 minute'
FROM generate_series(1, :organizations) n
LEFT JOIN (SELECT organization, sum(amount) AS balance, count(*) AS entries FROM moved GROUP BY organization) added
    ON organization = n;

INSERT INTO payments (id, organization_id, billed_to_id, purpose, state, currency, amount_minor, wallet_minor, method_kind,
    wallet_id, provider, created_at, settled_at, created_by_automatic_top_up)
SELECT pg_temp.key(11, invoice), pg_temp.key(3, organization), pg_temp.key(3, organization), 'INVOICES', 'SUCCEEDED', currency,
    net + vat, net + vat, 'WALLET', pg_temp.key(10, organization), '', created_at + interval '3 days',
    created_at + interval '3 days', FALSE
FROM billed JOIN totals USING (invoice) WHERE is_paid ORDER BY invoice;

INSERT INTO payment_allocations (id, billed_to_id, payment_id, invoice_id, currency, amount_minor, is_live, created_at)
SELECT pg_temp.key(12, invoice), pg_temp.key(3, organization), pg_temp.key(11, invoice), pg_temp.key(6, invoice), currency,
    net + vat, TRUE, created_at + interval '3 days'
FROM billed JOIN totals USING (invoice) WHERE is_paid ORDER BY invoice;

-- What the trigger would have written: top-ups and payments move wallets, and payments go on to revenue and VAT.
INSERT INTO ledger_transfers (id, debit_id, credit_id, currency, amount_minor, promotional_minor, cause, reference,
    debit_entry_id, credit_entry_id, created_at)
SELECT pg_temp.key(13, number), ours.id, w.id, w.currency, amount, 0, cause, 'wal_' || replace(w.id::text, '-', ''),
    pg_temp.key(14, number), pg_temp.key(15, number), m.created_at
FROM moved m JOIN ledger_accounts w ON w.id = pg_temp.key(10, organization)
JOIN ledger_accounts ours ON ours.kind = 'PAYMENTS_IN_TRANSIT' AND ours.currency = w.currency
WHERE cause = 'TOP_UP' ORDER BY number;

INSERT INTO ledger_transfers (id, debit_id, credit_id, currency, amount_minor, promotional_minor, cause, reference,
    debit_entry_id, credit_entry_id, created_at)
SELECT pg_temp.key(16, invoice * 4 + step), CASE step WHEN 0 THEN pg_temp.key(10, organization) ELSE clearing.id END,
    CASE step WHEN 0 THEN clearing.id WHEN 1 THEN revenue.id ELSE due.id END, b.currency,
    CASE step WHEN 0 THEN net + vat WHEN 1 THEN net ELSE vat END, 0, 'PAYMENT',
    'pay_' || replace(pg_temp.key(11, invoice)::text, '-', ''),
    pg_temp.key(17, invoice * 4 + step), pg_temp.key(18, invoice * 4 + step), b.created_at + interval '3 days'
FROM billed b JOIN totals USING (invoice) CROSS JOIN generate_series(0, 2) step
JOIN ledger_accounts clearing ON clearing.kind = 'CLEARING' AND clearing.currency = b.currency
JOIN ledger_accounts revenue ON revenue.kind = 'REVENUE' AND revenue.currency = b.currency
JOIN ledger_accounts due ON due.kind = 'VAT_DUE' AND due.currency = b.currency
WHERE is_paid ORDER BY invoice, step;

INSERT INTO ledger_entries (id, organization_id, account_id, transfer_id, position, currency, amount_minor, promotional_minor,
    balance_after_minor, cause, reference, created_at)
SELECT CASE WHEN m.cause = 'TOP_UP' THEN credit_entry_id ELSE debit_entry_id END, pg_temp.key(3, organization),
    pg_temp.key(10, organization), t.id, position, currency, amount, 0, balance, t.cause, reference, m.created_at
FROM moved m JOIN ledger_transfers t
    ON t.id = CASE WHEN m.cause = 'TOP_UP' THEN pg_temp.key(13, number) ELSE pg_temp.key(16, number * 4) END
ORDER BY m.created_at, number;

SET session_replication_role = origin;
RESET synchronous_commit;
RESET work_mem;
