-- The rows of an export of members, in the order of those chosen: what an import reads, then how
-- each stands in the period. Groups are joined as a line of CSV with semicolons. What members have
-- is gathered for the whole organization at once: who exports many would wait for each of them.
WITH ids (id) AS ({chosen}),
chosen AS (SELECT id, row_number() OVER () AS place FROM ids),
own AS (SELECT member_id, credits AS used FROM billing_membertotal WHERE period_id = %s),
teams AS MATERIALIZED (
    SELECT id, row_number() OVER (ORDER BY lower(name), id) AS place,
        CASE WHEN name ~ '[;"]' THEN '"' || replace(name, '"', '""') || '"' ELSE name END AS name
    FROM groups_group WHERE organization_id = %s
),
joined AS (
    SELECT member_id, string_agg(teams.name, '; ' ORDER BY teams.place) AS names
    FROM groups_groupmembership JOIN teams ON teams.id = group_id GROUP BY member_id
)
SELECT
    harmless_cell(member.name) AS name,
    harmless_cell(member.email) AS email,
    CASE member.role WHEN 'org_admin' THEN 'Admin' ELSE 'Member' END AS role,
    coalesce(harmless_cell(joined.names), '') AS groups,
    harmless_cell(place.name) AS billing_group,
    CASE
        WHEN member.is_unlimited THEN 'Unlimited'
        ELSE coalesce(trim_scale(member.personal_limit)::text, 'Not set')
    END AS personal_limit,
    trim_scale(coalesce(own.used, 0)) AS used,
    CASE member.status
        WHEN 'DISABLED' THEN 'Disabled'
        WHEN 'DELETED' THEN 'Removed'
        ELSE CASE WHEN is_blocked(
            member.status, member.is_unlimited, member.personal_limit, coalesce(own.used, 0),
            place.period_limit, coalesce(total.credits, 0)
        ) THEN 'Blocked' ELSE 'Active' END
    END AS status
FROM chosen
JOIN members_member member USING (id)
JOIN billing_billinggroup place ON place.id = member.billing_group_id
LEFT JOIN billing_grouptotal total
    ON total.period_id = %s AND total.billing_group_id = member.billing_group_id
LEFT JOIN own ON own.member_id = member.id
LEFT JOIN joined ON joined.member_id = member.id
ORDER BY chosen.place
