from datetime import timedelta
from decimal import Decimal

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.operations import Refused
from members.models import Organization

from .fields import TimeRange


class PeriodIsOver(Refused):
    """The form or request was made for a period that is not the current one."""

    code = "period_is_over"
    message = _("That period is closed: view and export only. Go to the current period.")


class PeriodQuerySet(models.QuerySet):
    def containing(self, at):
        """The stored period of the instant `at`."""
        return self.get(starts_at__lte=at, ends_at__gt=at)


class Period(models.Model):
    """A billing period `[starts_at, ends_at)`; open for late usage until `final_at`."""

    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        related_name="periods",
        db_index=False,
        verbose_name=_("organization"),
    )
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    final_at = models.DateTimeField(_("final from"))

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("period")
        verbose_name_plural = _("periods")
        ordering = ["-starts_at"]
        constraints = [
            models.UniqueConstraint("organization", "id", name="period_of_organization"),
            models.UniqueConstraint("organization", "starts_at", name="period_starts_once"),
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at"), ends_at__lte=F("final_at")),
                name="period_ends_after_it_starts",
            ),
            ExclusionConstraint(
                name="periods_never_overlap",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    (TimeRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="start_stays", fields=["organization", "starts_at"]),
            pgtrigger.Protect(
                name="passed_end_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.ends_at <= clock_timestamp() AND OLD.ends_at <> NEW.ends_at"
                ),
            ),
            pgtrigger.Protect(
                name="final_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.final_at <= clock_timestamp()"),
            ),
        ]

    def __str__(self):
        start, end = (
            each.astimezone(self.organization.zone) for each in (self.starts_at, self.ends_at)
        )
        return f"{start:%Y-%m-%d} – {end:%Y-%m-%d}"

    @property
    def first_day(self):
        """The local date on which the period starts: its name in addresses and forms."""
        return self.starts_at.astimezone(self.organization.zone).date()

    def require_current(self):
        """Raise PeriodIsOver unless this is the period of the present, as stored now."""
        now = timezone.now()
        if not Period.objects.filter(pk=self.pk, starts_at__lte=now, ends_at__gt=now).exists():
            raise PeriodIsOver

    @property
    def used(self):
        """Credits that the organization used in the period."""
        totals = self.group_totals.aggregate(used=models.Sum("credits"))
        return totals["used"] or Decimal(0)

    @property
    def last_day(self):
        """The local date of the period's last instant."""
        last_instant = self.ends_at - timedelta(microseconds=1)
        return last_instant.astimezone(self.organization.zone).date()
