-- The limit: those who arrived, written by whoever believes every line. Users are made for who is new.
WITH new_user AS (
    INSERT INTO members_user (email, password, is_active, is_staff, is_superuser)
    SELECT lower(email), '!', true, false, false FROM arriving
    WHERE NOT EXISTS (
        SELECT FROM members_member member
        WHERE organization_id = %(organization)s AND lower(member.email) = lower(arriving.email)
    )
    ON CONFLICT (email) DO NOTHING
    RETURNING id, email
)
INSERT INTO members_member (
    organization_id, user_id, name, email, role, status, billing_group_id, personal_limit,
    is_unlimited)
SELECT %(organization)s, new_user.id, arriving.name, arriving.email,
    CASE arriving.role WHEN 'Admin' THEN 'org_admin' ELSE 'org_member' END, 'ENABLED', place.id,
    arriving.personal_limit, false
FROM arriving
JOIN billing_billinggroup place
    ON place.organization_id = %(organization)s AND place.name = arriving.billing_group
LEFT JOIN new_user ON new_user.email = lower(arriving.email)
ON CONFLICT (organization_id, lower(email)) DO UPDATE SET
    name = excluded.name, role = excluded.role, billing_group_id = excluded.billing_group_id,
    personal_limit = excluded.personal_limit, is_unlimited = excluded.is_unlimited
