from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


def sql(name, reverse=None):
    reverse = reverse or (SQL / f"{name}_reverse.sql").read_text()
    return migrations.RunSQL((SQL / f"{name}.sql").read_text(), reverse)


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("members", "0002_billing_group")]

    operations = [
        sql("keys"),
        sql(
            "totals",
            "DROP VIEW billing_membertotal; DROP AGGREGATE sum_of_few(numeric);"
            "ALTER TABLE billing_usagetotal RESET (fillfactor);"
            "ALTER TABLE billing_grouptotal RESET (fillfactor)",
        ),
        sql(
            "periods",
            "DROP TRIGGER periods_are_contiguous_on_update ON billing_period;"
            "DROP TRIGGER periods_are_contiguous_on_insert ON billing_period;"
            "DROP FUNCTION periods_are_contiguous()",
        ),
        sql(
            "statistics",
            "DROP STATISTICS usage_record_period_of_organization,"
            " usage_total_period_of_organization, group_total_period_of_organization,"
            " member_billing_group_of_organization",
        ),
        sql("assignment_history"),
        sql(
            "removed_members",
            "DROP TRIGGER removed_members_are_in_unassigned ON members_member;"
            "DROP FUNCTION removed_members_are_in_unassigned()",
        ),
        sql(
            "admission",
            "DROP FUNCTION refusal_of, is_blocked, blocked_reasons, reason_of_group, reason_of_use,"
            " reason_of_status, settled_as, hold_late_periods, past_billing_group",
        ),
        sql("metering_one", "DROP FUNCTION record_one_usage"),
        sql(
            "judging",
            "DROP FUNCTION judge_in_turn, limits_may_be_crossed, groups_may_be_refused,"
            " members_may_be_refused",
        ),
        sql("recording", "DROP FUNCTION add_to_groups, add_records, lock_group_totals"),
        sql("metering", "DROP FUNCTION record_usage"),
    ]
