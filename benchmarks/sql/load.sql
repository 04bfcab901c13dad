-- An organization with members, groups, billing groups and records, made in bulk. Member n (from 0)
-- is in billing group n modulo their number; the ids of both are contiguous, and names run against
-- them, so that Django's admin, which sorts by id, and the console show the same first page. Every
-- tenth billing group has a limit that nobody reaches, the first one too.
INSERT INTO billing_billinggroup
    (organization_id, name, description, is_unassigned, period_limit, updated_at)
SELECT %(organization)s, 'Billing group ' || lpad((%(groups)s - n)::text, 7, '0'), '', false,
    CASE WHEN n %% 10 = 0 THEN 1000000000 END, now()
FROM generate_series(0, %(groups)s - 1) n ORDER BY n;

INSERT INTO members_member
    (organization_id, name, email, role, status, is_unlimited, billing_group_id)
SELECT %(organization)s, 'Member ' || lpad((%(members)s - n)::text, 7, '0'),
    'member-' || n || '@example.test', 'org_member', 'ENABLED', true, first + n %% %(groups)s
FROM generate_series(0, %(members)s - 1) n,
    (
        SELECT min(id) AS first FROM billing_billinggroup
        WHERE organization_id = %(organization)s AND NOT is_unassigned
    ) billing_group
ORDER BY n;

-- One in ten of as many groups as there are billing groups: everybody is in one.
INSERT INTO groups_group (organization_id, name, description, source, updated_at)
SELECT %(organization)s, 'Group ' || n, '', 'manual', now()
FROM generate_series(1, %(groups)s / 10) n;
INSERT INTO groups_groupmembership (organization_id, group_id, member_id)
SELECT %(organization)s, first + member.id %% (%(groups)s / 10), member.id
FROM members_member member, (
    SELECT min(id) AS first FROM groups_group WHERE organization_id = %(organization)s
) team
WHERE member.organization_id = %(organization)s;

-- What follows is checked as a whole after each row of the table, not key by key.
SET LOCAL session_replication_role = replica;

-- The same number of records for each member, and the totals that they add up to.
INSERT INTO billing_usagetotal
    (organization_id, period_id, member_id, billing_group_id, credits)
SELECT organization_id, %(period)s, id, billing_group_id, %(records_each)s * 1.25
FROM members_member WHERE organization_id = %(organization)s;

INSERT INTO billing_grouptotal (organization_id, period_id, billing_group_id, credits)
SELECT organization_id, period_id, billing_group_id, sum(credits)
FROM billing_usagetotal WHERE organization_id = %(organization)s
GROUP BY organization_id, period_id, billing_group_id;

INSERT INTO billing_usagerecord (
    organization_id, period_id, billing_group_id, member_id, credits, occurred_at,
    recorded_at, kind, event_id, source, operation, reason, actor)
SELECT organization_id, %(period)s, billing_group_id, id, 1.25, now(),
    now(), 'usage', gen_random_uuid(), 'IDE', 'Agent', '', ''
FROM generate_series(1, %(records_each)s), members_member
WHERE organization_id = %(organization)s;

SET LOCAL session_replication_role = origin;

-- An entry of the audit log for each member.
INSERT INTO audit_auditentry
    (organization_id, at, actor_kind, actor_id, request_id, event, target_kind, target_id, outcome, changes)
SELECT organization_id, now() - id * interval '1 s', 'command', 'bench', '', 'SetPersonalLimit',
    'Member', id, 'done', '{"is_unlimited": [false, true]}'
FROM members_member WHERE organization_id = %(organization)s;

-- The limit: the same table with its rows, checks and indexes, without foreign keys and triggers.
CREATE TABLE bare_record (LIKE billing_usagerecord INCLUDING ALL);
INSERT INTO bare_record OVERRIDING SYSTEM VALUE SELECT * FROM billing_usagerecord;
SELECT setval(pg_get_serial_sequence('bare_record', 'id'), max(id)) FROM bare_record;
