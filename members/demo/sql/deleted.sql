-- Every fiftieth billing group is deleted: its people are in Unassigned, its usage stays.
WITH places AS (
    SELECT id AS unassigned FROM billing_billinggroup
    WHERE organization_id = %(organization)s AND is_unassigned
), chosen AS MATERIALIZED (
    SELECT member.id, billing_group_id FROM members_member member
    WHERE organization_id = %(organization)s AND billing_group_id %% 50 = 0
        AND billing_group_id <> (SELECT unassigned FROM places)
    ORDER BY id FOR NO KEY UPDATE
), moved AS (
    UPDATE members_member member SET billing_group_id = unassigned
    FROM places, chosen WHERE member.id = chosen.id
)
INSERT INTO demo_entry (at, event, target_kind, target_id, changes)
SELECT %(at)s, 'DeleteBillingGroup', 'BillingGroup', id, jsonb_build_object('name', name, 'members', (
    SELECT coalesce(jsonb_agg(chosen.id ORDER BY chosen.id), '[]') FROM chosen
    WHERE chosen.billing_group_id = billinggroup.id
))
FROM billing_billinggroup billinggroup
WHERE organization_id = %(organization)s AND NOT is_unassigned AND id %% 50 = 0;

UPDATE billing_billinggroup SET deleted_at = %(at)s
WHERE organization_id = %(organization)s AND NOT is_unassigned AND id %% 50 = 0;
