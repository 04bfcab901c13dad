from .fields import IsUnassignedName, TimeRange, TotalField
from .groups import UNASSIGNED, Assignment, BillingGroup, GroupTotal
from .periods import Period
from .usage import UsageRecord, UsageTotal

__all__ = [
    "UNASSIGNED",
    "Assignment",
    "BillingGroup",
    "GroupTotal",
    "IsUnassignedName",
    "Period",
    "TimeRange",
    "TotalField",
    "UsageRecord",
    "UsageTotal",
]
