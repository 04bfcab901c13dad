from datetime import timedelta

import pgtrigger
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now, Upper
from django.utils.translation import gettext_lazy as _

from members.text import clean_text_constraint, validate_printable

from .members import Member
from .organizations import CreditsField, ExactBigint, Organization, not_both_limits

OPEN_FOR = timedelta(days=7)


class InvitationQuerySet(models.QuerySet):
    def pending(self):
        """Neither accepted nor revoked; expired ones too."""
        return self.filter(accepted_at=None, revoked_at=None)

    def open(self, now):
        """Those that can be accepted: not expired, and of an enabled admin who may sign in."""
        return self.pending().filter(
            expires_at__gt=now,
            invited_by__status=Member.Status.ENABLED,
            invited_by__role=Member.Role.ADMIN,
            invited_by__user__is_active=True,
        )

    def of_emails(self, emails):
        """Those of any of `emails`, in any case."""
        keys = [email.lower() for email in emails]
        return self.alias(in_lower_case=Lower("email")).filter(in_lower_case__in=keys)

    def matching(self, text):
        """Those whose email contains `text`, ignoring case."""
        return self.filter(email__icontains=text) if text else self

    def locked(self):
        """The same invitations, locked in id order."""
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))

    def revoke(self, now):
        """End those that are pending; returns their ids."""
        ids = list(self.pending().locked().values_list("pk", flat=True))
        if ids:
            self.model.objects.filter(pk__in=ids).update(revoked_at=now)
        return ids


class Invitation(models.Model):
    """An email that an admin asked to join: no member, no seat and no Credits until accepted.

    The link that was sent carries a secret of which only the hash is stored. Like an API key it
    is never stronger than the admin who made it is now.
    """

    class Standing(models.TextChoices):
        OPEN = "open", _("Invited")
        NOT_SENT = "not_sent", _("Not sent")
        EXPIRED = "expired", _("Expired")
        BLOCKED = "blocked", _("Blocked")

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="invitations", verbose_name=_("organization")
    )
    email = models.EmailField(_("email"), max_length=254, validators=[validate_printable])
    role = models.CharField(
        _("role"), max_length=20, choices=Member.Role, default=Member.Role.MEMBER
    )
    billing_group = models.ForeignKey(
        "billing.BillingGroup",
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        verbose_name=_("billing group"),
    )
    groups = models.ManyToManyField(
        "groups.Group",
        through="InvitationGroup",
        related_name="invitations",
        verbose_name=_("groups"),
    )
    personal_limit = CreditsField(_("personal usage limit"), null=True, blank=True)
    is_unlimited = models.BooleanField(_("unlimited"), default=False)
    invited_by = models.ForeignKey(
        Member,
        models.PROTECT,
        related_name="invitations",
        db_constraint=False,
        verbose_name=_("invited by"),
    )
    digest = models.CharField(_("digest"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    expires_at = models.DateTimeField(_("expires"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True, editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            *clean_text_constraint("invitation", "email"),
            models.UniqueConstraint("organization", "id", name="invitation_of_organization"),
            models.UniqueConstraint(
                "organization",
                Lower("email"),
                condition=Q(accepted_at=None, revoked_at=None),
                name="invited_once_per_organization",
                violation_error_message=_("This email is invited already."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=["org_admin", "org_member"]), name="invitation_role_known"
            ),
            models.CheckConstraint(
                condition=Q(personal_limit__gte=0), name="invitation_limit_not_negative"
            ),
            models.CheckConstraint(
                condition=not_both_limits("personal_limit", "is_unlimited"),
                name="invitation_limit_or_unlimited",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(revoked_at=None),
                name="invitation_accepted_or_revoked",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(accepted_at__lt=F("expires_at")),
                name="invitation_accepted_in_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "-created_at", "-id"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="pending_invitation",
            ),
            GinIndex(
                *("organization", OpClass(Upper("email"), "gin_trgm_ops")),
                name="invitation_search",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="not_deleted_while_pending",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__accepted_at__isnull=True, old__revoked_at__isnull=True),
            ),
            pgtrigger.ReadOnly(
                name="stays_as_made",
                fields=[
                    *("organization", "email", "role", "billing_group", "personal_limit"),
                    *("is_unlimited", "created_at"),
                ],
            ),
            pgtrigger.Protect(
                name="end_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__accepted_at__isnull=False)
                | pgtrigger.Q(old__revoked_at__isnull=False),
            ),
        ]

    def __str__(self):
        return self.email

    def standing(self, now):
        """How one that is pending stands; its inviter and their user are joined."""
        if not (self.invited_by.is_admin and self.invited_by.user.is_active):
            return self.Standing.BLOCKED
        if self.expires_at <= now:
            return self.Standing.EXPIRED
        return self.Standing.OPEN if self.sent_at else self.Standing.NOT_SENT


Invitation._meta.get_field("organization").register_lookup(ExactBigint)  # for its search


class InvitationGroup(models.Model):
    """A group that who accepts gets into, if it is still there then."""

    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("organization"),
    )
    invitation = models.ForeignKey(
        Invitation,
        models.CASCADE,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("invitation"),
    )
    group = models.ForeignKey(
        "groups.Group",
        models.CASCADE,
        related_name="+",
        db_constraint=False,
        verbose_name=_("group"),
    )

    class Meta:
        verbose_name = _("group of an invitation")
        verbose_name_plural = _("groups of invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["invitation", "group"], name="group_once_per_invitation"
            )
        ]
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update)]

    def __str__(self):
        return f"{self.group} of {self.invitation}"
