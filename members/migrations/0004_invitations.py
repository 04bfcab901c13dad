import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import members.models.organizations
import members.text

KEYS = """
ALTER TABLE members_invitation ADD CONSTRAINT invitation_billing_group_same_organization
    FOREIGN KEY (organization_id, billing_group_id)
    REFERENCES billing_billinggroup (organization_id, id) DEFERRABLE;
ALTER TABLE members_invitation ADD CONSTRAINT invitation_inviter_same_organization
    FOREIGN KEY (organization_id, invited_by_id)
    REFERENCES members_member (organization_id, id) DEFERRABLE;
ALTER TABLE members_invitationgroup ADD CONSTRAINT invitation_group_invitation_same_organization
    FOREIGN KEY (organization_id, invitation_id)
    REFERENCES members_invitation (organization_id, id) DEFERRABLE;
ALTER TABLE members_invitationgroup ADD CONSTRAINT invitation_group_group_same_organization
    FOREIGN KEY (organization_id, group_id)
    REFERENCES groups_group (organization_id, id) DEFERRABLE;
"""

NO_KEYS = """
ALTER TABLE members_invitationgroup DROP CONSTRAINT invitation_group_group_same_organization;
ALTER TABLE members_invitationgroup DROP CONSTRAINT invitation_group_invitation_same_organization;
ALTER TABLE members_invitation DROP CONSTRAINT invitation_inviter_same_organization;
ALTER TABLE members_invitation DROP CONSTRAINT invitation_billing_group_same_organization;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0002_rules"),
        ("groups", "0002_rules"),
        ("members", "0003_imports"),
    ]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        max_length=254,
                        validators=[members.text.validate_printable],
                        verbose_name="email",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("org_admin", "Admin"), ("org_member", "Member")],
                        default="org_member",
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                (
                    "personal_limit",
                    members.models.organizations.CreditsField(
                        blank=True,
                        decimal_places=4,
                        max_digits=18,
                        null=True,
                        verbose_name="personal usage limit",
                    ),
                ),
                ("is_unlimited", models.BooleanField(default=False, verbose_name="unlimited")),
                ("digest", models.CharField(max_length=64, unique=True, verbose_name="digest")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="created",
                    ),
                ),
                ("expires_at", models.DateTimeField(verbose_name="expires")),
                (
                    "sent_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="sent"
                    ),
                ),
                (
                    "accepted_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="accepted"
                    ),
                ),
                (
                    "revoked_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="revoked"
                    ),
                ),
                (
                    "billing_group",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.billinggroup",
                        verbose_name="billing group",
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="members.member",
                        verbose_name="invited by",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="members.organization",
                        verbose_name="organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "invitation",
                "verbose_name_plural": "invitations",
            },
        ),
        migrations.CreateModel(
            name="InvitationGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="groups.group",
                        verbose_name="group",
                    ),
                ),
                (
                    "invitation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="members.invitation",
                        verbose_name="invitation",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.organization",
                        verbose_name="organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "group of an invitation",
                "verbose_name_plural": "groups of invitations",
            },
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(
                condition=models.Q(("accepted_at", None), ("revoked_at", None)),
                fields=["organization", "-created_at", "-id"],
                name="pending_invitation",
            ),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=django.contrib.postgres.indexes.GinIndex(
                models.F("organization"),
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("email"), "gin_trgm_ops"
                ),
                name="invitation_search",
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="groups",
            field=models.ManyToManyField(
                related_name="invitations",
                through="members.InvitationGroup",
                to="groups.group",
                verbose_name="groups",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitationgroup",
            constraint=models.UniqueConstraint(
                fields=("invitation", "group"), name="group_once_per_invitation"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invitationgroup",
            trigger=pgtrigger.compiler.Trigger(
                name="never_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="3cbdb4e3727d3964d0813cc7a2bb2b0ddf5d3127",
                    operation="UPDATE",
                    pgid="pgtrigger_never_changed_8ba78",
                    table="members_invitationgroup",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=members.text.IsCleanText("email"),
                name="invitation_email_is_clean_text",
                violation_error_message="Remove the invisible characters and outer spaces.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                models.F("organization"), models.F("id"), name="invitation_of_organization"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                models.F("organization"),
                django.db.models.functions.text.Lower("email"),
                condition=models.Q(("accepted_at", None), ("revoked_at", None)),
                name="invited_once_per_organization",
                violation_error_message="This email is invited already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["org_admin", "org_member"])),
                name="invitation_role_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("personal_limit__gte", 0)), name="invitation_limit_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_unlimited", True), ("personal_limit__isnull", False), _negated=True
                ),
                name="invitation_limit_or_unlimited",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("accepted_at", None), ("revoked_at", None), _connector="OR"),
                name="invitation_accepted_or_revoked",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("accepted_at", None),
                    ("accepted_at__lt", models.F("expires_at")),
                    _connector="OR",
                ),
                name="invitation_accepted_in_time",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invitation",
            trigger=pgtrigger.compiler.Trigger(
                name="not_deleted_while_pending",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."accepted_at" IS NULL AND OLD."revoked_at" IS NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="669d429eab4c82287ef569ffa8e8eaf549c046b0",
                    operation="DELETE",
                    pgid="pgtrigger_not_deleted_while_pending_3c6d4",
                    table="members_invitation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invitation",
            trigger=pgtrigger.compiler.Trigger(
                name="stays_as_made",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."role" IS DISTINCT FROM (NEW."role") OR OLD."billing_group_id" IS DISTINCT FROM (NEW."billing_group_id") OR OLD."personal_limit" IS DISTINCT FROM (NEW."personal_limit") OR OLD."is_unlimited" IS DISTINCT FROM (NEW."is_unlimited") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="e6828b4bc8d2e66824201242c5c4558d48de23b5",
                    operation="UPDATE",
                    pgid="pgtrigger_stays_as_made_f8288",
                    table="members_invitation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invitation",
            trigger=pgtrigger.compiler.Trigger(
                name="end_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."accepted_at" IS NOT NULL OR OLD."revoked_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="acc940ae7557a1b4762d94dcf1834d84652e8acf",
                    operation="UPDATE",
                    pgid="pgtrigger_end_stays_8fbec",
                    table="members_invitation",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(KEYS, NO_KEYS),
    ]
