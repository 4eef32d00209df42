SELECT json_build_object('organization', json_build_object('id', o.id, 'invoices', json_build_object('nodes', (
    SELECT json_agg(json_build_object(
        'id', i.id, 'number', i.number, 'state', i.state, 'issuedOn', i.issued_on,
        'total', json_build_object('amountMinor', i.total_minor::text, 'currency', i.currency),
        'lines', (
            SELECT json_agg(json_build_object(
                'id', l.id, 'description', l.description, 'quantity', l.quantity::text,
                'net', json_build_object('amountMinor', l.net_minor::text, 'currency', l.currency),
                'product', json_build_object('id', p.id, 'name', p.name)
            ) ORDER BY l.position)
            FROM invoice_lines l JOIN products p ON p.id = l.product_id WHERE l.invoice_id = i.id
        )
    ) ORDER BY i.created_at DESC, i.id DESC)
    FROM (SELECT * FROM invoices WHERE billed_to_id = o.id ORDER BY created_at DESC, id DESC LIMIT 50) i
))))::text FROM organizations o WHERE o.id = $1
