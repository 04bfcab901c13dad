-- Periods of an organization follow one another without a gap; only the last may grow.
CREATE FUNCTION periods_are_contiguous() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM members_organization WHERE id = NEW.organization_id FOR NO KEY UPDATE;
    IF TG_OP = 'UPDATE' THEN
        IF NEW.ends_at < OLD.ends_at OR EXISTS (
            SELECT FROM billing_period
            WHERE organization_id = NEW.organization_id AND starts_at > NEW.starts_at
        ) THEN
            RAISE EXCEPTION 'only the last period can be made longer'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'periods_are_contiguous';
        END IF;
    ELSIF EXISTS (SELECT FROM billing_period WHERE organization_id = NEW.organization_id)
        AND NOT EXISTS (
            SELECT FROM billing_period
            WHERE organization_id = NEW.organization_id
                AND (ends_at = NEW.starts_at OR starts_at = NEW.ends_at)
        ) THEN
        RAISE EXCEPTION 'a period must begin where another ends'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'periods_are_contiguous';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER periods_are_contiguous_on_insert BEFORE INSERT ON billing_period
    FOR EACH ROW EXECUTE FUNCTION periods_are_contiguous();
CREATE TRIGGER periods_are_contiguous_on_update BEFORE UPDATE ON billing_period
    FOR EACH ROW WHEN (OLD.ends_at IS DISTINCT FROM NEW.ends_at)
    EXECUTE FUNCTION periods_are_contiguous();
