"""Every write is an operation: one transaction, one audit entry, also when a rule refuses it."""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps

from django.apps import apps
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import IntegrityError, OperationalError, models, transaction
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from .models import AuditEntry

ATTEMPTS = 5
DEADLOCK = "40P01"

_inside = ContextVar("inside_an_operation", default=False)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a member, an API key, support staff, a command or somebody invited; from where."""

    kind: str
    id: str
    address: str | None = None
    request_id: str = ""

    @property
    def member_id(self):
        return int(self.id) if self.kind == AuditEntry.ActorKind.USER else None


def command(name):
    """The actor of a management command."""
    return Actor(AuditEntry.ActorKind.COMMAND, name)


class Refused(Exception):
    """A rule refuses the operation; `message` says which, in words for the person who asked."""

    code = "refused"
    message = _("This cannot be done.")
    field = NON_FIELD_ERRORS
    is_already_there = False  # what was to be made

    def __init__(self, message=None, **details):
        self.message = message or self.message
        self.details = details
        super().__init__(self.code)


class SelectionChanged(Refused):
    """The members chosen are `found` now, not as many as the admin was shown."""

    code = "selection_changed"

    def __init__(self, *, expected, found):
        text = ngettext(
            "The members have changed meanwhile: now it is %(count)s. Nothing was written.",
            "The members have changed meanwhile: now they are %(count)s. Nothing was written.",
            found,
        )
        number = number_format(found, force_grouping=True)
        super().__init__(text % {"count": number}, expected=expected, found=found)


class Stale(Refused):
    """Somebody saved other values since the form was opened.

    `now`: those values by name, plain as in JSON; `target`: the record they stand in.
    """

    code = "stale"
    message = _("Somebody changed this meanwhile.")

    def __init__(self, target, now):
        self.target, self.now = target, now
        super().__init__(changed_meanwhile=sorted(now))


class RuleBroken(Refused):
    """A constraint of the database refused the write; the message is the constraint's own."""

    def __init__(self, constraint):
        self.code = constraint.violation_error_code or constraint.name
        self.field = getattr(constraint, "field", NON_FIELD_ERRORS)
        self.is_already_there = isinstance(constraint, models.UniqueConstraint)
        super().__init__(constraint.get_violation_error_message())


@dataclass(frozen=True, slots=True)
class Changed:
    """What an operation did: its target, the changes as {name: [before, after]}, its result."""

    target: models.Model | None
    changes: dict = field(default_factory=dict)
    result: object = None


def changed(target, result=None, **changes):
    """Say what happened to `target`; pairs are (before, after) and equal ones are left out."""
    kept = {
        name: value
        for name, value in changes.items()
        if not (isinstance(value, tuple) and value[0] == value[1])
    }
    return Changed(target, kept, target if result is None else result)


def done_already(result):
    """Say that nothing was left to do: the caller gets `result`, and there is no entry."""
    return Changed(None, result=result)


def require_unchanged(record, shown):
    """Raise Stale if `record`, locked, has other values than were shown (plain, by name)."""
    now = {name: plain(getattr(record, name)) for name in shown or {}}
    changed_meanwhile = {name: now[name] for name in now if now[name] != shown[name]}
    if changed_meanwhile:
        raise Stale(record, changed_meanwhile)


def require_number(expected, found):
    """Raise SelectionChanged unless as many were `found` as `expected`, where a number was."""
    if expected is not None and found != expected:
        raise SelectionChanged(expected=expected, found=found)


def operation(event):
    """Declare a verb that writes: it opens the transaction and leaves one entry named `event`.

    The verb is keyword-only, takes the `actor` and returns `changed(...)`, or `done_already(...)`
    for no entry; the caller gets its result. A `Refused` rolls everything back, leaves an entry
    with outcome `refused` and is raised on. A verb called by another verb joins its transaction
    and writes no entry.

    Every verb also takes `opened_in`, the period that the caller saw as the current one: it must
    still be that when the verb begins, and when all that it waited for is done.
    """

    def declare(verb):
        @wraps(verb)
        def run(*, actor, opened_in=None, **arguments):
            if _inside.get():
                return verb(actor=actor, **arguments).result
            token = _inside.set(True)
            try:
                return _perform(verb, actor, event, opened_in, arguments)
            except Refused as refusal:
                _record_refusal(actor, event, arguments, refusal)
                raise
            finally:
                _inside.reset(token)

        run.event = event
        return run

    return declare


def _perform(verb, actor, event, opened_in, arguments):
    """The verb and its entry in one transaction, again if that was the victim of a deadlock."""
    for attempts_left in reversed(range(ATTEMPTS)):
        try:
            with _rules_of_the_database(), transaction.atomic():
                _require_current(opened_in)
                done = verb(actor=actor, **arguments)
                _require_current(opened_in)
                if done.target is not None:
                    record(actor, event, done.target, done.changes)
            return done.result
        except OperationalError as error:
            if not attempts_left or getattr(error.__cause__, "sqlstate", None) != DEADLOCK:
                raise
    raise AssertionError("unreachable")


def _require_current(period):
    if period is not None:
        period.require_current()


def record(actor, event, target, changes, outcome=AuditEntry.Outcome.DONE):
    """Write one audit entry about `target`: a record of an organization, or the organization.

    None where there is none yet: only support sees such an entry.
    """
    pk = target and target.pk
    return AuditEntry.objects.create(
        organization_id=getattr(target, "organization_id", pk),
        actor_kind=actor.kind,
        actor_id=actor.id,
        address=actor.address,
        request_id=actor.request_id,
        event=event,
        target_kind=target._meta.object_name if target else "",
        target_id=pk,
        changes=plain(changes),
        outcome=outcome,
    )


@contextmanager
def _rules_of_the_database():
    try:
        yield
    except IntegrityError as error:
        constraint = _constraint_of(error)
        if constraint is None:
            raise
        raise RuleBroken(constraint) from error


def _constraint_of(error):
    """The declared constraint that the database named, when it has words for the user."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if (
                constraint.name == name
                and constraint.violation_error_message != constraint.default_violation_error_message
            ):
                return constraint
    return None


def _record_refusal(actor, event, arguments, refusal):
    """The entry of a refusal; its target is the verb's first record of an organization."""
    records = (value for value in arguments.values() if _is_of_an_organization(value))
    changes = {"refused": refusal.code, **refusal.details}
    record(actor, event, next(records, None), changes, AuditEntry.Outcome.REFUSED)


def _is_of_an_organization(value):
    """Whether it is an organization or belongs to one; a user does not."""
    of_one = hasattr(value, "organization_id") or hasattr(value, "audit_entries")
    return isinstance(value, models.Model) and of_one


def plain(value):
    """`value` as JSON in PostgreSQL: amounts and times as text, records as their ids, no NUL."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, str):
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return value if isinstance(value, int | bool | None) else str(value)
