-- Who signs in with these emails, made where missing; another organization may add them just now.
INSERT INTO members_user (email, password, is_active, is_staff, is_superuser)
SELECT email, password, true, false, false
FROM unnest(%(keys)s::text[], %(passwords)s::text[]) AS added (email, password)
ORDER BY email
ON CONFLICT (email) DO NOTHING
