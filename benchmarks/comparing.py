"""A candidate beside its limit: slices in turn, and the ratio of each pair."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from billing.models import UsageRecord
from billing.totals import compare_totals

from .slices import Broken


@dataclass(frozen=True, slots=True)
class Row:
    """`candidate` and `limit` take the seconds of a slice.

    `goal` and `excellent`: of rates the least ratio; of times, if it is `timed`, the greatest.
    `prepare`: done once before, and not measured. `memory`: by how many MB the server may grow.
    """

    what: str
    against: str
    candidate: Callable
    limit: Callable
    goal: float
    excellent: float | None = None
    timed: bool = False
    prepare: Callable | None = None
    memory: float | None = None

    def figure(self, slice):
        """What is compared: the seconds of one turn, or records in a second."""
        return slice.seconds if self.timed else slice.rate

    def reaches(self, ratio, goal):
        return ratio <= goal if self.timed else ratio >= goal


@dataclass(frozen=True, slots=True)
class Compared:
    """The slices of a row: pairs of candidate and limit."""

    row: Row
    pairs: list

    @property
    def ratios(self):
        return [candidate / limit for candidate, limit in self.figures]

    @property
    def ratio(self):
        return median(self.ratios)

    @property
    def verdict(self):
        row = self.row
        if row.memory is not None and self.grown > row.memory:
            return "missed"
        if row.excellent and row.reaches(self.ratio, row.excellent):
            return "excellent"
        return "reached" if row.reaches(self.ratio, row.goal) else "missed"

    @property
    def figures(self):
        return [tuple(map(self.row.figure, pair)) for pair in self.pairs]

    @property
    def medians(self):
        """The candidate's and the limit's figure, each the median of its slices."""
        return tuple(median(side) for side in zip(*self.figures, strict=True))

    @property
    def client(self):
        return median(candidate.client for candidate, _limit in self.pairs)

    @property
    def grown(self):
        """The most by which the server's memory grew in a slice, in MB."""
        return max(candidate.grown for candidate, _limit in self.pairs)


def compare(row, runs, seconds):
    """Run both sides of `row` in turn, after at most a second of each that warms up only.

    Raises Broken unless all that was acknowledged is stored, and every total is a sum of records.
    """
    if row.prepare:
        row.prepare()
    before = UsageRecord.objects.count()
    warm = [(row.candidate(min(1, seconds)), row.limit(min(1, seconds)))]
    pairs = [(row.candidate(seconds), row.limit(seconds)) for _run in range(runs)]
    acknowledged = sum(each.records for pair in warm + pairs for each in pair)
    _require_exact(before + acknowledged)
    return Compared(row, pairs)


def _require_exact(records):
    found = compare_totals()
    if found.differences:
        raise Broken(f"{len(found.differences)} totals differ from the records.")
    if found.records != records:
        raise Broken(f"{found.records} records are stored, {records} were acknowledged.")
