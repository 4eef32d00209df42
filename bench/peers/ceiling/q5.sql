SELECT json_build_object('viewer', json_build_object('organizations', json_build_object('nodes', (
    SELECT json_agg(json_build_object(
        'id', o.id, 'name', o.name,
        'products', json_build_object('nodes', (
            SELECT coalesce(json_agg(json_build_object(
                'id', p.id, 'kind', p.kind, 'name', p.name, 'expiresOn', p.expires_on
            ) ORDER BY p.name_sort, p.id), '[]')
            FROM (
                SELECT * FROM products WHERE organization_id = o.id AND expires_on < $2 ORDER BY name_sort, id LIMIT 5
            ) p
        )),
        'wallet', (SELECT json_build_object(
            'id', w.id, 'balance', json_build_object('amountMinor', w.balance_minor::text, 'currency', w.currency)
        ) FROM ledger_accounts w WHERE w.organization_id = o.id AND w.is_current),
        'invoices', json_build_object('nodes', (
            SELECT coalesce(json_agg(json_build_object(
                'id', i.id, 'number', i.number, 'dueOn', i.due_on,
                'total', json_build_object('amountMinor', i.total_minor::text, 'currency', i.currency)
            ) ORDER BY i.created_at DESC, i.id DESC), '[]')
            FROM (
                SELECT * FROM invoices WHERE billed_to_id = o.id AND state = 'OPEN'
                ORDER BY created_at DESC, id DESC LIMIT 5
            ) i
        ))
    ) ORDER BY o.name_sort, o.id)
    FROM (
        SELECT o.id, o.name, o.name_sort FROM memberships m JOIN organizations o ON o.id = m.organization_id
        WHERE m.user_id = $1 ORDER BY o.name_sort, o.id LIMIT 20
    ) o
))))::text
