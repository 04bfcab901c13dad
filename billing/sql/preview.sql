-- The first rows of an export, behind its names: as each billing group has one, so many hold them.
SELECT billing_group, harmless_cell(name), harmless_cell(email), trim_scale(credits)
FROM listed
CROSS JOIN LATERAL (
    SELECT member.name, member.email, member.id, total.credits
    FROM billing_usagetotal total
    JOIN members_member member ON member.id = total.member_id
    WHERE total.period_id = %(period)s AND total.organization_id = %(organization)s
        AND total.billing_group_id = listed.id AND total.credits <> 0
    ORDER BY total.credits DESC, member.email COLLATE "C", member.id
    LIMIT %(previewed)s
) used
WHERE place <= %(previewed)s
ORDER BY place, credits DESC, email COLLATE "C", used.id
LIMIT %(previewed)s
