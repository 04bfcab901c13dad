-- The limit: the same table with its rows, checks, indexes and foreign keys, without triggers.
CREATE TABLE bare_member (LIKE members_member INCLUDING ALL);
INSERT INTO bare_member (
    id, name, email, role, status, personal_limit, is_unlimited, assigned_at, joined_at,
    deleted_at, user_id, organization_id, billing_group_id)
SELECT id, name, email, role, status, personal_limit, is_unlimited, assigned_at, joined_at,
    deleted_at, user_id, organization_id, billing_group_id
FROM members_member;
ALTER TABLE bare_member
    ADD FOREIGN KEY (organization_id) REFERENCES members_organization DEFERRABLE INITIALLY DEFERRED,
    ADD FOREIGN KEY (user_id) REFERENCES members_user DEFERRABLE INITIALLY DEFERRED,
    ADD FOREIGN KEY (organization_id, billing_group_id, is_in_alive_group)
    REFERENCES billing_billinggroup (organization_id, id, is_alive) DEFERRABLE;
