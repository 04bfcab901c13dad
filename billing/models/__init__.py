from .fields import IsUnassignedName, TimeRange, TotalField
from .groups import UNASSIGNED, Assignment, BillingGroup, GroupTotal, key_of
from .periods import Period, PeriodIsOver
from .usage import MOST_CREDITS, UsageRecord, UsageTotal

__all__ = [
    "MOST_CREDITS",
    "UNASSIGNED",
    "Assignment",
    "BillingGroup",
    "GroupTotal",
    "IsUnassignedName",
    "Period",
    "PeriodIsOver",
    "TimeRange",
    "TotalField",
    "UsageRecord",
    "UsageTotal",
    "key_of",
]
