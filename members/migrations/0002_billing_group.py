import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0001_initial"), ("billing", "0001_initial")]

    operations = [
        migrations.AddField(
            "member",
            "billing_group",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="members",
                to="billing.billinggroup",
                verbose_name="billing group",
            ),
        ),
        migrations.AddIndex(
            "member",
            models.Index(
                fields=["billing_group", "organization", "id"],
                include=("status",),
                name="member_by_billing_group",
            ),
        ),
    ]
