"""What the totals must be, summed from the records without asking the product."""

from django.db import connection

DIFFERENT_TOTALS = """
WITH member_sums AS (
    SELECT organization_id, period_id, member_id, billing_group_id, sum(credits) AS credits
    FROM billing_usagerecord GROUP BY 1, 2, 3, 4
), group_sums AS (
    SELECT organization_id, period_id, billing_group_id, sum(credits) AS credits
    FROM billing_usagerecord GROUP BY 1, 2, 3
)
SELECT 'member', to_jsonb(stored), to_jsonb(summed)
FROM billing_usagetotal stored
FULL JOIN member_sums summed USING (organization_id, period_id, member_id, billing_group_id)
WHERE coalesce(stored.credits, 0) <> coalesce(summed.credits, 0)
UNION ALL
SELECT 'billing group', to_jsonb(stored), to_jsonb(summed)
FROM billing_grouptotal stored
FULL JOIN group_sums summed USING (organization_id, period_id, billing_group_id)
WHERE coalesce(stored.credits, 0) <> coalesce(summed.credits, 0)
"""


def assert_totals_equal_records():
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENT_TOTALS)
        assert cursor.fetchall() == []
