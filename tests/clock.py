"""Instants for tests: `utc(2026, 1, 31, 23)`, and assignments made as if it were another time."""

from contextlib import contextmanager
from datetime import UTC, datetime

import pgtrigger
from django.db import connection, transaction


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@contextmanager
def assignments_made(at):
    """Members who are added or moved inside are stamped with the instant `at`."""
    with transaction.atomic():
        _stamp(at.isoformat())
        yield
        _stamp("")


def another_time():
    """Inside, periods change that are final by the real clock, the only one the database knows."""
    return pgtrigger.ignore("billing.Period:passed_end_stays", "billing.Period:final_stays")


def _stamp(text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('billing.assigned_at', %s, true)", [text])
