-- A member's billing group is of the same organization and not deleted. To delete one is to change
-- this key: that waits for an assignment under way and is refused while a member is there, and an
-- assignment that comes meanwhile waits and then finds no such key. Django knows neither column. No
-- generated column here: beside a BEFORE trigger PostgreSQL takes it for changed by every UPDATE,
-- and metering, which refers to the group, would wait for a change of its limit.
ALTER TABLE billing_billinggroup
    ADD COLUMN is_alive boolean NOT NULL DEFAULT true,
    ADD CONSTRAINT billing_group_alive_until_deleted CHECK (is_alive = (deleted_at IS NULL)),
    ADD CONSTRAINT billing_group_alive UNIQUE (organization_id, id, is_alive);
CREATE FUNCTION alive_until_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.is_alive := NEW.deleted_at IS NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER alive_until_deleted BEFORE INSERT OR UPDATE OF deleted_at ON billing_billinggroup
    FOR EACH ROW EXECUTE FUNCTION alive_until_deleted();
ALTER TABLE members_member
    ADD COLUMN is_in_alive_group boolean GENERATED ALWAYS AS (true) STORED,
    ADD CONSTRAINT member_billing_group_alive_same_organization
    FOREIGN KEY (organization_id, billing_group_id, is_in_alive_group)
    REFERENCES billing_billinggroup (organization_id, id, is_alive) DEFERRABLE;

-- No row mixes two organizations: every relation inside one carries its organization.
ALTER TABLE billing_billinggroup ADD CONSTRAINT billing_group_creator_same_organization
    FOREIGN KEY (organization_id, created_by_id)
    REFERENCES members_member (organization_id, id) DEFERRABLE;
ALTER TABLE billing_assignment ADD CONSTRAINT assignment_member_same_organization
    FOREIGN KEY (organization_id, member_id)
    REFERENCES members_member (organization_id, id) DEFERRABLE;
ALTER TABLE billing_assignment ADD CONSTRAINT assignment_billing_group_same_organization
    FOREIGN KEY (organization_id, billing_group_id)
    REFERENCES billing_billinggroup (organization_id, id) DEFERRABLE;
ALTER TABLE billing_grouptotal ADD CONSTRAINT group_total_period_same_organization
    FOREIGN KEY (organization_id, period_id)
    REFERENCES billing_period (organization_id, id) DEFERRABLE;
ALTER TABLE billing_grouptotal ADD CONSTRAINT group_total_billing_group_same_organization
    FOREIGN KEY (organization_id, billing_group_id)
    REFERENCES billing_billinggroup (organization_id, id) DEFERRABLE;
ALTER TABLE billing_usagetotal ADD CONSTRAINT usage_total_period_same_organization
    FOREIGN KEY (organization_id, period_id)
    REFERENCES billing_period (organization_id, id) DEFERRABLE;
ALTER TABLE billing_usagetotal ADD CONSTRAINT usage_total_member_same_organization
    FOREIGN KEY (organization_id, member_id)
    REFERENCES members_member (organization_id, id) DEFERRABLE;
ALTER TABLE billing_usagetotal ADD CONSTRAINT usage_total_billing_group_same_organization
    FOREIGN KEY (organization_id, billing_group_id)
    REFERENCES billing_billinggroup (organization_id, id) DEFERRABLE;

-- A record is counted in a total of the same organization: one key where three would cost
-- metering twice as much, and through the total it reaches period, member and billing group.
ALTER TABLE billing_usagetotal ADD CONSTRAINT usage_total_of_organization
    UNIQUE (period_id, member_id, billing_group_id, organization_id);
ALTER TABLE billing_usagerecord ADD CONSTRAINT usage_record_is_counted
    FOREIGN KEY (period_id, member_id, billing_group_id, organization_id)
    REFERENCES billing_usagetotal (period_id, member_id, billing_group_id, organization_id)
    DEFERRABLE;
