DROP TRIGGER assignment_follows ON members_member;
DROP TRIGGER assignment_begins ON members_member;
DROP TRIGGER assignment_is_stamped_on_update ON members_member;
DROP TRIGGER assignment_is_stamped_on_insert ON members_member;
DROP FUNCTION follow_assignments(), begin_assignments(), stamp_assignment();
