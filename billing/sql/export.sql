-- The rows of an export, behind its names.
SELECT
    listed.billing_group,
    harmless_cell(member.name) AS member_name,
    harmless_cell(member.email) AS email,
    trim_scale(total.credits) AS credits
FROM billing_usagetotal total
JOIN listed ON listed.id = total.billing_group_id
JOIN members_member member ON member.id = total.member_id
WHERE total.period_id = %(period)s AND total.organization_id = %(organization)s
    AND total.credits <> 0
ORDER BY listed.place, total.credits DESC, member.email COLLATE "C", member.id
