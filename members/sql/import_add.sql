-- The people that an import adds.
INSERT INTO members_member (
    organization_id, user_id, name, email, role, status, billing_group_id,
    personal_limit, is_unlimited
)
SELECT
    %(organization)s, user_id, name, email, role, 'ENABLED', billing_group,
    personal_limit, is_unlimited
FROM unnest(
    %(users)s::bigint[], %(emails)s::text[], %(name)s::text[], %(role)s::text[],
    %(billing_group)s::bigint[], %(personal_limit)s::numeric[], %(is_unlimited)s::boolean[]
) AS added (user_id, email, name, role, billing_group, personal_limit, is_unlimited)
RETURNING email, id
