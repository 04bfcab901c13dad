-- The audit log in the order of time: all of it by one of the admins, but what plain members tried.
INSERT INTO audit_auditentry (
    organization_id, at, actor_kind, actor_id, address, request_id, event, target_kind, target_id,
    changes, outcome)
SELECT %(organization)s, at, 'user',
    coalesce(actor_id, admins[1 + floor(cardinality(admins) * random())::integer]),
    inet '10.20.30.1' + floor(random() * 250)::integer, md5(random()::text), event, target_kind, target_id,
    changes, CASE event WHEN 'OpenConsole' THEN 'refused' ELSE 'done' END
FROM demo_entry, (
    SELECT array_agg(id) AS admins FROM members_member
    WHERE organization_id = %(organization)s AND role = 'org_admin'
) here
ORDER BY at;
