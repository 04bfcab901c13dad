import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0002_billing_group"),
    ]

    operations = [
        migrations.CreateModel(
            name="MemberImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=255)),
                ("content", models.BinaryField()),
                (
                    "ignored",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "importer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="member_imports",
                        to="members.member",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="member_imports",
                        to="members.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "import of members",
                "verbose_name_plural": "imports of members",
            },
        ),
        migrations.CreateModel(
            name="ImportLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("add", "Add"),
                            ("change", "Change"),
                            ("unchanged", "Unchanged"),
                            ("error", "Error"),
                        ],
                        max_length=10,
                    ),
                ),
                ("email", models.TextField()),
                ("what", models.TextField()),
                (
                    "of_import",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="members.memberimport",
                    ),
                ),
            ],
            options={
                "verbose_name": "line of an import",
                "verbose_name_plural": "lines of imports",
            },
        ),
        migrations.AddIndex(
            model_name="memberimport",
            index=models.Index(fields=["created_at"], name="member_import_by_time"),
        ),
        migrations.AddIndex(
            model_name="importline",
            index=models.Index(
                fields=["of_import", "verdict", "number"], name="import_line_by_verdict"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="memberimport",
            trigger=pgtrigger.compiler.Trigger(
                name="stays_as_sent",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."importer_id" IS DISTINCT FROM (NEW."importer_id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."content" IS DISTINCT FROM (NEW."content") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="56a619d7b4b52f966a452b5fbcf1dd686096d09b",
                    operation="UPDATE",
                    pgid="pgtrigger_stays_as_sent_2e282",
                    table="members_memberimport",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="importline",
            constraint=models.UniqueConstraint(
                fields=("of_import", "number"), name="one_verdict_per_line"
            ),
        ),
        migrations.RunSQL(
            """
            ALTER TABLE members_memberimport ADD CONSTRAINT member_import_importer_same_organization
                FOREIGN KEY (organization_id, importer_id)
                REFERENCES members_member (organization_id, id) DEFERRABLE
            """,
            "ALTER TABLE members_memberimport DROP CONSTRAINT member_import_importer_same_organization",
        ),
    ]
