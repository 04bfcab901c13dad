import zoneinfo
from decimal import Decimal

import pgtrigger
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now, Upper
from django.utils.translation import gettext_lazy as _

from .text import clean_text_constraint, validate_printable


def validate_time_zone(name):
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("Choose a time zone of the list."), code="unknown_time_zone")


def not_both_limits(amount, unlimited):
    return ~Q(**{f"{amount}__isnull": False, unlimited: True})


class CreditsField(models.DecimalField):
    """Credits: an exact amount with 4 decimals."""

    most = Decimal("99999999999999.9999")  # that its 18 digits hold

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"max_digits": 18, "decimal_places": 4, **kwargs})


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
    created_at = models.DateTimeField(db_default=Now(), editable=False)

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
        return zoneinfo.ZoneInfo(self.time_zone)


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)  # None: unusable
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """Who signs in; what they are in an organization is a Member."""

    email = models.EmailField(
        _("email"),
        max_length=254,
        unique=True,
        error_messages={"unique": _("A user with this email already exists.")},
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("support staff"), default=False)
    date_joined = models.DateTimeField(db_default=Now(), editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            *clean_text_constraint("user", "email"),
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="user_email_in_lower_case"
            ),
        ]

    def __str__(self):
        return self.email


class MemberQuerySet(models.QuerySet):
    def enabled(self):
        return self.filter(status=Member.Status.ENABLED)

    def present(self):
        """Enabled and disabled members, not the removed ones."""
        return self.exclude(status=Member.Status.DELETED)

    def admins(self):
        return self.enabled().filter(role=Member.Role.ADMIN)

    def by_organization(self):
        """The same members with their organizations, in the order of those."""
        return self.select_related("organization").order_by(Lower("organization__name"), "pk")

    def matching(self, text):
        """Members whose name or email contains `text`, ignoring case."""
        return self.filter(Q(name__icontains=text) | Q(email__icontains=text)) if text else self

    def locked(self):
        """The same members, locked in id order; evaluates to a list."""
        return list(self.order_by("pk").select_for_update(no_key=True, of=("self",)))


class Member(models.Model):
    class Role(models.TextChoices):
        ADMIN = "org_admin", _("Admin")
        MEMBER = "org_member", _("Member")

    class Status(models.TextChoices):
        ENABLED = "ENABLED", _("Active")
        DISABLED = "DISABLED", _("Disabled")
        DELETED = "DELETED", _("Removed")

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="members", db_index=False
    )
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", null=True)
    name = models.CharField(_("name"), max_length=100, validators=[validate_printable])
    email = models.EmailField(_("email"), max_length=254, validators=[validate_printable])
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.MEMBER)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ENABLED)
    personal_limit = CreditsField(_("personal usage limit"), null=True, blank=True)
    is_unlimited = models.BooleanField(_("unlimited"), default=False)
    billing_group = models.ForeignKey(
        "billing.BillingGroup",
        models.PROTECT,
        related_name="members",
        db_constraint=False,
        db_index=False,
    )
    assigned_at = models.DateTimeField(  # stamped by a trigger whenever billing_group changes
        db_default=Now(), editable=False
    )
    joined_at = models.DateTimeField(db_default=Now(), editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            *clean_text_constraint("member", "name", "email"),
            models.UniqueConstraint("organization", "id", name="member_of_organization"),
            models.UniqueConstraint(
                "organization",
                Lower("email"),
                name="member_email_once_per_organization",
                violation_error_message=_("A member with this email already exists."),
            ),
            models.UniqueConstraint(
                "organization",
                "user",
                name="member_once_per_organization",
                violation_error_message=_("This person is already a member."),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="member_name_required"),
            models.CheckConstraint(
                condition=Q(role__in=["org_admin", "org_member"]), name="member_role_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["ENABLED", "DISABLED"], deleted_at=None)
                | Q(status="DELETED", deleted_at__isnull=False),
                name="member_status_known",
            ),
            models.CheckConstraint(
                condition=Q(personal_limit__gte=0), name="personal_limit_not_negative"
            ),
            models.CheckConstraint(
                condition=not_both_limits("personal_limit", "is_unlimited"),
                name="personal_limit_or_unlimited",
            ),
        ]
        indexes = [
            models.Index("organization", Lower("name"), "id", name="member_by_name"),
            models.Index("billing_group", "id", name="member_by_billing_group"),
            GinIndex(
                "organization",
                OpClass(Upper("name"), "gin_trgm_ops"),
                OpClass(Upper("email"), "gin_trgm_ops"),
                name="member_search",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="stays_in_organization", fields=["organization"]),
        ]

    def __str__(self):
        return self.name

    @property
    def is_admin(self):
        return self.role == self.Role.ADMIN and self.status == self.Status.ENABLED
