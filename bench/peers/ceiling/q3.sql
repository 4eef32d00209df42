SELECT json_build_object('organization', json_build_object('id', o.id, 'name', o.name,
    'products', json_build_object('nodes', (
        SELECT json_agg(json_build_object(
            '__typename', 'Product', 'id', p.id, 'kind', p.kind, 'family', p.family, 'state', p.state, 'name', p.name,
            'label', p.label, 'expiresOn', p.expires_on, 'createdAt', p.created_at
        ) ORDER BY p.name_sort, p.id)
        FROM (SELECT * FROM products WHERE organization_id = o.id ORDER BY name_sort, id LIMIT 50) p
    ))
))::text FROM organizations o WHERE o.id = $1
