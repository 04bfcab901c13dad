-- An admin assigns some of the people to a billing group.
WITH target AS MATERIALIZED (
    SELECT id FROM demo_team WHERE NOT is_deleted ORDER BY random() LIMIT 1
), chosen AS MATERIALIZED (
    SELECT id, billing_group_id FROM members_member
    WHERE organization_id = %(organization)s AND role = 'org_member' AND random() < %(part)s
    ORDER BY id FOR NO KEY UPDATE
), moved AS (
    UPDATE members_member member SET billing_group_id = target.id
    FROM target, chosen
    WHERE member.id = chosen.id AND chosen.billing_group_id <> target.id
)
INSERT INTO demo_entry
SELECT %(at)s, 'AssignBillingGroup', 'BillingGroup', target.id, jsonb_build_object(
    'members', (SELECT coalesce(jsonb_agg(id ORDER BY id), '[]') FROM chosen),
    'billing_group', target.id,
    'sources', (
        SELECT coalesce(jsonb_object_agg(billing_group_id, count), '{}') FROM (
            SELECT chosen.billing_group_id, count(*) FROM chosen
            WHERE chosen.billing_group_id <> target.id GROUP BY 1
        ) came
    ),
    'chosen_by', '{}'::jsonb)
FROM target WHERE EXISTS (SELECT FROM chosen);
