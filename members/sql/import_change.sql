-- What an import changes about members; who was removed comes back.
UPDATE members_member member SET
    name = after.name,
    role = after.role,
    billing_group_id = after.billing_group,
    personal_limit = after.personal_limit,
    is_unlimited = after.is_unlimited,
    joined_at = CASE member.status
        WHEN 'DELETED' THEN statement_timestamp() ELSE member.joined_at END,
    status = CASE member.status WHEN 'DELETED' THEN 'ENABLED' ELSE member.status END,
    deleted_at = NULL
FROM unnest(
    %(ids)s::bigint[], %(name)s::text[], %(role)s::text[],
    %(billing_group)s::bigint[], %(personal_limit)s::numeric[], %(is_unlimited)s::boolean[]
) AS after (id, name, role, billing_group, personal_limit, is_unlimited)
WHERE member.id = after.id
