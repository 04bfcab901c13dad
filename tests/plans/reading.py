"""How many rows a query reads and how many it is for, both from what EXPLAIN ANALYZE saw.

Read are all rows that a scan met, also those that a filter or a lossy index gave away again, and
those that a join compared in vain; whoever looks into an index reads at least one.

Wanted are the rows that the query returns (of a page those of the page, of EXISTS the one that it
found), and those that a count or a sum in it went over, if what came of it is returned: what is
summed up of rows only to sort by it, or to leave them out, counts for those that stay. Rows that
are grouped without being counted, as for IN, are not wanted.

Skipped are those that an OFFSET counts off before its page: each may be read once.
"""

import json
from dataclasses import dataclass

from django.db import connection

COUNTED = ("count(", "sum(", "min(", "max(", "agg(")
THROWN_AWAY = ("Rows Removed by Filter", "Rows Removed by Index Recheck")


@dataclass(frozen=True, slots=True)
class Reading:
    read: int
    wanted: int
    skipped: int = 0

    def is_within(self, times, few):
        """Whether it read at most so many `times` what is wanted; a `few` rows it always may."""
        return self.read <= max(times * self.wanted, few) + self.skipped


def reading_of(sql, parameters):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, VERBOSE, TIMING OFF, FORMAT JSON) {sql}", parameters)
        [[plan]] = cursor.fetchall()
    return judge(json.loads(plan)[0]["Plan"] if isinstance(plan, str) else plan[0]["Plan"])


def judge(plan):
    return Reading(_read(plan), round(_rows(plan) + _counted(plan)), _skipped(plan))


def _read(node):
    beneath = sum(_read(each) for each in _parts(node))
    if node["Node Type"] == "Bitmap Heap Scan":
        return max(beneath, _met(node))  # its rows are those that the indexes named
    if _scans(node):
        return beneath + _met(node)
    return beneath + node.get("Rows Removed by Join Filter", 0) * node["Actual Loops"]


def _counted(node, share=1):
    """The rows that counts and sums went over; `share`: the part of the node's rows that stay."""
    if _counts(node):
        return share * sum(_rows(each) for each in _outer(node))
    came = sum(_rows(each) for each in _outer(node)) or _met(node)
    share *= min(_rows(node) / came, 1) if came else 1
    return sum(_counted(each, share) for each in _parts(node))


def _skipped(node):
    if node["Node Type"] == "Limit":
        return max(sum(_rows(each) for each in _outer(node)) - _rows(node), 0)
    return sum(_skipped(each) for each in _parts(node))


def _parts(node):
    return [each for each in node.get("Plans", ()) if each["Actual Loops"]]


def _outer(node):
    return [each for each in _parts(node) if each["Parent Relationship"] == "Outer"]


def _scans(node):
    return "Relation Name" in node or node["Node Type"] == "Bitmap Index Scan"


def _counts(node):
    said = node.get("Output", ()) if node["Node Type"] == "Aggregate" else ()
    return any(name in each for each in said for name in COUNTED)


def _rows(node):
    return node["Actual Rows"] * node["Actual Loops"]


def _met(node):
    if not _scans(node):
        return _rows(node)
    rows = node["Actual Rows"] + sum(node.get(name, 0) for name in THROWN_AWAY)
    return max(rows, 1) * node["Actual Loops"]
