SELECT json_build_object('viewer', json_build_object('user', json_build_object(
    'id', id, 'login', login, 'firstName', first_name, 'lastName', last_name, 'locale', locale, 'createdAt', created_at
)))::text FROM users WHERE id = $1
