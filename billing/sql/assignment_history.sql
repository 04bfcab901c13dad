-- Who was in which billing group and when, whoever changes Member.billing_group and however.

-- The row is locked when this runs, so the clock is read after any wait: now() would stamp a move
-- that waited before the one it follows.
CREATE FUNCTION stamp_assignment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.billing_group_id = OLD.billing_group_id THEN
        NEW.assigned_at := OLD.assigned_at;
        RETURN NEW;
    END IF;
    NEW.assigned_at := coalesce(
        nullif(current_setting('billing.assigned_at', true), '')::timestamptz, clock_timestamp()
    );
    IF TG_OP = 'UPDATE' THEN
        NEW.assigned_at := greatest(NEW.assigned_at, OLD.assigned_at);
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION begin_assignments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO billing_assignment (organization_id, member_id, billing_group_id, started_at)
    SELECT organization_id, id, billing_group_id, assigned_at FROM after ORDER BY id;
    RETURN NULL;
END $$;

-- Planned each time for as many rows as there are: a plan that a connection kept from the move of
-- one would compare all with all when many move. Most changes of members move nobody.
CREATE FUNCTION follow_assignments() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved bigint[];
BEGIN
    EXECUTE '
        SELECT array_agg(id ORDER BY id) FROM before JOIN after USING (id)
        WHERE before.billing_group_id <> after.billing_group_id'
    INTO moved;
    IF moved IS NULL THEN
        RETURN NULL;
    END IF;
    EXECUTE '
        UPDATE billing_assignment SET ended_at = after.assigned_at FROM after
        WHERE after.id = ANY ($1)
            AND billing_assignment.member_id = after.id AND billing_assignment.ended_at IS NULL'
    USING moved;
    EXECUTE '
        INSERT INTO billing_assignment (organization_id, member_id, billing_group_id, started_at)
        SELECT organization_id, id, billing_group_id, assigned_at FROM after
        WHERE id = ANY ($1)
        ORDER BY id'
    USING moved;
    RETURN NULL;
END $$;

CREATE TRIGGER assignment_is_stamped_on_insert BEFORE INSERT ON members_member
    FOR EACH ROW EXECUTE FUNCTION stamp_assignment();
CREATE TRIGGER assignment_is_stamped_on_update BEFORE UPDATE ON members_member
    FOR EACH ROW WHEN (
        OLD.billing_group_id IS DISTINCT FROM NEW.billing_group_id
        OR OLD.assigned_at IS DISTINCT FROM NEW.assigned_at
    )
    EXECUTE FUNCTION stamp_assignment();
CREATE TRIGGER assignment_begins AFTER INSERT ON members_member
    REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION begin_assignments();
CREATE TRIGGER assignment_follows AFTER UPDATE ON members_member
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION follow_assignments();
