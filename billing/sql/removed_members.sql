-- Who was removed is in Unassigned: which group that is never changes, so nothing needs a lock.
CREATE FUNCTION removed_members_are_in_unassigned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM billing_billinggroup WHERE id = NEW.billing_group_id AND is_unassigned
    ) THEN
        RAISE EXCEPTION 'a removed member is in Unassigned' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'removed_members_are_in_unassigned';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER removed_members_are_in_unassigned BEFORE INSERT OR UPDATE ON members_member
    FOR EACH ROW WHEN (NEW.status = 'DELETED')
    EXECUTE FUNCTION removed_members_are_in_unassigned();
