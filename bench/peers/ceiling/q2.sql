SELECT json_build_object('viewer', json_build_object('organizations', json_build_object('nodes', (
    SELECT json_agg(json_build_object(
        'id', o.id, 'name', o.name,
        'wallet', (SELECT json_build_object(
            'id', w.id, 'balance', json_build_object('amountMinor', w.balance_minor::text, 'currency', w.currency)
        ) FROM ledger_accounts w WHERE w.organization_id = o.id AND w.is_current),
        'products', json_build_object('totalCount', (SELECT count(*) FROM products p WHERE p.organization_id = o.id)),
        'members', json_build_object('totalCount', (SELECT count(*) FROM memberships m WHERE m.organization_id = o.id)),
        'openInvoiceCount', (SELECT count(*) FROM invoices i WHERE i.billed_to_id = o.id AND i.state = 'OPEN')
    ) ORDER BY o.name_sort, o.id)
    FROM (
        SELECT o.id, o.name, o.name_sort FROM memberships m JOIN organizations o ON o.id = m.organization_id
        WHERE m.user_id = $1 ORDER BY o.name_sort, o.id LIMIT 20
    ) o
))))::text
