from datetime import timedelta

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from .members import Member
from .organizations import Organization

KEPT = timedelta(hours=1)


class MemberImportQuerySet(models.QuerySet):
    def of(self, importer, now):
        """The imports that `importer` can still apply; nobody else sees them."""
        return self.filter(importer=importer, created_at__gt=now - KEPT)

    def forgotten(self, now):
        """Those that nobody can apply any more."""
        return self.filter(created_at__lte=now - KEPT)


class MemberImport(models.Model):
    """A CSV of members that an admin sent, kept for an hour to look at its dry run and apply it."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="member_imports", db_index=False
    )
    importer = models.ForeignKey(
        Member, models.PROTECT, related_name="member_imports", db_constraint=False
    )
    name = models.CharField(max_length=255)
    content = models.BinaryField()
    ignored = ArrayField(models.TextField())  # the names of columns that say nothing to an import
    digest = models.CharField(max_length=64)  # of the verdicts as they are shown
    created_at = models.DateTimeField(db_default=Now())

    objects = MemberImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of members")
        verbose_name_plural = _("imports of members")
        indexes = [models.Index(fields=["created_at"], name="member_import_by_time")]
        triggers = [
            pgtrigger.ReadOnly(
                name="stays_as_sent",
                fields=["organization", "importer", "name", "content", "created_at"],
            )
        ]

    def __str__(self):
        return self.name

    @property
    def kept_until(self):
        return self.created_at + KEPT

    @property
    def counts(self):
        """How many lines have each verdict."""
        found = self.lines.values("verdict").annotate(number=models.Count("*"))
        numbers = dict(found.values_list("verdict", "number"))
        return {verdict: numbers.get(verdict, 0) for verdict in ImportLine.Verdict.values}


class ImportLine(models.Model):
    """What the dry run says of one line of an import."""

    class Verdict(models.TextChoices):
        ADD = "add", _("Add")
        CHANGE = "change", _("Change")
        UNCHANGED = "unchanged", _("Unchanged")
        ERROR = "error", _("Error")

    of_import = models.ForeignKey(
        MemberImport, models.CASCADE, related_name="lines", db_index=False
    )
    number = models.PositiveIntegerField()
    verdict = models.CharField(max_length=10, choices=Verdict)
    email = models.TextField()
    what = models.TextField()  # is changed, or wrong

    class Meta:
        verbose_name = _("line of an import")
        verbose_name_plural = _("lines of imports")
        constraints = [
            models.UniqueConstraint(fields=["of_import", "number"], name="one_verdict_per_line")
        ]
        indexes = [
            models.Index(fields=["of_import", "verdict", "number"], name="import_line_by_verdict")
        ]

    def __str__(self):
        return f"{self.number}: {self.verdict}"
