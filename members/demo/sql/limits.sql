-- Limits of billing groups beside what they consumed: many have none; of a hundred seven are near
-- theirs, five over it and two frozen.
WITH wanted AS (
    SELECT team.id, CASE
        WHEN n * 37 %% 100 < 45 THEN NULL
        WHEN n * 37 %% 100 < 86 THEN ceil(coalesce(credits, 100) * 2)
        WHEN n * 37 %% 100 < 93 THEN ceil(coalesce(credits, 100) * 1.1)
        WHEN n * 37 %% 100 < 98 THEN floor(coalesce(credits, 0) * 0.99)
        ELSE 0
    END AS amount
    FROM demo_team team
    LEFT JOIN billing_grouptotal total
        ON total.billing_group_id = team.id AND total.period_id = %(period)s
    WHERE NOT is_deleted
), limited AS (
    UPDATE billing_billinggroup g SET period_limit = amount, updated_at = %(now)s
    FROM wanted WHERE g.id = wanted.id AND amount IS NOT NULL
)
INSERT INTO demo_entry
SELECT %(now)s, 'SetBillingGroupLimit', 'BillingGroup', id,
    jsonb_build_object('period_limit', jsonb_build_array(NULL, amount::text))
FROM wanted WHERE amount IS NOT NULL;

-- One of a hundred people is removed.
WITH chosen AS MATERIALIZED (
    SELECT id, billing_group_id, status FROM members_member
    WHERE organization_id = %(organization)s AND role = 'org_member' AND random() < 0.01
    ORDER BY id FOR NO KEY UPDATE
), removed AS (
    UPDATE members_member member SET
        status = 'DELETED', deleted_at = %(now)s, billing_group_id = %(unassigned)s
    FROM chosen WHERE member.id = chosen.id
)
INSERT INTO demo_entry
SELECT %(now)s, 'RemoveMember', 'Member', id, jsonb_build_object(
    'status', jsonb_build_array(status, 'DELETED'),
    'billing_group', jsonb_build_array(billing_group_id, %(unassigned)s),
    'groups_left', 0, 'api_keys_revoked', 0)
FROM chosen;
