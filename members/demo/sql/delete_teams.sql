-- Billing groups are deleted: their people come to Unassigned, their usage stays.
WITH chosen AS MATERIALIZED (
    SELECT id, billing_group_id FROM members_member
    WHERE billing_group_id IN (SELECT id FROM demo_team WHERE is_deleted)
    ORDER BY id FOR NO KEY UPDATE
), moved AS (
    UPDATE members_member member SET billing_group_id = %(unassigned)s
    FROM chosen WHERE member.id = chosen.id
)
INSERT INTO demo_entry
SELECT %(at)s, 'DeleteBillingGroup', 'BillingGroup', id, jsonb_build_object(
    'name', name,
    'members', (
        SELECT coalesce(jsonb_agg(chosen.id ORDER BY chosen.id), '[]') FROM chosen
        WHERE chosen.billing_group_id = demo_team.id
    ))
FROM demo_team WHERE is_deleted;

UPDATE billing_billinggroup SET deleted_at = %(at)s
WHERE id IN (SELECT id FROM demo_team WHERE is_deleted);
