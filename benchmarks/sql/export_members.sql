-- What an export of Members holds, read as plainly as it can be, in the same order.
COPY (
    SELECT member.name, member.email, member.role, joined.names, place.name,
        trim_scale(member.personal_limit), trim_scale(own.used), member.status
    FROM members_member member
    JOIN billing_billinggroup place ON place.id = member.billing_group_id
    LEFT JOIN (
        SELECT member_id, sum(credits) AS used FROM billing_usagetotal
        WHERE period_id = :period GROUP BY member_id
    ) own ON own.member_id = member.id
    LEFT JOIN (
        SELECT member_id, string_agg(team.name, '; ' ORDER BY lower(team.name)) AS names
        FROM groups_groupmembership JOIN groups_group team ON team.id = group_id
        WHERE team.organization_id = :organization GROUP BY member_id
    ) joined ON joined.member_id = member.id
    WHERE member.organization_id = :organization AND member.status <> 'DELETED'
    ORDER BY lower(member.name), member.id
) TO STDOUT (FORMAT csv);
