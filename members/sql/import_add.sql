-- The people that an import adds, each with the user of their email.
INSERT INTO members_member (
    organization_id, user_id, name, email, role, status, billing_group_id,
    personal_limit, is_unlimited
)
SELECT
    %(organization)s, account.id, added.name, added.email, added.role, 'ENABLED',
    added.billing_group, added.personal_limit, added.is_unlimited
FROM unnest(
    %(emails)s::text[], %(keys)s::text[], %(name)s::text[], %(role)s::text[],
    %(billing_group)s::bigint[], %(personal_limit)s::numeric[], %(is_unlimited)s::boolean[]
) WITH ORDINALITY AS added (
    email, key, name, role, billing_group, personal_limit, is_unlimited, place
)
JOIN members_user account ON account.email = added.key
ORDER BY added.place
RETURNING email, id
