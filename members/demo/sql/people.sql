-- Billing groups, every fiftieth of which will be deleted, and everybody in one of them from the
-- first instant of the history on: the first groups are large, the last ones small, and of a hundred
-- people three are in none.
INSERT INTO billing_billinggroup
    (organization_id, name, description, is_unassigned, created_at, updated_at)
SELECT %(organization)s, name, 'Cost center ' || 999 + n, false, %(since)s, %(since)s
FROM unnest(%(teams)s::text[]) WITH ORDINALITY AS team (name, n)
ORDER BY n;

CREATE TEMPORARY TABLE demo_team ON COMMIT DROP AS
SELECT id, name, row_number() OVER (ORDER BY id) AS n,
    row_number() OVER (ORDER BY id) %% 50 = 5 AS is_deleted
FROM billing_billinggroup WHERE organization_id = %(organization)s AND NOT is_unassigned;

-- What the audit log will tell, collected to be written in the order of time.
CREATE TEMPORARY TABLE demo_entry (
    at timestamptz, event text, target_kind text, target_id bigint, changes jsonb, actor_id bigint
) ON COMMIT DROP;

INSERT INTO demo_entry
SELECT %(since)s, 'CreateBillingGroup', 'BillingGroup', id,
    jsonb_build_object('name', name, 'description', description)
FROM billing_billinggroup WHERE organization_id = %(organization)s AND NOT is_unassigned;

INSERT INTO members_user (email, password, is_active, is_staff, is_superuser)
SELECT email, '!' || md5(random()::text), true, false, false
FROM unnest(%(emails)s::text[]) AS email
ON CONFLICT (email) DO NOTHING;

WITH team AS (
    SELECT array_agg(id ORDER BY n) AS ids FROM demo_team
), person AS MATERIALIZED (
    SELECT *, n %% 2000 = 1 AS is_admin, random() AS place, random() AS kind, random() AS amount
    FROM unnest(%(names)s::text[], %(emails)s::text[]) WITH ORDINALITY AS person (name, email, n)
)
INSERT INTO members_member (
    organization_id, user_id, name, email, role, status, personal_limit, is_unlimited,
    billing_group_id, joined_at)
SELECT %(organization)s, account.id, person.name, person.email,
    CASE WHEN is_admin THEN 'org_admin' ELSE 'org_member' END,
    CASE n %% 50 WHEN 10 THEN 'DISABLED' ELSE 'ENABLED' END,
    CASE WHEN kind < 0.6 AND NOT is_admin
        THEN (ARRAY[50, 100, 200, 500, 1000])[1 + floor(amount * 5)::integer] END,
    kind >= 0.66 OR is_admin,
    CASE WHEN place < 0.03 AND NOT is_admin THEN %(unassigned)s
        ELSE ids[1 + floor(cardinality(ids) * power(place, 2.5))::integer] END,
    %(since)s
FROM team, person JOIN members_user account USING (email)
ORDER BY n;

-- Two of five were added one by one, the others from files; each limit was doubled since then.
INSERT INTO demo_entry
SELECT %(since)s + interval '1 day' * random(), 'AddMember', 'Member', id, jsonb_build_object(
    'role', role, 'billing_group', billing_group_id,
    'personal_limit', (personal_limit / 2)::numeric(18, 4)::text, 'is_unlimited', is_unlimited)
FROM members_member WHERE organization_id = %(organization)s AND id %% 5 < 2;

INSERT INTO demo_entry
SELECT %(since)s + interval '1 day' * random(), 'ImportMembers', 'Organization', %(organization)s,
    jsonb_build_object('added', jsonb_agg(id), 'members', '[]'::jsonb, 'sources', '{}'::jsonb)
FROM members_member WHERE organization_id = %(organization)s AND id %% 5 >= 2
GROUP BY id / 20000;

INSERT INTO demo_entry
SELECT %(since)s + (%(now)s - %(since)s) * random(), 'SetPersonalLimit', 'Member', id,
    jsonb_build_object('personal_limit', jsonb_build_array(
        (personal_limit / 2)::numeric(18, 4)::text, personal_limit::text))
FROM members_member WHERE organization_id = %(organization)s AND personal_limit IS NOT NULL;

INSERT INTO demo_entry
SELECT %(since)s + (%(now)s - %(since)s) * random(), 'DisableMember', 'Member', id,
    jsonb_build_object('status', jsonb_build_array('ENABLED', 'DISABLED'))
FROM members_member WHERE organization_id = %(organization)s AND status = 'DISABLED';

INSERT INTO demo_entry
SELECT %(since)s + (%(now)s - %(since)s) * random(), 'OpenConsole', 'Organization',
    %(organization)s, jsonb_build_object('method', 'GET', 'path', %(path)s), id
FROM members_member WHERE organization_id = %(organization)s AND id %% 100 = 7
    AND role = 'org_member';
