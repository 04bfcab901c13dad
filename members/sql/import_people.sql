-- Who has each email of an import, in the order of its lines; of nobody here: whether its user is
-- a member by another email.
SELECT lower(line.email), other.id IS NOT NULL,
    member.id, member.status, member.name, member.role, member.billing_group_id,
    member.personal_limit, member.is_unlimited
FROM unnest(%(emails)s::text[]) WITH ORDINALITY AS line (email, place)
LEFT JOIN members_member member
    ON member.organization_id = %(organization)s AND lower(member.email) = lower(line.email)
LEFT JOIN members_user account ON member.id IS NULL AND account.email = lower(line.email)
LEFT JOIN members_member other
    ON other.organization_id = %(organization)s AND other.user_id = account.id
ORDER BY line.place
