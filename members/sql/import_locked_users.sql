-- Who signs in with these emails, by email; nobody erases them meanwhile.
SELECT email, id FROM members_user WHERE email = ANY (%(keys)s) ORDER BY email FOR KEY SHARE
