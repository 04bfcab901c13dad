"""The row of the totals: what the Billing Groups page reads beside a sum over the records."""

from pathlib import Path

from django.db import connection

from billing.models import GroupTotal

from .comparing import Row
from .slices import Broken, repeat

SUMS = (Path(__file__).parent / "sql" / "sums.sql").read_text()


def rows(place):
    yield Row(
        "group totals of a period",
        "SUM over its records",
        lambda seconds: repeat(lambda: read_totals(place), seconds),
        lambda seconds: repeat(lambda: sum_records(place), seconds),
        1 / 100,
        timed=True,
        prepare=lambda: require_same(place),
    )


def read_totals(place):
    totals = GroupTotal.objects.filter(period=place.period)
    return dict(totals.values_list("billing_group_id", "credits"))


def sum_records(place):
    with connection.cursor() as cursor:
        cursor.execute(SUMS, [place.period])
        return dict(cursor.fetchall())


def require_same(place):
    if read_totals(place) != sum_records(place):
        raise Broken("The totals of the billing groups are not the sums of their records.")
