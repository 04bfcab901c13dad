-- An organization that has an enabled admin keeps one. Whoever lets an admin go waits here for
-- others who do so in this organization, then looks at what they left. Not the organization's row
-- is locked but a key of this rule alone: it is the last lock that anybody takes, so who comes
-- without the operations' locks and stands in their way is waited for and makes no deadlock.
CREATE FUNCTION last_admin_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('last_admin_stays', NEW.organization_id));
    IF NOT EXISTS (
        SELECT FROM members_member
        WHERE organization_id = NEW.organization_id
            AND role = 'org_admin' AND status = 'ENABLED'
    ) THEN
        RAISE EXCEPTION 'an organization keeps an enabled admin'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'last_admin_stays';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER last_admin_stays AFTER UPDATE ON members_member
    FOR EACH ROW WHEN (
        OLD.role = 'org_admin' AND OLD.status = 'ENABLED'
        AND (NEW.role <> 'org_admin' OR NEW.status <> 'ENABLED')
    )
    EXECUTE FUNCTION last_admin_stays();
