"""The verdict on each line of an import: what it would add or change, or why it cannot."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from hashlib import sha256

from django.utils.translation import gettext as _

from members.models import ImportLine, Member
from members.templatetags.console import count, credits
from members.text import listed

from .known import NOBODY, Known, Person
from .lines import LABELS, Line, quoted

ADD, CHANGE, UNCHANGED, ERROR = ImportLine.Verdict
BETWEEN = " · "
LONGEST = 1_000
FEW = 3


@dataclass(frozen=True, slots=True)
class Values:
    """What is stored of a member."""

    name: str
    role: str
    billing_group: int
    personal_limit: Decimal | None
    is_unlimited: bool

    @property
    def limit(self):
        return self.personal_limit, self.is_unlimited


@dataclass(frozen=True, slots=True)
class Judged:
    """A line with its verdict; `what`: in words; `joins`: the groups that the member gets into."""

    line: Line
    verdict: ImportLine.Verdict
    what: str = ""
    person: Person | None = None
    after: Values | None = None
    joins: tuple = ()

    @property
    def shown(self):
        """What the dry run shows of it."""
        what = self.what if len(self.what) <= LONGEST else f"{self.what[: LONGEST - 1]}…"
        return self.line.number, self.verdict.value, self.line.who, what


class Verdicts:
    """The verdicts on all lines of a file, as the organization is now."""

    def __init__(self, organization, lines, lock=False):
        self.known = Known(organization, lines, lock)
        self.roles = {role.value: str(role.label) for role in Member.Role}
        self.labels = {column: str(label) for column, label in LABELS.items()}
        self.change = _("%(column)s: %(before)s → %(after)s")  # looked up once, not for each line
        self.limit_in_words = cache(_limit_in_words)
        self.numbers = defaultdict(list)  # of the lines of an email
        for line in lines:
            if line.email:
                self.numbers[self.known.keys[line.email]].append(line.number)
        self.all = [self._judge(line) for line in lines]

    @property
    def counts(self):
        """How many lines of each verdict."""
        found = Counter(each.verdict for each in self.all)
        return {verdict.value: found[verdict] for verdict in ImportLine.Verdict}

    @property
    def digest(self):
        """All verdicts in short: another verdict, or other words, have another one."""
        digest = sha256()
        for each in self.all:
            digest.update(repr((*each.shown, each.what)).encode())
        return digest.hexdigest()

    def of(self, verdict):
        return [each for each in self.all if each.verdict == verdict]

    def _judge(self, line):
        if errors := [*line.errors, *self._wrong(line)]:
            return Judged(line, ERROR, " ".join(errors))
        person = self.known.person(line)
        place = line.billing_group and self.known.billing_groups.find(line.billing_group)
        after = _after(line, person, place) if person.is_present else self._new(line, place)
        joins = self._joins(line, person)
        words = self._changes if person.is_present else self._said
        what = BETWEEN.join(words(person, after, joins))
        verdict = (CHANGE if what else UNCHANGED) if person.is_present else ADD
        return Judged(line, verdict, what, person, after, joins)

    def _wrong(self, line):
        """What is wrong with the line where it meets the organization and the other lines."""
        if line.billing_group and not self.known.billing_groups.find(line.billing_group):
            wrong = _("There is no billing group “%(name)s”.")
            yield wrong % {"name": quoted(line.billing_group)}
        for name in line.groups:
            if not self.known.groups.find(name):
                wrong = _("There is no group “%(name)s”. Write a semicolon between groups.")
                yield wrong % {"name": quoted(name)}
        if line.email:
            yield from self._wrong_about(line, self.known.keys[line.email])

    def _wrong_about(self, line, key):
        person = self.known.people.get(key, NOBODY)
        others = [number for number in self.numbers[key] if number != line.number]
        if others:
            few = listed(map(count, others[:FEW])) + (" …" if len(others) > FEW else "")
            yield _("The same email stands on line %(lines)s.") % {"lines": few}
        if key in self.known.taken:
            yield _("This person is already a member, with another email.")
        if not person.is_present and line.name is None and not line.errors:
            yield _("Nobody here has this email: enter a name to add them.")
        if person.is_admin and line.role == Member.Role.MEMBER:
            yield _("An import makes nobody less than an admin. Change the role by hand.")

    def _new(self, line, place):
        """What somebody gets who is added: what the line says, else the defaults."""
        here = self.known.organization
        default = here.default_personal_limit, here.default_is_unlimited
        limit = line.personal_limit or default
        return Values(
            line.name, line.role or Member.Role.MEMBER, place or self.known.unassigned, *limit
        )

    def _joins(self, line, person):
        ids = dict.fromkeys(self.known.groups.find(name) for name in line.groups)
        return tuple(pk for pk in ids if (pk, person.pk) not in self.known.memberships)

    def _said(self, person, after, joins):
        """What somebody gets who is added, in words."""
        if person.pk:
            yield _("Was removed and comes back")
        yield self.roles[after.role]
        yield self.known.billing_groups.by_id[after.billing_group]
        yield self.limit_in_words(*after.limit)
        yield from self._joins_in_words(joins)

    def _changes(self, person, after, joins):
        """What becomes of a member, in words; nothing where all stays."""
        if person.name != after.name:
            yield self._change("name", person.name, after.name)
        if person.role != after.role:
            yield self._change("role", self.roles[person.role], self.roles[after.role])
        if person.billing_group != after.billing_group:
            names = self.known.billing_groups.by_id
            yield self._change(
                "billing_group", names[person.billing_group], names[after.billing_group]
            )
        if person.limit != after.limit:
            limits = [self.limit_in_words(*limit) for limit in (person.limit, after.limit)]
            yield self._change("personal_limit", *limits)
        yield from self._joins_in_words(joins)

    def _change(self, column, before, after):
        return self.change % {"column": self.labels[column], "before": before, "after": after}

    def _joins_in_words(self, joins):
        if joins:
            names = listed(self.known.groups.by_id[pk] for pk in joins)
            yield _("Joins %(groups)s") % {"groups": names}


def _after(line, person, place):
    """What a member has once the line is applied: what it does not name stays."""
    return Values(
        line.name or person.name,
        line.role or person.role,
        place or person.billing_group,
        *(line.personal_limit or person.limit),
    )


def _limit_in_words(personal_limit, is_unlimited):
    if is_unlimited:
        return _("Unlimited")
    if personal_limit is None:
        return _("Not set")
    return _("%(credits)s Credits") % {"credits": credits(personal_limit)}
