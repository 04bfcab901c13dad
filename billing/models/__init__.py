from .fields import IsUnassignedName, TimeRange, TotalField
from .groups import UNASSIGNED, Assignment, BillingGroup, GroupTotal, key_of, match
from .periods import Period, PeriodIsOver
from .usage import MOST_CREDITS, MemberTotal, UsageRecord, UsageTotal

__all__ = [
    "MOST_CREDITS",
    "UNASSIGNED",
    "Assignment",
    "BillingGroup",
    "GroupTotal",
    "IsUnassignedName",
    "MemberTotal",
    "Period",
    "PeriodIsOver",
    "TimeRange",
    "TotalField",
    "UsageRecord",
    "UsageTotal",
    "key_of",
    "match",
]
