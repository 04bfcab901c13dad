from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"

KEYS = """
ALTER TABLE groups_group ADD CONSTRAINT group_creator_same_organization
    FOREIGN KEY (organization_id, created_by_id)
    REFERENCES members_member (organization_id, id) DEFERRABLE;
ALTER TABLE groups_groupmembership ADD CONSTRAINT membership_group_same_organization
    FOREIGN KEY (organization_id, group_id)
    REFERENCES groups_group (organization_id, id) DEFERRABLE;
ALTER TABLE groups_groupmembership ADD CONSTRAINT membership_member_same_organization
    FOREIGN KEY (organization_id, member_id)
    REFERENCES members_member (organization_id, id) DEFERRABLE;
"""

NO_KEYS = """
ALTER TABLE groups_groupmembership DROP CONSTRAINT membership_member_same_organization;
ALTER TABLE groups_groupmembership DROP CONSTRAINT membership_group_same_organization;
ALTER TABLE groups_group DROP CONSTRAINT group_creator_same_organization;
"""

NO_RULES = """
DROP TRIGGER removed_members_left_all_groups ON members_member;
DROP TRIGGER removed_members_join_no_group ON groups_groupmembership;
DROP FUNCTION removed_members_left_all_groups(), removed_members_join_no_group();
"""


class Migration(migrations.Migration):
    dependencies = [("groups", "0001_initial")]

    operations = [
        migrations.RunSQL(KEYS, NO_KEYS),
        migrations.RunSQL((SQL / "removed_members.sql").read_text(), NO_RULES),
    ]
