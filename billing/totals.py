"""Whether the totals, which every screen and export reads, are what the records say."""

import json
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

# One statement: what is reported meanwhile is in both the records and the totals, or in neither.
COMPARE = """
WITH asked AS MATERIALIZED (
    SELECT id AS organization_id, slug FROM members_organization
    WHERE id = coalesce(%s, id)
), recomputed AS MATERIALIZED (
    SELECT organization_id, period_id, billing_group_id, member_id,
        sum(credits) AS credits, count(*) AS records
    FROM billing_usagerecord JOIN asked USING (organization_id)
    GROUP BY organization_id, period_id, billing_group_id, member_id
), usage_totals AS (
    SELECT total.* FROM billing_usagetotal total JOIN asked USING (organization_id)
), group_totals AS (
    SELECT total.* FROM billing_grouptotal total JOIN asked USING (organization_id)
), compared AS (
    SELECT organization_id, period_id, billing_group_id, member_id,
        coalesce(usage_totals.credits, 0) AS stored,
        coalesce(recomputed.credits, 0) AS recomputed, coalesce(records, 0) AS records
    FROM usage_totals
    FULL JOIN recomputed USING (organization_id, period_id, billing_group_id, member_id)
    UNION ALL
    SELECT organization_id, period_id, billing_group_id, NULL,
        coalesce(group_totals.credits, 0), coalesce(sums.credits, 0), 0
    FROM group_totals
    FULL JOIN (
        SELECT organization_id, period_id, billing_group_id, sum(credits) AS credits
        FROM recomputed GROUP BY organization_id, period_id, billing_group_id
    ) sums USING (organization_id, period_id, billing_group_id)
)
SELECT count(member_id), count(*) - count(member_id), coalesce(sum(records), 0),
    coalesce(
        jsonb_agg(
            jsonb_build_array(
                slug, period_id, billing_group_id, member_id, stored::text, recomputed::text
            )
            ORDER BY slug, period_id, billing_group_id, member_id
        ) FILTER (WHERE stored <> recomputed),
        '[]'
    )
FROM compared JOIN asked USING (organization_id)
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A total that is not the sum of its records; without a member it is a billing group's."""

    organization: str
    period_id: int
    billing_group_id: int
    member_id: int | None
    stored: Decimal
    recomputed: Decimal


@dataclass(frozen=True, slots=True)
class Comparison:
    usage_totals: int
    group_totals: int
    records: int
    differences: list[Difference]


def compare_totals(organization=None):
    """Recompute every total, of one organization or of all, from the records in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(COMPARE, [organization and organization.pk])
        *counts, differences = cursor.fetchone()
    return Comparison(
        *map(int, counts),
        [
            Difference(*key, Decimal(stored), Decimal(recomputed))
            for *key, stored, recomputed in json.loads(differences)
        ],
    )
