"""A candidate beside its limit: slices in turn, and the ratio of each pair."""

from dataclasses import dataclass
from statistics import median

from billing.models import UsageRecord
from billing.totals import compare_totals

from .slices import Broken


@dataclass(frozen=True, slots=True)
class Compared:
    """The slices of a row: pairs of candidate and limit."""

    row: object
    pairs: list

    @property
    def ratios(self):
        return [candidate.rate / limit.rate for candidate, limit in self.pairs]

    @property
    def ratio(self):
        return median(self.ratios)

    @property
    def verdict(self):
        if self.row.excellent and self.ratio >= self.row.excellent:
            return "excellent"
        return "reached" if self.ratio >= self.row.goal else "missed"

    @property
    def rates(self):
        """The candidate's and the limit's, each the median of its slices."""
        return tuple(median(each.rate for each in side) for side in zip(*self.pairs, strict=True))

    @property
    def client(self):
        return median(candidate.client for candidate, _limit in self.pairs)


def compare(row, runs, seconds):
    """Run both sides of `row` in turn, after at most a second of each that warms up only.

    Raises Broken unless all that was acknowledged is stored, and every total is a sum of records.
    """
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
