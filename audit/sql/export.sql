-- The rows of an export of the audit log, the newest first; things go by the names they bear now.
WITH chosen (id) AS ({chosen})
SELECT
    to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS time,
    entry.actor_kind,
    harmless_cell(coalesce(
        person.name, actor_key.name, staff.email, guest.email, entry.actor_id
    )) AS actor,
    harmless_cell(entry.actor_id) AS actor_id,
    entry.event,
    entry.target_kind,
    coalesce(harmless_cell(coalesce(
        organization.name, member.name, team.name, place.name, api_key.name,
        invitation.email,
        CASE jsonb_typeof(entry.changes -> 'name')
            WHEN 'string' THEN entry.changes ->> 'name'
            WHEN 'array' THEN entry.changes -> 'name' ->> 1
        END
    )), '') AS target,
    entry.target_id,
    entry.outcome,
    host(entry.address) AS address,
    entry.request_id,
    entry.changes
FROM chosen
JOIN audit_auditentry entry USING (id)
LEFT JOIN members_member person
    ON entry.actor_kind = 'user' AND person.id::text = entry.actor_id
LEFT JOIN members_apikey actor_key
    ON entry.actor_kind = 'key' AND actor_key.id::text = entry.actor_id
LEFT JOIN members_user staff
    ON entry.actor_kind = 'support' AND staff.id::text = entry.actor_id
LEFT JOIN members_invitation guest
    ON entry.actor_kind = 'invited' AND guest.id::text = entry.actor_id
LEFT JOIN members_organization organization
    ON entry.target_kind = 'Organization' AND organization.id = entry.target_id
LEFT JOIN members_member member
    ON entry.target_kind = 'Member' AND member.id = entry.target_id
LEFT JOIN groups_group team
    ON entry.target_kind = 'Group' AND team.id = entry.target_id
LEFT JOIN billing_billinggroup place
    ON entry.target_kind = 'BillingGroup' AND place.id = entry.target_id
LEFT JOIN members_apikey api_key
    ON entry.target_kind = 'ApiKey' AND api_key.id = entry.target_id
LEFT JOIN members_invitation invitation
    ON entry.target_kind = 'Invitation' AND invitation.id = entry.target_id
ORDER BY entry.at DESC, entry.id DESC
