-- What an export of Billing Groups holds, read as plainly as it can be, in the same order.
COPY (
    SELECT place.name, member.name, member.email, trim_scale(total.credits)
    FROM billing_usagetotal total
    JOIN billing_billinggroup place ON place.id = total.billing_group_id
    JOIN members_member member ON member.id = total.member_id
    WHERE total.period_id = :period AND total.organization_id = :organization
        AND total.credits <> 0
    ORDER BY place.is_unassigned DESC, lower(place.name) COLLATE "C", place.id,
        total.credits DESC, member.email COLLATE "C", member.id
) TO STDOUT (FORMAT csv);
