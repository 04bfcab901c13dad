-- A period is of one organization, a billing group too: what names both leaves as many rows as what
-- names the one. The planner takes them for independent unless it is told, expects a twentieth of
-- the rows among twenty organizations, and reads them all before it sorts. Costs nothing to write.
CREATE STATISTICS usage_record_period_of_organization (dependencies)
    ON organization_id, period_id FROM billing_usagerecord;
CREATE STATISTICS usage_total_period_of_organization (dependencies)
    ON organization_id, period_id, billing_group_id FROM billing_usagetotal;
CREATE STATISTICS group_total_period_of_organization (dependencies)
    ON organization_id, period_id FROM billing_grouptotal;
CREATE STATISTICS member_billing_group_of_organization (dependencies)
    ON organization_id, billing_group_id FROM members_member;
