-- One organization with very many products, in a database of its own: does a page cost the same wherever it lies?
-- Numbers behind a colon are filled in by bench/pages.py, which also makes the session begin.

SET timezone = 'UTC';
SET synchronous_commit = off;

CREATE FUNCTION pg_temp.key(series int, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex(1672531200000 + number), 12, '0') || '7' || lpad(to_hex(series), 3, '0')
        || '8' || lpad(to_hex(number), 15, '0'))::uuid
$$;

INSERT INTO users (id, login, login_key, password_hash, first_name, last_name, name, name_sort, locale, is_staff, created_at)
VALUES (pg_temp.key(1, 1), 'user-1@bench.example', 'user-1@bench.example', '!', 'Person', 'Number 1', 'Person Number 1',
    'person number 1', 'EN', FALSE, '2023-01-01');

INSERT INTO sessions (id, user_id, secret_hash, application, user_agent, address, created_at, last_used_at, expires_at, proved_at)
VALUES (pg_temp.key(2, 1), pg_temp.key(1, 1), encode(sha256(convert_to(':secret1', 'UTF8')), 'hex'), 'bench', '', '',
    '2023-01-01', '2023-01-01', '2023-01-02', '2023-01-01');

INSERT INTO organizations (id, kind, name, name_sort, street, postal_code, city, country, currency, time_zone,
    member_count, legal_representative_count, event_position, created_at)
VALUES (pg_temp.key(3, 1), 'COMPANY', 'Organization', 'organization', 'Main Street 1', '1000', 'Lausanne', 'CH', 'CHF',
    'Europe/Zurich', 1, 1, 0, '2023-01-01');

INSERT INTO memberships (id, organization_id, user_id, role, billing, billing_reminders, product_events, created_at)
VALUES (pg_temp.key(4, 1), pg_temp.key(3, 1), pg_temp.key(1, 1), 'LEGAL_REPRESENTATIVE', TRUE, FALSE, FALSE, '2023-01-01');

INSERT INTO products (id, organization_id, kind, family, state, name, name_sort, label, label_sort, expires_on, created_at)
SELECT pg_temp.key(5, n), pg_temp.key(3, 1), 'WEB_HOSTING', 'WEB_AND_DOMAIN', 'ACTIVE',
    'product-' || lpad(n::text, 7, '0'), 'product-' || lpad(n::text, 7, '0'), '', '', date '2027-07-01',
    '2023-01-01'::timestamptz + n * interval '1 second'
FROM generate_series(1, :products) n;
