import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Lower, Now, Upper
from django.utils.translation import gettext_lazy as _

from members.arrays import any_of
from members.models import CreditsField, ExactBigint, Member, Organization
from members.text import clean_text_constraint, is_number, validate_printable

from .fields import IsUnassignedName, TimeRange, TotalField, inside
from .periods import Period

UNASSIGNED = "Unassigned"


def key_of(pk, is_unassigned):
    """A group's id in addresses and in the API."""
    return "unassigned" if is_unassigned else str(pk)


def match(text, members):
    """That the name of a group, or the name or email of one of `members` in it, contains `text`.

    The members are looked for at once, however often the groups are asked for.
    """
    if not text:
        return Q()
    found = members.present().matching(text).order_by().values_list("billing_group", flat=True)
    return Q(name__icontains=text) | Q(any_of("pk", list(found.distinct())))


class BillingGroupQuerySet(models.QuerySet):
    def alive(self):
        return self.filter(deleted_at=None)

    def formal(self):
        return self.alive().filter(is_unassigned=False)

    def unassigned(self):
        return self.get(is_unassigned=True)

    def named_in_url(self, key):
        """The group of a page's address, deleted ones too; Unassigned is `unassigned`."""
        if key == "unassigned":
            return self.filter(is_unassigned=True)
        return self.filter(pk=key, is_unassigned=False) if is_number(key) else self.none()

    def matching(self, text, members):
        return self.filter(match(text, members))

    def shown_in(self, period):
        """Living groups, and the deleted ones that have usage in `period`."""
        used = GroupTotal.objects.filter(period=period, billing_group=OuterRef("pk"))
        return self.filter(Q(deleted_at=None) | Exists(used.exclude(credits=0)))

    def with_usage_in(self, period):
        """Annotate `used`: Credits consumed in `period`."""
        its = Q(group_totals__period=period)  # one at most
        used = Coalesce("total__credits", Value(0), output_field=TotalField())
        total = FilteredRelation("group_totals", condition=its)
        return self.alias(total=total).annotate(used=used)

    def with_member_count(self):
        """Annotate `member_count`: present members now."""
        members = Member.objects.present().filter(billing_group=OuterRef("pk")).order_by()
        count = members.values("billing_group").annotate(count=models.Count("pk")).values("count")
        return self.annotate(member_count=Coalesce(Subquery(count), 0))

    def unassigned_first(self, *ordering):
        return self.order_by("-is_unassigned", *(ordering or (Lower("name"),)), "pk")


class BillingGroup(models.Model):
    """To whom Credits are attributed, and how much they may consume in a period."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="billing_groups", verbose_name=_("organization")
    )
    name = models.CharField(_("name"), max_length=100, validators=[validate_printable])
    description = models.CharField(
        _("description"),
        max_length=500,
        blank=True,
        validators=[validate_printable],
        help_text=_("Explains the cost center."),
    )
    is_unassigned = models.BooleanField(_("is Unassigned"), default=False, editable=False)
    period_limit = CreditsField(_("period usage limit"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)
    created_by = inside(
        Member, null=True, editable=False, db_index=False, verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = BillingGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("billing group")
        verbose_name_plural = _("billing groups")
        constraints = [
            *clean_text_constraint("billing_group", "name", "description"),
            models.CheckConstraint(condition=~Q(name=""), name="billing_group_name_required"),
            models.UniqueConstraint("organization", "id", name="billing_group_of_organization"),
            models.CheckConstraint(
                condition=Q(is_unassigned=True) | ~Q(IsUnassignedName("name")),
                name="unassigned_is_reserved",
                violation_error_message=_("Unassigned is a reserved name. Choose another name."),
            ),
            models.UniqueConstraint(
                "organization",
                Lower("name"),
                condition=Q(deleted_at=None),
                name="billing_group_name_once_per_organization",
                violation_error_message=_(
                    "A billing group with this name already exists. Choose another name."
                ),
            ),
            models.UniqueConstraint(
                "organization", condition=Q(is_unassigned=True), name="one_unassigned"
            ),
            models.CheckConstraint(
                condition=Q(is_unassigned=False)
                | Q(name=UNASSIGNED, period_limit=None, deleted_at=None),
                name="unassigned_is_fixed",
            ),
            models.CheckConstraint(
                condition=Q(period_limit__gte=0), name="period_limit_not_negative"
            ),
        ]
        indexes = [
            models.Index(
                *("organization", F("is_unassigned").desc(), Lower("name"), "id"),
                name="billing_group_by_name",
            ),
            models.Index(
                *("organization", F("is_unassigned").desc(), Lower("name").desc(), "id"),
                name="billing_group_by_name_down",
            ),
            models.Index(fields=["organization", "created_at", "id"], name="billing_group_by_age"),
            GinIndex(
                *("organization", OpClass(Upper("name"), "gin_trgm_ops")),
                name="billing_group_search",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="stays_what_it_is", fields=["organization", "is_unassigned"]),
            pgtrigger.Protect(
                name="deleted_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__deleted_at__isnull=False),
            ),
        ]

    def __str__(self):
        return self.name

    class Standing(models.TextChoices):
        OK = "ok", _("OK")
        NEAR = "near", _("Near limit")
        BLOCKED = "blocked", _("Blocked")
        FROZEN = "frozen", _("Frozen")
        NO_LIMIT = "no_limit", _("No limit")

    @property
    def key(self):
        return key_of(self.pk, self.is_unassigned)


BillingGroup._meta.get_field("organization").register_lookup(ExactBigint)  # for its search


class Assignment(models.Model):
    """Who was in which billing group and when; kept by triggers on Member.billing_group."""

    organization = models.ForeignKey(  # which the keys of member and billing group check
        Organization,
        models.PROTECT,
        related_name="assignments",
        db_index=False,
        db_constraint=False,
        verbose_name=_("organization"),
    )
    member = inside(Member, "assignments", db_index=False, verbose_name=_("member"))
    billing_group = inside(BillingGroup, "assignments", verbose_name=_("billing group"))
    started_at = models.DateTimeField(_("start"))
    ended_at = models.DateTimeField(_("end"), null=True, blank=True)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        indexes = [models.Index(fields=["member", "-started_at"], name="assignment_by_time")]
        constraints = [
            ExclusionConstraint(
                name="one_billing_group_at_a_time",
                expressions=[
                    ("member", RangeOperators.EQUAL),
                    (TimeRange("started_at", "ended_at"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
                name="assignment_ends_after_it_starts",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="history_stays",
                fields=["organization", "member", "billing_group", "started_at"],
            ),
            pgtrigger.Protect(
                name="end_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.member} in {self.billing_group}"


class GroupTotal(models.Model):
    """Credits of a billing group in a period: what its limit is checked against."""

    pk = models.CompositePrimaryKey("period_id", "billing_group_id")
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    period = inside(Period, "group_totals", db_index=False)
    billing_group = inside(BillingGroup, "group_totals", db_index=False)
    credits = TotalField()

    class Meta:
        verbose_name = _("group total")
        verbose_name_plural = _("group totals")
        constraints = [
            models.CheckConstraint(condition=Q(credits__gte=0), name="group_total_not_negative")
        ]

    def __str__(self):
        return f"{self.credits} of {self.billing_group_id}"
