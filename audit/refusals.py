"""Why an operation was refused, in the words that the person read who asked for it."""

from functools import cache

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from billing.metering import EventIdTaken
from billing.models import PeriodIsOver
from billing.operations import BillingGroupIsGone, UnassignedIsFixed
from groups.operations import GroupIsGone
from members.accepting import NotTheirInvitation, SignInFirst
from members.imports.operations import ImportIsGone, LinesRefused, VerdictsChanged
from members.invitations import InvitationIsGone, InviterIsNoAdmin
from members.keys import KeyIsRevoked, MakerIsNoAdmin
from members.operations import AlreadyMember, LastAdmin, MemberIsGone
from members.personal_data import MemberIsEnabled
from members.sessions import EmailNotSent, NoSecondFactor

from .operations import Stale

REFUSALS = (
    *(Stale, PeriodIsOver, UnassignedIsFixed, BillingGroupIsGone, GroupIsGone),
    *(LastAdmin, MemberIsGone, AlreadyMember, MakerIsNoAdmin, KeyIsRevoked),
    *(InviterIsNoAdmin, InvitationIsGone, NotTheirInvitation, SignInFirst, MemberIsEnabled),
    *(NoSecondFactor, EmailNotSent),
    *(VerdictsChanged, LinesRefused, ImportIsGone, EventIdTaken),
)
REASONS = {refusal.code: refusal.message for refusal in REFUSALS} | {
    "cannot_invite": _("Some of the emails are of members, or invited already."),
    "selection_changed": _("The members that match had changed meanwhile."),
    "adjustment_refused": _("The amount, the reason or the period cannot be adjusted so."),
    "member_is_disabled": _("This member is disabled: enable them first."),
    "email_of_another": _("Somebody else has proved that this email is theirs."),
}


def reason(entry):
    """The reason as a sentence; "" for what needs none, or is known to no rule of today."""
    code = entry.changes.get("refused")
    return str(REASONS.get(code) or _constraints().get(code, ""))


@cache
def _constraints():
    """What the constraints of the database say, by the codes of their refusals."""
    return {
        constraint.violation_error_code or constraint.name: constraint.violation_error_message
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if constraint.violation_error_message != constraint.default_violation_error_message
    }
