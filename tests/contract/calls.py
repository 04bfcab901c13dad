"""Each operation of the API: what it needs, and a call that works at a Place."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from billing.periods import current_period
from config.api import api

from ..factories import unique


@dataclass(frozen=True)
class Call:
    """A call of an operation: `path` names records of a Place, `sends` gives the body."""

    method: str
    path: str
    scope: str = "read"
    sends: Callable | None = None

    def at(self, place):
        ids = {
            "member_id": place.member.pk,
            "group_id": place.team.pk,
            "billing_group_id": place.group.key,
        }
        return self.path.format(**ids)

    def body(self, place, **more):
        return {**self.sends(place), **more} if self.sends else None


def a_person(place):
    return {"name": "Ada Lovelace", "email": "ada@example.com", "billingGroupId": place.group.key}


def a_role(place):
    return {"role": "org_admin"}


def a_limit(place):
    return {"limitValue": 1200}


def a_group(place):
    return {"displayName": "Engineering", "description": "Everyone who builds"}


def a_group_name(place):
    return {"displayName": "Engineering"}


def a_billing_group(place):
    return {"name": "Platform", "description": "Cost center 4711"}


def a_name(place):
    return {"name": "Platform"}


def an_amount(place):
    return {"limitAmount": 0}


def members(place):
    return {"userIds": [place.member.user_key]}


def mate(place):
    return {"userIds": [place.mate.user_key]}


def payer(place):
    return {"userIds": [place.payer.user_key]}


def records(place):
    return {"records": [a_record(place.member)]}


def an_adjustment(place):
    return {
        "eventId": "mend-1",
        "memberId": str(place.member.pk),
        "billingGroupId": "unassigned",
        "periodEnd": current_period(place.organization).ends_at.isoformat(),
        "credits": 12,
        "reason": "Never arrived",
    }


def a_record(member, **more):
    """A record of usage as it is sent; what is given as None is left out."""
    record = {
        "eventId": unique("event"),
        "memberId": str(member.pk),
        "credits": 1,
        "occurredAt": timezone.now().isoformat(),
        **more,
    }
    return {name: value for name, value in record.items() if value is not None}


MEMBER, GROUP, BILLING = "/members/{member_id}", "/groups/{group_id}", "/billing-groups"
BILLING_GROUP = BILLING + "/{billing_group_id}"
CALLS = {
    "listMembers": Call("GET", "/members"),
    "addMember": Call("POST", "/members", "write", a_person),
    "getMember": Call("GET", MEMBER),
    "updateMember": Call("PATCH", MEMBER, "write", a_role),
    "removeMember": Call("DELETE", MEMBER, "write"),
    "getUsageLimit": Call("GET", MEMBER + "/usage-limit"),
    "setUsageLimit": Call("PUT", MEMBER + "/usage-limit", "write", a_limit),
    "unsetUsageLimit": Call("DELETE", MEMBER + "/usage-limit", "write"),
    "getCreditStatus": Call("GET", MEMBER + "/credit-status"),
    "listMemberUsageEvents": Call("GET", MEMBER + "/usage-events"),
    "getUsageSummary": Call("GET", MEMBER + "/usage-summary"),
    "listUsageEvents": Call("GET", "/usage-events"),
    "listGroups": Call("GET", "/groups"),
    "createGroup": Call("POST", "/groups", "write", a_group),
    "getGroup": Call("GET", GROUP),
    "updateGroup": Call("PATCH", GROUP, "write", a_group_name),
    "deleteGroup": Call("DELETE", GROUP, "write"),
    "listGroupMembers": Call("GET", GROUP + "/members"),
    "addGroupMembers": Call("POST", GROUP + "/members", "write", members),
    "removeGroupMembers": Call("DELETE", GROUP + "/members", "write", mate),
    "listBillingGroups": Call("GET", BILLING),
    "createBillingGroup": Call("POST", BILLING, "write", a_billing_group),
    "getBillingGroup": Call("GET", BILLING_GROUP),
    "updateBillingGroup": Call("PATCH", BILLING_GROUP, "write", a_name),
    "deleteBillingGroup": Call("DELETE", BILLING_GROUP, "write"),
    "setBillingGroupLimit": Call("PUT", BILLING_GROUP + "/limit", "write", an_amount),
    "listBillingGroupMembers": Call("GET", BILLING_GROUP + "/members"),
    "assignMembers": Call("POST", BILLING_GROUP + "/members", "write", members),
    "unassignMembers": Call("DELETE", BILLING_GROUP + "/members", "write", payer),
    "listUsage": Call("GET", BILLING + "/usage"),
    "listBillingGroupUsage": Call("GET", BILLING_GROUP + "/usage"),
    "listPeriods": Call("GET", "/periods"),
    "listAuditLog": Call("GET", "/audit-log"),
    "reportUsage": Call("POST", "/usage-records", "usage", records),
    "adjustUsage": Call("POST", "/usage-adjustments", "write", an_adjustment),
}
BASE = "/v1/organizations/{organization_id}"
METHODS = {"get", "post", "put", "patch", "delete"}


def operations():
    """The operations of the schema: {operationId: (method, path, what the schema says)}."""
    return {
        said["operationId"]: (method.upper(), path.removeprefix(BASE), said)
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method, said in methods.items()
        if method in METHODS
    }
