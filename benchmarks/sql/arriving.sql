CREATE TEMP TABLE arriving
    (name text, email text, role text, billing_group text, personal_limit numeric) ON COMMIT DROP
