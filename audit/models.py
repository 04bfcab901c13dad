import pgtrigger
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


def about(kind, pk):
    """The condition for entries about a record; what was done with many members at once too."""
    condition = models.Q(target_kind=kind, target_id=pk)
    return condition | among([pk]) if kind == "Member" else condition


def among(members):
    """The condition for what was done with any of `members`, ids, at once with others or alone."""
    condition = models.Q()
    for pk in members:
        condition |= models.Q(changes__members__contains=[pk])
    return condition


class AuditEntry(models.Model):
    """Who did what to what, or was refused; written beside the change and never altered."""

    class ActorKind(models.TextChoices):
        USER = "user", _("Member")
        KEY = "key", _("API key")
        SUPPORT = "support", _("Support")
        COMMAND = "command", _("Command")
        INVITED = "invited", _("Invited person")  # by the id of their invitation

    class Outcome(models.TextChoices):
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")

    organization = models.ForeignKey(
        "members.Organization",
        models.PROTECT,
        null=True,  # of one that was not opened
        related_name="audit_entries",
        db_index=False,
        verbose_name=_("organization"),
    )
    at = models.DateTimeField(_("time"), db_default=Now())
    actor_kind = models.CharField(_("kind of actor"), max_length=10, choices=ActorKind)
    actor_id = models.CharField(_("id of the actor"), max_length=100)
    address = models.GenericIPAddressField(_("network address"), null=True, blank=True)
    request_id = models.CharField(_("request id"), max_length=64, blank=True)
    event = models.CharField(_("event"), max_length=50)
    target_kind = models.CharField(_("kind of target"), max_length=30)
    target_id = models.BigIntegerField(_("id of the target"), null=True, blank=True)
    changes = models.JSONField(_("changes"), default=dict, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [
            models.Index(fields=["organization", "-at", "-id"], name="audit_newest_first"),
            models.Index(
                fields=["target_id", "target_kind", "organization", "-at", "-id"],
                name="audit_by_target",
            ),
            models.Index(
                fields=["organization", "actor_kind", "actor_id", "-at", "-id"],
                name="audit_by_actor",
            ),
            models.Index(fields=["organization", "event", "-at", "-id"], name="audit_by_event"),
            models.Index(
                fields=["organization", "-at", "-id"],
                condition=models.Q(outcome="refused"),
                name="audit_of_refused",
            ),
            models.Index(
                fields=["organization", "actor_kind", "-at", "-id"],
                condition=models.Q(actor_kind__in=["support", "command", "invited"]),
                name="audit_of_others",
            ),
            models.Index(  # of which there are few
                fields=["organization", "target_kind", "-at", "-id"],
                condition=~models.Q(target_kind="Member"),
                name="audit_of_other_targets",
            ),
            models.Index(fields=["request_id"], name="audit_by_request"),
            GinIndex(
                OpClass(KeyTransform("members", "changes"), "jsonb_path_ops"),
                name="audit_by_members",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self):
        return f"{self.event} {self.target_kind} {self.target_id}"

    @property
    def member_id(self):
        """The id of the member who acted; None for keys, support and commands."""
        return int(self.actor_id) if self.actor_kind == self.ActorKind.USER else None
