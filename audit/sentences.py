"""What entries say, as whole sentences: one for each event that is done, one for each refused."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter

from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.models import UNASSIGNED

from . import telling
from .models import AuditEntry


@dataclass(frozen=True, slots=True)
class Event:
    """How an event is called in lists, and what its entries say of `actor` and `target`.

    `done` may be a function of an entry and its Names that gives the sentence and further words
    in it. `refused_for_many`: where a bulk act was refused, whose target is the organization.
    """

    label: Promise
    refused: Promise
    done: Promise | Callable | None = None
    refused_for_many: Promise | None = None


EVENTS = {
    "OpenOrganization": Event(
        _("Open organization"),
        _("%(actor)s tried to open the organization: refused."),
        _("%(actor)s opened the organization."),
    ),
    "EditOrganization": Event(
        _("Edit settings"),
        _("%(actor)s tried to edit the settings: refused."),
        _("%(actor)s edited the settings."),
    ),
    "OpenConsole": Event(
        _("Open a page for admins"),
        _("%(actor)s tried to open a page for admins: refused."),
    ),
    "UseApi": Event(
        _("Use the API"),
        _("%(actor)s tried to use the API without the scope for it: refused."),
    ),
    "CreateApiKey": Event(
        _("Create API key"),
        _("%(actor)s tried to create an API key: refused."),
        _("%(actor)s created the API key %(target)s."),
    ),
    "RevokeApiKey": Event(
        _("Revoke API key"),
        _("%(actor)s tried to revoke the API key %(target)s: refused."),
        _("%(actor)s revoked the API key %(target)s."),
    ),
    "ExportAuditLog": Event(
        _("Export audit log"),
        _("%(actor)s tried to export the audit log: refused."),
        telling.audit_log_exported,
    ),
    "AddMember": Event(
        _("Add member"),
        _("%(actor)s tried to add a member: refused."),
        _("%(actor)s added %(target)s."),
    ),
    "InviteMembers": Event(
        _("Invite members"),
        _("%(actor)s tried to invite people: refused."),
        telling.people_invited,
    ),
    "ResendInvitations": Event(
        _("Resend invitations"),
        _("%(actor)s tried to send invitations again: refused."),
        telling.invitations_resent,
    ),
    "RevokeInvitations": Event(
        _("Revoke invitations"),
        _("%(actor)s tried to revoke invitations: refused."),
        telling.invitations_revoked,
    ),
    "AcceptInvitation": Event(
        _("Accept invitation"),
        _("%(actor)s tried to accept an invitation: refused."),
        telling.invitation_accepted,
    ),
    "ExportPersonalData": Event(
        _("Download personal data"),
        _("%(actor)s tried to download the personal data of %(target)s: refused."),
        _("%(actor)s downloaded the personal data of %(target)s."),
    ),
    "EndSessions": Event(
        _("End sessions"),
        _("%(actor)s tried to sign %(target)s out everywhere: refused."),
        _("%(actor)s signed %(target)s out everywhere."),
    ),
    "ResetSecondFactor": Event(
        _("Reset second factor"),
        _("%(actor)s tried to reset the second factor of %(target)s: refused."),
        _("%(actor)s reset the second factor of %(target)s and signed them out everywhere."),
    ),
    "EraseMember": Event(
        _("Erase personal data"),
        _("%(actor)s tried to erase the personal data of %(target)s: refused."),
        _("%(actor)s erased the personal data of %(target)s."),
    ),
    "CreateAdmin": Event(
        _("Create admin"),
        _("%(actor)s tried to make somebody an admin: refused."),
        _("%(actor)s made %(target)s an admin."),
    ),
    "EditMember": Event(
        _("Edit member"),
        _("%(actor)s tried to edit %(target)s: refused."),
        telling.member_edited,
    ),
    "UpdateMember": Event(
        _("Update member"),
        _("%(actor)s tried to update %(target)s: refused."),
        telling.member_updated,
    ),
    "ChangeMemberRole": Event(
        _("Change role"),
        _("%(actor)s tried to change the role of %(target)s: refused."),
        telling.role_changed,
    ),
    "DisableMember": Event(
        _("Disable member"),
        _("%(actor)s tried to disable %(target)s: refused."),
        _("%(actor)s disabled %(target)s."),
    ),
    "EnableMember": Event(
        _("Enable member"),
        _("%(actor)s tried to enable %(target)s: refused."),
        _("%(actor)s enabled %(target)s."),
    ),
    "RemoveMember": Event(
        _("Remove member"),
        _("%(actor)s tried to remove %(target)s: refused."),
        _("%(actor)s removed %(target)s."),
    ),
    "SetPersonalLimit": Event(
        _("Set personal limit"),
        _("%(actor)s tried to set the personal limit of %(target)s: refused."),
        telling.personal_limit_set,
        _("%(actor)s tried to set the personal limit of many members: refused."),
    ),
    "UploadMembers": Event(
        _("Send a file of members"),
        _("%(actor)s tried to send a file of members: refused."),
        telling.members_uploaded,
    ),
    "ImportMembers": Event(
        _("Import members"),
        _("%(actor)s tried to import members: refused."),
        telling.members_imported,
    ),
    "ExportMembers": Event(
        _("Export members"),
        _("%(actor)s tried to export members: refused."),
        telling.members_exported,
    ),
    "CreateGroup": Event(
        _("Create group"),
        _("%(actor)s tried to create a group: refused."),
        _("%(actor)s created the group %(target)s."),
    ),
    "EditGroup": Event(
        _("Edit group"),
        _("%(actor)s tried to edit the group %(target)s: refused."),
        telling.group_edited,
    ),
    "DeleteGroup": Event(
        _("Delete group"),
        _("%(actor)s tried to delete the group %(target)s: refused."),
        telling.group_deleted,
    ),
    "AddGroupMember": Event(
        _("Add group members"),
        _("%(actor)s tried to add members to the group %(target)s: refused."),
        telling.added_to_group,
    ),
    "RemoveGroupMember": Event(
        _("Remove group members"),
        _("%(actor)s tried to remove members from the group %(target)s: refused."),
        telling.removed_from_group,
    ),
    "CreateBillingGroup": Event(
        _("Create billing group"),
        _("%(actor)s tried to create a billing group: refused."),
        telling.billing_group_created,
    ),
    "EditBillingGroup": Event(
        _("Edit billing group"),
        _("%(actor)s tried to edit the billing group %(target)s: refused."),
        telling.billing_group_edited,
    ),
    "SetBillingGroupLimit": Event(
        _("Set period limit"),
        _("%(actor)s tried to set the Period Usage Limit of %(target)s: refused."),
        telling.period_limit_set,
    ),
    "DeleteBillingGroup": Event(
        _("Delete billing group"),
        _("%(actor)s tried to delete the billing group %(target)s: refused."),
        telling.billing_group_deleted,
    ),
    "AssignBillingGroup": Event(
        _("Assign billing group"),
        _("%(actor)s tried to assign members to %(target)s: refused."),
        telling.assigned,
    ),
    "ExportBillingGroups": Event(
        _("Export billing groups"),
        _("%(actor)s tried to export billing groups: refused."),
        telling.billing_groups_exported,
    ),
    "AdjustUsage": Event(
        _("Adjust usage"),
        _("%(actor)s tried to adjust the usage of %(target)s: refused."),
        telling.usage_adjusted,
    ),
}


def sentence(entry, names):
    """What happened, as HTML."""
    template, words = _sentence(entry, names)
    words = {"actor": names.actor(entry), "target": names.target(entry), **words}
    return mark_safe(str(template) % {name: _marked(word) for name, word in words.items()})


def events_by_label():
    """All events as (name, label), in the order of the language."""
    return sorted(((name, str(event.label)) for name, event in EVENTS.items()), key=itemgetter(1))


def _sentence(entry, names):
    event = EVENTS.get(entry.event)
    if event is None:
        return gettext("%(actor)s: %(event)s, %(target)s."), {"event": entry.event}
    if entry.outcome == AuditEntry.Outcome.REFUSED:
        for_many = event.refused_for_many and entry.target_kind == "Organization"
        return (event.refused_for_many if for_many else event.refused), {}
    return event.done(entry, names) if callable(event.done) else (event.done, {})


def _marked(word):
    if word == UNASSIGNED:
        return format_html('<span lang="en" translate="no">{}</span>', word)
    return conditional_escape(word)
