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
# The records that do not stand where their member was at the time.
ATTRIBUTED_ELSEWHERE = """
SELECT record.id FROM billing_usagerecord record
LEFT JOIN billing_assignment place ON place.member_id = record.member_id
    AND place.started_at <= record.occurred_at
    AND (record.occurred_at < place.ended_at OR place.ended_at IS NULL)
JOIN billing_billinggroup unassigned
    ON unassigned.organization_id = record.organization_id AND unassigned.is_unassigned
WHERE record.billing_group_id <> coalesce(place.billing_group_id, unassigned.id)
"""


def assert_totals_equal_records():
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENT_TOTALS)
        assert cursor.fetchall() == []
