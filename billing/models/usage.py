import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import CreditsField, Member, Organization

from .fields import APPEND_ONLY, TotalField, inside
from .groups import BillingGroup
from .periods import Period

MOST_CREDITS = 1_000_000_000


class UsageRecord(models.Model):
    """Credits consumed, or the mending of a mistake; never changed or deleted."""

    class Kind(models.TextChoices):
        USAGE = "usage", _("Usage")
        ADJUSTMENT = "adjustment", _("Adjustment")

    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        related_name="usage_records",
        db_index=False,
        db_constraint=False,
        verbose_name=_("organization"),
    )
    period = inside(Period, "records", db_index=False, verbose_name=_("period"))
    billing_group = inside(BillingGroup, "records", db_index=False, verbose_name=_("billing group"))
    member = inside(Member, "records", db_index=False, verbose_name=_("member"))
    credits = CreditsField(_("Credits"))
    occurred_at = models.DateTimeField(_("time"))
    recorded_at = models.DateTimeField(_("recorded"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.USAGE)
    event_id = models.CharField(_("event id"), max_length=200, db_collation="C")
    source = models.CharField(_("source"), max_length=100, blank=True)
    operation = models.CharField(_("operation"), max_length=100, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    actor = models.CharField(_("actor"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("usage record")
        verbose_name_plural = _("usage records")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "event_id"],
                name="event_once_per_organization",
                violation_error_code="conflict",
                violation_error_message=_("This event id belongs to another record."),
            ),
            models.CheckConstraint(condition=~Q(event_id=""), name="event_id_required"),
            models.CheckConstraint(
                condition=Q(kind="adjustment") | Q(kind="usage", credits__range=(0, MOST_CREDITS)),
                name="usage_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(kind="usage") | (~Q(credits=0) & ~Q(reason="") & ~Q(actor="")),
                name="adjustment_says_what_and_why",
            ),
        ]
        indexes = [
            models.Index(fields=["period", "member", "occurred_at"], name="record_by_member"),
            models.Index(fields=["period", "occurred_at"], name="record_by_time"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=APPEND_ONLY)]

    def __str__(self):
        return self.event_id


class UsageTotal(models.Model):
    """Credits of a member under a billing group in a period: what exports and pages read."""

    pk = models.CompositePrimaryKey("period_id", "member_id", "billing_group_id")
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    period = inside(Period, "usage_totals", db_index=False)
    member = inside(Member, "usage_totals", db_index=False)
    billing_group = inside(BillingGroup, "usage_totals", db_index=False)
    credits = TotalField()

    class Meta:
        verbose_name = _("usage total")
        verbose_name_plural = _("usage totals")
        indexes = [
            models.Index(fields=["period", "billing_group", "member"], name="usage_total_by_group")
        ]
        constraints = [
            models.CheckConstraint(condition=Q(credits__gte=0), name="usage_total_not_negative")
        ]

    def __str__(self):
        return f"{self.credits} of {self.member_id} under {self.billing_group_id}"


class MemberTotal(models.Model):
    """Credits of a member in a period, under all billing groups: a view, for many at once."""

    pk = models.CompositePrimaryKey("period_id", "member_id")
    period = models.ForeignKey(Period, models.DO_NOTHING, related_name="+")
    member = models.ForeignKey(Member, models.DO_NOTHING, related_name="member_totals")
    credits = TotalField()

    class Meta:
        managed = False

    def __str__(self):
        return f"{self.credits} of {self.member_id}"
