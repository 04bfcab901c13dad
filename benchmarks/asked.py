"""What `make pages` asks for: every page, region, form and list of the API, at a large place."""

from dataclasses import dataclass

from django.urls import reverse

from tests.contract.calls import CALLS
from tests.pages import swap
from tests.views import VIEWS

# What else a page is asked for than plainly: by its view, queries as they stand in its address.
MORE = {
    "members:list": [
        "q=ma",
        "q=garcia",
        "q=zzzzzz",
        "q=example",
        "status=active",
        "status=blocked",
        "status=not_set",
        "status=disabled",
        "status=removed",
        "role=org_admin",
        "billing_group={place.group.pk}",
        "billing_group=unassigned",
        "group={place.team.pk}",
        "q=garcia&status=blocked&sort=-used",
        "role=org_member&status=blocked",
        "billing_group_name=e&status=blocked",
        "status=blocked&sort=-used",
        "sort=-name",
        "sort=billing_group",
        "sort=-billing_group",
        "sort=-used",
        "sort=used",
        "size=100",
        "page=2",
        "page=9999999",
        "page=9999999&sort=-used",
    ],
    "members:invitations": ["q=starts", "sort=-expires_at", "page=2"],
    "members:bulk-assign": [
        "everyone=1",
        "everyone=1&q=garcia",
        "everyone=1&status=blocked",
        "everyone=1&status=active",
        "everyone=1&role=org_member&status=blocked",
    ],
    "members:bulk-limit": ["everyone=1", "everyone=1&q=garcia"],
    "members:bulk-add-to-group": ["everyone=1", "everyone=1&q=garcia"],
    "members:dry-run": ["verdict=add", "verdict=error", "page=9999999"],
    "members:export": ["q=garcia", "sort=-used"],
    "billing:list": [
        "q=platform",
        "q=garcia",
        "q=example",
        "q=zzzzzz",
        "sort=-name",
        "sort=-used",
        "sort=-member_count",
        "size=100",
        "page=9999999",
        "period={place.past.first_day}",
        "period={place.past.first_day}&sort=-used",
    ],
    "billing:days": ["period={place.past.first_day}"],
    "billing:group-days": ["period={place.past.first_day}"],
    "billing:export": [
        "period={place.past.first_day}",
        "group={place.group.pk}",
        "group=unassigned",
    ],
    "billing:download": ["group={place.group.pk}"],
    "billing:handle": [
        "q=garcia",
        "page=9999999",
        "everyone=1",
        "everyone=1&billing_group={place.group.pk}",
        "member={place.member.pk}&billing_group={place.group.pk}",
    ],
    "billing:assign": [
        "q=garcia",
        "q=example",
        "page=9999999",
        "everyone=1",
        "everyone=1&q=garcia",
    ],
    "billing:detail": [
        "q=garcia",
        "sort=-name",
        "page=9999999",
        "show=usage",
        "show=usage&page=9999999",
        "show=usage&member={place.payer.pk}",
        "period={place.past.first_day}",
    ],
    "billing:limit": ["limit=0", "limit=1"],
    "groups:list": ["q=auditors", "sort=-member_count", "sort=-created_at", "page=9999999"],
    "groups:detail": ["q=garcia", "sort=-name", "page=9999999"],
    "groups:add": ["q=garcia", "q=example", "page=9999999", "everyone=1", "everyone=1&q=garcia"],
    "audit:list": [
        "q=member-{place.payer.pk}",
        "q=garcia",
        "q=ada",
        "q=zzzzzz",
        "event=AddMember",
        "event=DeleteBillingGroup",
        "event=RevokeApiKey",
        "outcome=refused",
        "actor=user-{place.admin.pk}",
        "actor=user-{place.admin.pk}&event=AssignBillingGroup",
        "actor=command",
        "since={place.past.first_day}&until={place.current.first_day}",
        "before={place.oldest.pk}",
    ],
    "audit:export": ["event=AssignBillingGroup"],
}
MORE_OF_THE_API = {
    "listMembers": ["maxResults=100", "includeDeleted=true", "email={place.payer.email}"],
    "listGroups": ["keyword=auditors"],
    "listBillingGroups": ["maxResults=100", "keyword=platform", "keyword=garcia"],
    "listUsage": ["maxResults=100"],
    "listUsageEvents": ["maxResults=100", "sources=cli"],
    "getUsageSummary": ["groupBy=operation"],
    "listAuditLog": [
        "maxResults=100",
        "event=AssignBillingGroup",
        "actor=user-{place.admin.pk}",
        "targetKind=Member&targetId={place.payer.pk}",
        "outcome=refused",
    ],
}


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: `sends` is what a form holds that is sent to be told what it would do."""

    what: str
    address: str
    region: str = ""
    sends: dict | None = None

    def of(self, client):
        headers = swap(self.region) if self.region else {}
        if self.sends is None:
            return client.get(self.address, headers=headers)
        return client.post(self.address, self.sends, headers=headers)


def asks(place):
    """All that is asked for at the `place`; the names of views and calls say what."""
    for name, view in VIEWS.items():
        address = place.url(name)
        yield Ask(name, address)
        if view.region:
            yield Ask(f"{name} ({view.region})", address, view.region)
        if view.sends and name != "members:import":  # which has nothing to foresee
            yield Ask(f"{name}, looked at", address, sends={**place.sends(name), "look": "1"})
        plain = address.partition("?")[0]
        for query in (each.format(place=place) for each in MORE.get(name, ())):
            yield Ask(f"{name}?{query}", f"{plain}?{query}")
            if view.sends and "everyone" in query:
                sent = {**place.sends(name), "look": "1"}
                yield Ask(f"{name}?{query}, looked at", f"{plain}?{query}", sends=sent)
    yield from asks_of_a_closed_group(place)


def asks_of_a_closed_group(place):
    """What judges all who come into one."""
    slug, bulk = place.organization.slug, place.url("members:bulk-assign").partition("?")[0]
    for group in place.closed[:1]:
        assign = reverse("billing:assign", args=[slug, group.pk])
        yield Ask("billing:assign?everyone=1, to one that is full", f"{assign}?everyone=1")
        what = "members:bulk-assign?everyone=1, to one that is full, looked at"
        sent = {"billing_group": group.pk, "look": "1"}
        yield Ask(what, f"{bulk}?everyone=1", sends=sent)


def calls(place):
    """The lists and single records of the API, as (what, path, query)."""
    for name, call in CALLS.items():
        if call.method == "GET":
            more = [each.format(place=place) for each in MORE_OF_THE_API.get(name, ())]
            for query in ["", *more]:
                what = f"{name}?{query}" if query else name
                yield (
                    what,
                    call.at(place),
                    dict(part.split("=") for part in query.split("&") if part),
                )
