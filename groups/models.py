from collections import defaultdict

import pgtrigger
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Coalesce, Lower, Now, Upper
from django.utils.translation import gettext_lazy as _

from members.models import ExactBigint, Member, Organization
from members.text import clean_text_constraint, is_number, validate_printable


class GroupQuerySet(models.QuerySet):
    def matching(self, text):
        """Groups whose name or description contains `text`, ignoring case."""
        if not text:
            return self
        return self.filter(models.Q(name__icontains=text) | models.Q(description__icontains=text))

    def named_in_api(self, key):
        """The group of a path's id; none where it cannot be one."""
        return self.filter(pk=key) if is_number(key) else self.none()

    def names_by_member(self, members):
        """The names of the groups that each of `members` is in, by the member's id."""
        names = defaultdict(list)
        pairs = self.filter(members__in=members).order_by("name").values_list("members", "name")
        for member, name in pairs:
            names[member].append(name)
        return names

    def with_member_count(self):
        """Annotate `member_count`."""
        memberships = GroupMembership.objects.filter(group=models.OuterRef("pk")).order_by()
        counts = memberships.values("group").annotate(count=models.Count("pk")).values("count")
        return self.annotate(member_count=Coalesce(models.Subquery(counts), 0))


class Group(models.Model):
    """Members gathered for authorization; a group never touches Credits."""

    class Source(models.TextChoices):
        MANUAL = "manual", _("Manual")

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="groups", verbose_name=_("organization")
    )
    name = models.CharField(_("name"), max_length=100, validators=[validate_printable])
    description = models.CharField(
        _("description"), max_length=500, blank=True, validators=[validate_printable]
    )
    source = models.CharField(
        _("source"), max_length=20, choices=Source, default=Source.MANUAL, editable=False
    )
    members = models.ManyToManyField(
        Member, through="GroupMembership", related_name="groups", verbose_name=_("members")
    )
    created_by = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        db_constraint=False,
        verbose_name=_("made by"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = GroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        constraints = [
            *clean_text_constraint("group", "name", "description"),
            models.CheckConstraint(condition=~models.Q(name=""), name="group_name_required"),
            models.CheckConstraint(condition=models.Q(source="manual"), name="group_source_known"),
            models.UniqueConstraint("organization", "id", name="group_of_organization"),
            models.UniqueConstraint(
                "organization",
                Lower("name"),
                name="group_name_once_per_organization",
                violation_error_message=_("A group with this name already exists."),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "created_at", "id"], name="group_by_age"),
            GinIndex(
                "organization",
                *(OpClass(Upper(name), "gin_trgm_ops") for name in ("name", "description")),
                name="group_search",
            ),
        ]
        triggers = [pgtrigger.ReadOnly(name="stays_in_organization", fields=["organization"])]

    def __str__(self):
        return self.name

    def lacking(self, members):
        """Those of `members`, a queryset, who are not in the group.

        As CASE, whoever is in it is looked up or hashed once: NOT EXISTS alone becomes a join,
        which may compare all of the group with each member.
        """
        there = models.Exists(self.memberships.filter(member=models.OuterRef("pk")))
        is_lacking = models.Case(
            models.When(there, then=models.Value(False)), default=models.Value(True)
        )
        return members.filter(is_lacking)


Group._meta.get_field("organization").register_lookup(ExactBigint)  # for its search


class GroupMembership(models.Model):
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name=_("organization")
    )
    group = models.ForeignKey(
        Group,
        models.CASCADE,
        related_name="memberships",
        db_constraint=False,
        db_index=False,
        verbose_name=_("group"),
    )
    member = models.ForeignKey(
        Member,
        models.PROTECT,
        related_name="memberships",
        db_constraint=False,
        verbose_name=_("member"),
    )

    class Meta:
        verbose_name = _("group membership")
        verbose_name_plural = _("group memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["group", "organization", "member"], name="member_once_per_group"
            )
        ]
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update)]

    def __str__(self):
        return f"{self.member} in {self.group}"
