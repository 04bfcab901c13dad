\set n :step * random(0, :choices - 1)
\set member :first_member + :n
\set billing_group :first_group + :n % :groups
INSERT INTO bare_record (organization_id, period_id, billing_group_id, member_id, credits, occurred_at, recorded_at, kind, event_id, source, operation, reason, actor) VALUES (:organization, :period, :billing_group, :member, 1.25, now(), now(), 'usage', gen_random_uuid()::text, 'IDE', 'Agent', '', '');
