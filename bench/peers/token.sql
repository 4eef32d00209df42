SELECT s.id AS session_id, u.id AS user_id, u.locale
FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.secret_hash = $1 AND s.ended_at IS NULL AND s.expires_at > now() AND u.closed_at IS NULL
