WITH page AS MATERIALIZED (
    SELECT *, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US+00:00') || '~' || id AS cursor,
        row_number() OVER (ORDER BY created_at DESC, id DESC) AS place
    FROM (
        SELECT id, number, state, issued_on, due_on, total_minor, currency, created_at FROM invoices
        WHERE billed_to_id = $1 AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT 101
    ) found
)
SELECT json_build_object('organization', json_build_object('invoices', json_build_object(
    'edges', (
        SELECT json_agg(json_build_object('cursor', cursor, 'node', json_build_object(
            'id', id, 'number', number, 'state', state, 'issuedOn', issued_on, 'dueOn', due_on,
            'total', json_build_object('amountMinor', total_minor::text, 'currency', currency)
        )) ORDER BY place) FROM page WHERE place <= 100
    ),
    'pageInfo', json_build_object(
        'hasNextPage', (SELECT count(*) > 100 FROM page),
        'endCursor', (SELECT cursor FROM page WHERE place <= 100 ORDER BY place DESC LIMIT 1)
    )
)))::text
