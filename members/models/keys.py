import hashlib
from datetime import timedelta

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from members.text import clean_text_constraint, listed, validate_printable

from .members import Member
from .organizations import Organization

LONGEST_LIFE = timedelta(days=366)  # a year, the one with a leap day too


class ApiKeyQuerySet(models.QuerySet):
    def lasting(self, now):
        """Neither revoked nor expired."""
        return self.filter(revoked_at=None, expires_at__gt=now)

    def working(self, now):
        """Lasting, and made by an enabled admin who may sign in."""
        return self.lasting(now).filter(
            created_by__status=Member.Status.ENABLED,
            created_by__role=Member.Role.ADMIN,
            created_by__user__is_active=True,
        )


class ApiKey(models.Model):
    """What a program signs in with: a secret of which only the hash is stored."""

    class Scope(models.TextChoices):
        READ = "read", _("Read")
        WRITE = "write", _("Write")
        USAGE = "usage", _("Report usage")

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="api_keys", verbose_name=_("organization")
    )
    name = models.CharField(_("name"), max_length=100, validators=[validate_printable])
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope), verbose_name=_("scopes"))
    prefix = models.CharField(_("beginning of the key"), max_length=20, unique=True)
    digest = models.CharField(_("digest"), max_length=64)
    created_by = models.ForeignKey(
        Member,
        models.PROTECT,
        related_name="api_keys",
        db_constraint=False,
        verbose_name=_("made by"),
    )
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [
            *clean_text_constraint("api_key", "name"),
            models.CheckConstraint(condition=~Q(name=""), name="api_key_name_required"),
            models.CheckConstraint(
                condition=Q(scopes__contained_by=["read", "write", "usage"]) & Q(scopes__len__gt=0),
                name="api_key_scopes_known",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__lte=F("created_at") + LONGEST_LIFE),
                name="api_key_expires_within_a_year",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="stays_as_made",
                fields=[
                    *("organization", "scopes", "prefix", "digest"),
                    *("created_by", "created_at", "expires_at"),
                ],
            ),
            pgtrigger.Protect(
                name="stays_revoked",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__revoked_at__isnull=False),
            ),
        ]

    def __str__(self):
        return self.name

    def opens_with(self, secret):
        """Whether `secret` is the key's own, compared in constant time."""
        return constant_time_compare(digest_of(secret), self.digest)

    @property
    def scopes_in_words(self):
        return listed(self.Scope(scope).label for scope in self.scopes)

    @property
    def is_expired(self):
        return self.expires_at <= timezone.now()


def digest_of(secret):
    """What is stored of a secret: it has 256 random bits, so one plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
