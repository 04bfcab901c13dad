import os
import sys
from collections import Counter
from contextlib import nullcontext
from decimal import Decimal
from itertools import islice

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.db.models.functions import Lower

from billing.metering import BATCH, Outcome, Report, record_usage
from billing.usage_files import BadLine, Usage, read_usage
from members.csv_files import BadFile
from members.models import Organization

OUTCOMES = ("recorded", "duplicate", "conflict", "refused", "invalid")
WHY = {"duplicate": "recorded before", "conflict": "another report has this event id"}


class Command(BaseCommand):
    help = (
        "Report the usage of a file, JSON lines or CSV with a header: eventId, email, credits, "
        "occurredAt and, if wanted, source and operation. Reporting a file again is harmless. "
        "Exit status 0 if everything is recorded, now or before, else 1."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", help="- for standard input")
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument(
            "--admission",
            choices=["enforce", "force"],
            default="enforce",
            help="force: it has happened already, so no status and no limit refuses it",
        )

    def handle(self, *, file, organization, admission, verbosity, **options):
        self.tells_each = verbosity > 0
        try:
            organization = Organization.objects.get(slug=organization)
            with nullcontext(sys.stdin.buffer) if file == "-" else open(file, "rb") as stream:
                lines = read_usage(stream, file)
                self.report(judge(organization, lines, admission == "force"), Progress(stream))
        except Organization.DoesNotExist:
            raise CommandError(f"There is no organization {organization}.") from None
        except (OSError, BadFile) as error:
            raise CommandError(str(error)) from None

    def report(self, judged, progress):
        counts, credits, number, stopped = Counter(), Decimal(0), 0, None
        try:
            for number, line, outcome in judged:
                counts[outcome.outcome] += 1
                if outcome.outcome == "recorded":
                    credits += line.credits
                elif self.tells_each:
                    progress.clear()
                    self.stdout.write(f"line {number}: {verdict(outcome)}")
                progress.show(number)
        except (DatabaseError, KeyboardInterrupt) as error:
            stopped = str(error).strip() or "interrupted"
        progress.clear()
        for outcome in OUTCOMES:
            self.stdout.write(f"{outcome:9} {counts[outcome]:12,}")
        self.stdout.write(f"Credits recorded: {credits:,.4f}")
        if stopped:
            raise CommandError(f"Stopped after line {number}: {stopped}. Report the file again.")
        if missing := counts.total() - counts["recorded"] - counts["duplicate"]:
            raise CommandError(f"{missing:,} of {counts.total():,} lines are not recorded.")


def judge(organization, lines, force):
    """Report the lines in batches; answers (number, Usage or BadLine, Outcome) of each."""
    while batch := list(islice(lines, BATCH)):
        emails = {line.email.lower() for _number, line in batch if isinstance(line, Usage)}
        members = members_by_email(organization, emails)
        judged = [(number, line, report_of(line, members, force)) for number, line in batch]
        reports = [report for _number, _line, report in judged if isinstance(report, Report)]
        answers = iter(record_usage(organization=organization, reports=reports) if reports else ())
        for number, line, report in judged:
            yield number, line, next(answers) if isinstance(report, Report) else report


def members_by_email(organization, emails):
    """Ids by lower-case email; the removed ones too, as their usage may arrive late."""
    members = organization.members.annotate(lower=Lower("email")).filter(lower__in=emails)
    return dict(members.values_list("lower", "pk"))


def report_of(line, members, force):
    """The line as a Report, or the Outcome of one that cannot be reported."""
    if isinstance(line, BadLine):
        return Outcome("invalid", (line.reason,), line.field)
    member_id = members.get(line.email.lower())
    if member_id is None:
        return Outcome("invalid", ("nobody has it",), "email")
    return Report(
        event_id=line.event_id,
        member_id=member_id,
        credits=line.credits,
        occurred_at=line.occurred_at,
        source=line.source,
        operation=line.operation,
        force=force,
    )


def verdict(outcome):
    why = WHY.get(outcome.outcome) or ", ".join(outcome.reasons).replace("_", " ")
    return f"{outcome.outcome}: {outcome.field} {why}".replace("  ", " ")


class Progress:
    """A bar on the terminal, if there is one; without a length where the input has none."""

    def __init__(self, stream):
        self.is_shown, self.stream = sys.stderr.isatty(), stream
        self.size = self.is_shown and os.fstat(stream.fileno()).st_size

    def show(self, number):
        if self.is_shown and number % 100 == 0:
            done = self.stream.tell() / self.size if self.size else 0
            bar = f"[{'#' * round(30 * done):30}] {done:4.0%} " if self.size else ""
            sys.stderr.write(f"\r{bar}line {number:,}")
            sys.stderr.flush()

    def clear(self):
        if self.is_shown:
            sys.stderr.write("\r\x1b[K")
