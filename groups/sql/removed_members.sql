-- Who was removed is in no group. The members' rows are locked before their status is read, so a
-- removal and an addition wait for each other, and the later one sees what the first one did.
CREATE FUNCTION removed_members_join_no_group() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM members_member WHERE id IN (SELECT member_id FROM added) ORDER BY id FOR SHARE;
    IF EXISTS (
        SELECT FROM added JOIN members_member member ON member.id = added.member_id
        WHERE member.status = 'DELETED'
    ) THEN
        RAISE EXCEPTION 'a removed member is in no group' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'removed_members_are_in_no_group';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION removed_members_left_all_groups() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM groups_groupmembership WHERE member_id = NEW.id) THEN
        RAISE EXCEPTION 'a removed member is in no group' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'removed_members_are_in_no_group';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER removed_members_join_no_group AFTER INSERT ON groups_groupmembership
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION removed_members_join_no_group();
CREATE TRIGGER removed_members_left_all_groups BEFORE UPDATE ON members_member
    FOR EACH ROW WHEN (NEW.status = 'DELETED' AND OLD.status <> 'DELETED')
    EXECUTE FUNCTION removed_members_left_all_groups();
