import pgtrigger
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Func

from members.models import CreditsField

APPEND_ONLY = pgtrigger.Update | pgtrigger.Delete


class TotalField(CreditsField):
    """A sum of Credits."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"max_digits": 24, "default": 0, **kwargs})


class TimeRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class IsUnassignedName(Func):
    function = "is_unassigned_name"
    output_field = models.BooleanField()


def inside(model, related_name="+", **options):
    """A relation inside one organization: its key is (organization_id, id), made by SQL."""
    return models.ForeignKey(
        model, models.PROTECT, related_name=related_name, db_constraint=False, **options
    )
