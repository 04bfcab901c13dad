-- Organizations of equal size, whose rows lie among one another as years of use leave them. Each
-- was opened by the operation and has its periods, Unassigned and an admin. Triggers and foreign
-- keys rest meanwhile: what they would do stands here.
SET session_replication_role = replica;
SET synchronous_commit = on;  -- else VACUUM, right behind, could not yet say that all see a row

-- The indexes of the largest tables are made anew when these are full: that is sooner done.
CREATE TEMPORARY TABLE resting AS
SELECT indexname, indexdef FROM pg_indexes
WHERE tablename IN ('billing_usagerecord', 'audit_auditentry')
    AND indexname NOT IN (SELECT conname FROM pg_constraint);
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT indexname FROM resting LOOP EXECUTE 'DROP INDEX ' || name; END LOOP;
END $$;

CREATE TEMPORARY TABLE place AS
SELECT
    id AS organization,
    (SELECT id FROM billing_billinggroup WHERE organization_id = organization.id) AS unassigned,
    (SELECT id FROM members_member WHERE organization_id = organization.id) AS admin,
    (SELECT max(id) FROM billing_period WHERE organization_id = organization.id) AS period,
    (SELECT max(id) - 1 FROM billing_period WHERE organization_id = organization.id) AS last_period
FROM members_organization organization;

-- Every tenth billing group has a limit, every twentieth is deleted.
INSERT INTO billing_billinggroup (organization_id, name, description, is_unassigned, period_limit,
    deleted_at, is_alive, updated_at)
SELECT organization, 'Cost center ' || n, '', false, CASE WHEN mod(n, 10) = 0 THEN 400 END,
    CASE WHEN mod(n, 20) = 0 THEN now() END, mod(n, 20) <> 0, now()
FROM generate_series(1, %(billing_groups)s) n, place ORDER BY n, organization;

INSERT INTO groups_group (organization_id, name, description, source, created_by_id, updated_at)
SELECT organization, 'Guild ' || n, '', 'manual', admin, now()
FROM generate_series(1, %(groups)s) n, place ORDER BY n, organization;

CREATE TEMPORARY TABLE choice AS
SELECT place.*,
    (SELECT array_agg(id) FROM billing_billinggroup
        WHERE organization_id = organization AND is_alive AND NOT is_unassigned) AS billing_groups,
    (SELECT array_agg(id) FROM groups_group WHERE organization_id = organization) AS teams
FROM place;

-- A tenth of the members is unassigned, one in twenty removed, one in twenty disabled. The first
-- groups have the most of them.
CREATE TEMPORARY TABLE person AS
SELECT choice.*, n, status, chance, luck,
    nextval('members_member_id_seq') AS id, nextval('members_user_id_seq') AS account,
    (%(names)s::text[])[1 + mod(chance, cardinality(%(names)s::text[]))] AS name,
    'person.' || chance || '@company-' || organization || '.example' AS email,
    CASE WHEN status = 'DELETED' OR mod(n, 10) = 3 THEN unassigned
        ELSE billing_groups[1 + floor(luck * cardinality(billing_groups))] END AS billing_group
FROM generate_series(1, %(members)s) n, choice,
    LATERAL (SELECT abs(hashint8(n * 1000 + organization)) AS chance) dice,
    LATERAL (SELECT power(mod(chance, 9973) / 9973.0, 2) AS luck) share,
    LATERAL (SELECT CASE mod(n, 20)
        WHEN 5 THEN 'DELETED' WHEN 6 THEN 'DISABLED' ELSE 'ENABLED' END AS status) state
ORDER BY n, organization;

INSERT INTO members_user (id, email, password, is_active, is_staff, is_superuser)
OVERRIDING SYSTEM VALUE SELECT account, email, '!', true, false, false FROM person ORDER BY id;

INSERT INTO members_member (id, organization_id, user_id, name, email, role, status,
    personal_limit, is_unlimited, billing_group_id, deleted_at)
OVERRIDING SYSTEM VALUE
SELECT id, organization, account, name, email,
    CASE WHEN mod(n, 200) = 7 THEN 'org_admin' ELSE 'org_member' END, status,
    CASE WHEN mod(n, 3) = 0 THEN 60 END, mod(n, 3) = 1, billing_group,
    CASE WHEN status = 'DELETED' THEN now() END
FROM person ORDER BY id;

INSERT INTO billing_assignment
    (organization_id, member_id, billing_group_id, started_at, ended_at)
SELECT organization, id, billing_groups[1 + mod(n + times, cardinality(billing_groups))],
    now() - times * interval '50 days',
    CASE WHEN times > 1 THEN now() - (times - 1) * interval '50 days' END
FROM person, generate_series(1, 1 + (mod(n, 4) = 1)::int) times ORDER BY times DESC, id;

INSERT INTO groups_groupmembership (organization_id, group_id, member_id)
SELECT DISTINCT organization, teams[1 + floor(luck / times * cardinality(teams))], id
FROM person, generate_series(1, 2) times WHERE status <> 'DELETED';

-- What each used, in this period and the last; the last also under another billing group.
CREATE TEMPORARY TABLE used AS
SELECT organization, id AS member, each.period, each.billing_group, n
FROM person, LATERAL (VALUES
    (period, billing_group), (last_period, billing_group),
    (last_period, billing_groups[1 + mod(n, cardinality(billing_groups))])
) each (period, billing_group)
WHERE mod(n, 10) <> 9
GROUP BY organization, id, each.period, each.billing_group, n;

INSERT INTO billing_usagerecord (organization_id, period_id, billing_group_id, member_id, credits,
    occurred_at, recorded_at, kind, event_id, source, operation, reason, actor)
SELECT organization, period, billing_group, member, 1 + mod(n, 20),
    starts_at + (least(ends_at, now()) - starts_at) * ((times - 1.0 + mod(n, 97) / 97.0) / %(records)s),
    now(), 'usage', 'event-' || row_number() OVER (),
    (ARRAY['IDE', 'CLI', 'CI'])[1 + mod(n + times, 3)], 'Agent', '', ''
FROM generate_series(1, %(records)s) times, used
JOIN billing_period ON billing_period.id = period
ORDER BY times, member;

INSERT INTO billing_usagetotal (organization_id, period_id, member_id, billing_group_id, credits)
SELECT organization, period, member, billing_group, %(records)s * (1 + mod(n, 20))
FROM used ORDER BY n;

INSERT INTO billing_grouptotal (organization_id, period_id, billing_group_id, credits)
SELECT organization_id, period_id, billing_group_id, sum(credits)
FROM billing_usagetotal GROUP BY organization_id, period_id, billing_group_id;

CREATE TEMPORARY TABLE crowd AS
SELECT organization, array_agg(id) FILTER (WHERE mod(n, 200) = 7) AS admins
FROM person GROUP BY organization;

-- One entry in twenty was refused, one is about three members moved to a billing group at once.
INSERT INTO audit_auditentry (organization_id, at, actor_kind, actor_id, request_id, event,
    target_kind, target_id, changes, outcome)
SELECT organization, now() - entry * interval '20 minutes' + mod(chance, 600) * interval '1 second',
    CASE mod(entry, 50) WHEN 11 THEN 'support' WHEN 12 THEN 'command' ELSE 'user' END,
    CASE mod(entry, 50) WHEN 12 THEN 'create_admin'
        ELSE admins[1 + mod(chance, cardinality(admins))]::text END,
    md5(entry || ' ' || organization),
    CASE mod(entry, 20) WHEN 2 THEN 'AssignBillingGroup' WHEN 4 THEN 'EditBillingGroup' ELSE
        (ARRAY['EditMember', 'AddMember', 'DisableMember', 'EnableMember'])[1 + mod(entry, 4)] END,
    CASE WHEN mod(entry, 20) IN (2, 4) THEN 'BillingGroup' ELSE 'Member' END,
    CASE WHEN mod(entry, 20) IN (2, 4)
        THEN billing_groups[1 + mod(chance, cardinality(billing_groups))] ELSE id END,
    CASE WHEN mod(entry, 20) = 2 THEN jsonb_build_object(
        'members', jsonb_build_array(id, id + %(organizations)s, id + 2 * %(organizations)s),
        'sources', jsonb_build_object(unassigned, 3)
    ) ELSE '{}' END,
    CASE mod(entry, 20) WHEN 3 THEN 'refused' ELSE 'done' END
FROM generate_series(1, %(entries)s) entry
JOIN person ON n = 1 + mod(entry * 7, %(members)s) JOIN crowd USING (organization)
ORDER BY entry DESC, organization;

-- Of four people invited one has accepted.
INSERT INTO members_invitation (organization_id, email, role, billing_group_id, is_unlimited,
    invited_by_id, digest, expires_at, sent_at, accepted_at)
SELECT organization, 'guest.' || n || '@company-' || organization || '.example', 'org_member',
    unassigned, false, admin, gen_random_uuid(), now() + interval '3 days', now(),
    CASE WHEN mod(n, 4) = 0 THEN now() END
FROM generate_series(1, %(invitations)s) n, choice ORDER BY n, organization;

INSERT INTO members_apikey (organization_id, name, scopes, prefix, digest, created_by_id,
    expires_at)
SELECT organization, 'Gateway ' || n, '{read}', 'mm_' || n || '_' || organization, '', admin,
    now() + interval '30 days'
FROM generate_series(1, %(keys)s) n, choice ORDER BY n, organization;

-- A file of members each, an hour old at most.
INSERT INTO members_memberimport
    (organization_id, importer_id, name, content, ignored, digest, created_at)
SELECT organization, admin, 'members.csv', '', '{}', '', now() FROM choice;
INSERT INTO members_importline (of_import_id, number, verdict, email, what)
SELECT id, n, CASE mod(n, 20) WHEN 3 THEN 'error' WHEN 4 THEN 'add' ELSE 'unchanged' END,
    'person.' || n || '@example.test', ''
FROM generate_series(2, %(lines)s) n, members_memberimport ORDER BY n, id;

DO $$ DECLARE statement text; BEGIN
    FOR statement IN SELECT indexdef FROM resting LOOP EXECUTE statement; END LOOP;
END $$;
SET session_replication_role = DEFAULT;
