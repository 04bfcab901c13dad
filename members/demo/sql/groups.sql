-- Groups for authorization: a quarter of all are in the first, half as many in the next, and so on.
INSERT INTO groups_group (organization_id, name, description, source, created_at, updated_at)
SELECT %(organization)s, name, '', 'manual', %(now)s, %(now)s
FROM unnest(%(groups)s::text[]) WITH ORDINALITY AS named (name, n)
ORDER BY n;

WITH numbered AS (
    SELECT id, row_number() OVER (ORDER BY id) AS n FROM groups_group
    WHERE organization_id = %(organization)s
)
INSERT INTO groups_groupmembership (organization_id, group_id, member_id)
SELECT %(organization)s, numbered.id, member.id
FROM numbered, members_member member
WHERE organization_id = %(organization)s AND status <> 'DELETED'
    AND hashint8extended(member.id, n) & 65535 < 16384 / n;

INSERT INTO demo_entry
SELECT %(now)s, 'CreateGroup', 'Group', id, jsonb_build_object('name', name, 'description', '')
FROM groups_group WHERE organization_id = %(organization)s;

INSERT INTO demo_entry
SELECT %(now)s, 'AddGroupMember', 'Group', group_id, jsonb_build_object(
    'members', jsonb_agg(member_id ORDER BY member_id), 'chosen_by', '{}'::jsonb)
FROM groups_groupmembership WHERE organization_id = %(organization)s
GROUP BY group_id;
