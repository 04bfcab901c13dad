-- In a past period each member of the load has a record in each of several billing groups. No key is
-- checked row by row: after each row of the table all totals are compared with their records.
SET LOCAL session_replication_role = replica;

INSERT INTO billing_usagetotal
    (organization_id, period_id, member_id, billing_group_id, credits)
SELECT organization_id, %(period)s, id,
    %(first_group)s + (id - %(first_member)s + n * 7) %% %(groups)s, 1.25
FROM generate_series(1, %(groups_each)s) n, members_member
WHERE organization_id = %(organization)s AND id < %(first_member)s + %(members)s;

INSERT INTO billing_usagerecord (
    organization_id, period_id, billing_group_id, member_id, credits, occurred_at,
    recorded_at, kind, event_id, source, operation, reason, actor)
SELECT total.organization_id, period_id, billing_group_id, member_id, credits, starts_at,
    starts_at, 'usage', gen_random_uuid(), 'IDE', 'Agent', '', ''
FROM billing_usagetotal total JOIN billing_period period ON period.id = period_id
WHERE period_id = %(period)s;

INSERT INTO billing_grouptotal (organization_id, period_id, billing_group_id, credits)
SELECT organization_id, period_id, billing_group_id, sum(credits) FROM billing_usagetotal
WHERE period_id = %(period)s GROUP BY organization_id, period_id, billing_group_id;

SET LOCAL session_replication_role = origin;
