-- The members that an import is about, locked in the order that all bulk writes keep.
SELECT id FROM members_member
WHERE organization_id = %(organization)s
    AND lower(email) IN (SELECT lower(email) FROM unnest(%(emails)s::text[]) AS line (email))
ORDER BY id FOR NO KEY UPDATE
