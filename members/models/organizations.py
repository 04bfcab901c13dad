from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.fields.related_lookups import RelatedExact
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from members.text import clean_text_constraint, validate_printable


@cache
def known_time_zones():
    """The names of all time zones, which Python looks for in the files of the machine each time."""
    return available_timezones()


def validate_time_zone(name):
    if name not in known_time_zones():
        raise ValidationError(_("Choose a time zone of the list."), code="unknown_time_zone")


def not_both_limits(amount, unlimited):
    return ~Q(**{f"{amount}__isnull": False, unlimited: True})


class CreditsField(models.DecimalField):
    """Credits: an exact amount with 4 decimals."""

    most = Decimal("99999999999999.9999")  # that its 18 digits hold

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"max_digits": 18, "decimal_places": 4, **kwargs})


class ExactBigint(RelatedExact):
    """`= 8::bigint`: a GIN index is found only by a value of its column's very type."""

    def process_rhs(self, compiler, connection):
        sql, parameters = super().process_rhs(compiler, connection)
        return (f"{sql}::bigint" if self.rhs_is_direct_value() else sql), parameters


class Organization(models.Model):
    name = models.CharField(_("name"), max_length=100, validators=[validate_printable])
    slug = models.SlugField(_("address"), unique=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="UTC", validators=[validate_time_zone]
    )
    period_start_day = models.PositiveSmallIntegerField(
        _("period start day"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
    )
    late_usage_hours = models.PositiveSmallIntegerField(
        _("hours a period stays open for late usage"),
        default=72,
        validators=[MaxValueValidator(24 * 90)],
    )
    default_personal_limit = CreditsField(_("default personal limit"), null=True, blank=True)
    default_is_unlimited = models.BooleanField(_("unlimited by default"), default=False)
    requires_two_factor = models.BooleanField(
        _("two-factor authentication of admins"), default=False
    )
    created_at = models.DateTimeField(_("opened"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        constraints = [
            *clean_text_constraint("organization", "name"),
            models.CheckConstraint(condition=~Q(name=""), name="organization_name_required"),
            models.CheckConstraint(
                condition=Q(period_start_day__range=(1, 31)), name="period_start_day_is_1_to_31"
            ),
            models.CheckConstraint(
                condition=Q(late_usage_hours__lte=24 * 90), name="late_window_within_90_days"
            ),
            models.CheckConstraint(
                condition=Q(default_personal_limit__gte=0), name="default_limit_not_negative"
            ),
            models.CheckConstraint(
                condition=not_both_limits("default_personal_limit", "default_is_unlimited"),
                name="default_limit_or_unlimited",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def zone(self):
        return ZoneInfo(self.time_zone)
