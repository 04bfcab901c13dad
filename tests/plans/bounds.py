"""What cannot be within 20 times: why, and how many rows it may read at most.

None of it reads another organization's: the bounds are what one organization has of each.
"""

import re
from dataclasses import dataclass

from .place import SIZES

MEMBERS = SIZES["members"] + 1
UNASSIGNED = 3 * SIZES["members"] // 20 + 2  # a tenth, who was removed, an admin; the group
TEAM = 118  # the members of the group
GROUPS = SIZES["billing_groups"] + 1
NAMES = GROUPS + SIZES["groups"] + SIZES["keys"] + 50
RECORDS = 2 * SIZES["records"] * SIZES["members"]  # of a past period, those of two billing groups


@dataclass(frozen=True, slots=True)
class Bound:
    asked: str  # of places
    most: int
    why: str

    def allows(self, place, reading):
        return re.search(self.asked, place) is not None and reading.read <= self.most


BOUNDS = [
    Bound(
        r"[=](a|王|王伟|zq)$",
        MEMBERS + NAMES,
        "One or two letters hold no trigram: every member is looked at once.",
    ),
    Bound(
        r"^(audit|billing):list\?q=|^listBillingGroups\?keyword=",
        GROUPS + SIZES["keys"] + 10,
        "A billing group is found by its name or by a member in it: no index holds both. There "
        "are hundreds, sooner read than a long name is looked up by its trigrams.",
    ),
    Bound(
        r"^members:list\?.*sort=-?used|^unassigned\?(show|period)",
        3 * MEMBERS,
        "What each used is looked up, or summed up, of all before it can be sorted: an index of "
        "what was used would be written with every report.",
    ),
    Bound(
        r"^members:list\?billing_group_name=17&group_name=",
        MEMBERS,
        "Two letters hold no trigram; who is in groups of both names is read of one of them.",
    ),
    Bound(
        r"^members:(list\?(.*&)?status=(active|blocked)|adjust!)",
        2 * GROUPS + 100,
        "Which billing groups are closed is judged of each: what was used of them stands in "
        "another table than their limits.",
    ),
    Bound(
        r"^members:list\?sort=billing_group&page=20$",
        MEMBERS + GROUPS,
        "In the middle the planner sorts all, rather than count them off group by group.",
    ),
    Bound(
        r"^audit:list\?(event|q)=\S+&(outcome|actor)=",
        SIZES["entries"] // 20,
        "Two filters at once: the entries that the rarer of them leaves.",
    ),
    Bound(
        r"^listUsageEvents\?sources=none$",
        RECORDS,
        "A source that no record names: an index of sources would cost every report.",
    ),
    Bound(
        r"^billing:handle\?(q|page)=",
        UNASSIGNED,
        "By the id of Unassigned the planner would know how many they are: a query more.",
    ),
    Bound(
        r"^groups:(detail\?q|add\?member)=|^members:bulk-add-to-group!$",
        2 * TEAM + 1,
        "Who is in the group and found: no index holds both, and its few are soonest read.",
    ),
]


def is_allowed(place, reading):
    return any(bound.allows(place, reading) for bound in BOUNDS)
