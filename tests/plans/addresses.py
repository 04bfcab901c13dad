"""What each page and list is asked for in a large place: searched, filtered, sorted, far in.

{member} and such are the ids of what stands there.
"""

from itertools import product

WORDS = ["Lefèvre", "amélie f", "中村 翔太", "company-999", "zqx"]
SHORT = ["a", "王", "王伟", "zq"]
SEARCHES = [f"q={word}" for word in WORDS + SHORT]
SOME = ["q=Lefèvre", "q=zq"]
FAR = ["page=2", "page=20", "page=99"]
BY_NAME = ["sort=name", "sort=-name"]
SIDES = product(
    ("before", "after"),
    ("middle", "oldest"),
    ("", "&outcome=refused", "&event=AssignBillingGroup"),
)
USED = product(
    ("", "&period={last}"),
    ("", "&q=Lefèvre", "&sort=name", "&member={payer}"),
)

OF_PAGES = {
    "members:list": [
        *SEARCHES,
        *FAR,
        *BY_NAME,
        *("sort=billing_group", "sort=-billing_group", "sort=used", "sort=-used"),
        *("sort=-used&page=20", "sort=billing_group&page=20", "size=100&page=2", "q=com"),
        *("billing_group={group}", "billing_group=unassigned", "group={team}"),
        *("billing_group_name=Cost", "billing_group_name=zqx", "group_name=zqx"),
        *("billing_group_name=17&group_name=1", "group_name=1&sort=used"),
        *("role=org_admin", "role=org_member", "status=active", "status=blocked"),
        *("status=not_set", "status=disabled", "status=removed", "status=removed&page=2"),
        *("role=org_admin&status=disabled", "role=org_admin&sort=used", "q=Lefèvre&sort=used"),
        *("group={team}&billing_group={group}", "billing_group={group}&q=Lefèvre"),
        "billing_group={group}&status=blocked",
    ],
    "members:invitations": [
        *("q=guest", "q=guest.17@", "q=zqx", "q=zq", "sort=email", "sort=-expires_at", *FAR),
    ],
    "members:bulk-assign": ["everyone=9", "everyone=9&role=org_admin", "everyone=9&q=Lefèvre"],
    "members:dry-run": ["verdict=error", "verdict=unchanged", "verdict=change", "page=2", "page=9"],
    "settings": ["time_zone=Asia/Tokyo&period_start_day=15"],
    "audit:list": [
        *SEARCHES,
        *("actor=user-{admin}", "actor=user-{other_admin}", "actor=support", "actor=command"),
        *("actor=key-{key}", "actor=invited", "event=EditMember", "event=OpenOrganization"),
        *("event=AssignBillingGroup", "event=EraseMember", "outcome=refused", "outcome=done"),
        *("since={day}", "until={day}", "since={day}&until={day}", "since={day}&outcome=refused"),
        *("until={day}&event=EditMember", "actor=user-{other_admin}&outcome=refused"),
        *("event=EditMember&outcome=refused", "event=EditMember&actor=support"),
        *("q=member-{member}", "q=billing-group-{group}", "q=group-{team}", "q=Cost center 17"),
        *("q=Lefèvre&event=EditMember", "q=Lefèvre&outcome=refused"),
        *(f"{side}={{{entry}}}{more}" for side, entry, more in SIDES),
    ],
    "billing:list": [
        *SOME,
        *BY_NAME,
        *("q=王", "q=Cost", "q=Cost center 17", "sort=used", "sort=-used", "sort=-member_count"),
        *("page=2", "page=99", "period={last}", "period={last}&q=Lefèvre", "period={last}&page=2"),
        "period={last}&sort=-used",
    ],
    "billing:days": ["period={last}"],
    "billing:group-days": ["period={last}"],
    "billing:export": ["group={group}", "group=unassigned", "period={last}"],
    "billing:limit": ["limit=5"],
    "billing:handle": [
        *SOME,
        *("page=2", "page=99", "member={member}&billing_group={group}"),
        "everyone=9&billing_group={group}",
    ],
    "billing:assign": [*SOME, *FAR, "member={member}", "everyone=9", "everyone=9&q=Lefèvre"],
    "billing:detail": [
        *SOME,
        *BY_NAME,
        "page=2",
        *(f"show=usage{period}{more}" for period, more in USED),
    ],
    "groups:list": [
        *SOME,
        *BY_NAME,
        "q=Guild 1",
        "sort=-member_count",
        "sort=created_at",
        "page=2",
    ],
    "groups:detail": [*SOME, *BY_NAME, "page=2", "page=99"],
    "groups:add": [*SOME, *FAR, "member={member}", "everyone=9"],
}
OF_UNASSIGNED = [
    "",
    "page=2",
    "q=Lefèvre",
    "show=usage",
    "period={last}",
    "period={last}&sort=name",
]
LOOKS = {  # dialogs that are asked what they would do
    "members:bulk-assign": [{"billing_group": "{group}"}],
    "members:bulk-limit": [{"kind": "amount", "amount": "5"}, {"kind": "unlimited"}],
    "members:bulk-add-to-group": [{"group": "{team}"}],
    "members:assign": [{"billing_group": "{group}"}],
    "members:limit": [{"kind": "amount", "amount": "5"}],
    "members:role": [{"role": "org_admin"}],
    "members:adjust": [{"mended": "{period}", "billing_group": "{group}", "credits": "100000"}],
    "members:invite": [{"emails": "new@example.test", "billing_group": "{group}"}],
}
OF_CALLS = {
    "listMembers": ["email={email}", "includeDeleted=true", "maxResults=100"],
    "listMemberUsageEvents": ["startDate={then}", "endDate={then}", "sources=CLI", "sources=none"],
    "listUsageEvents": [
        *("startDate={then}", "endDate={then}", "sources=CLI", "sources=none", "maxResults=100"),
    ],
    "getUsageSummary": ["groupBy=operation", "startDate={then}", "sources=CLI"],
    "listGroups": ["keyword=Guild 1", "keyword=zqx"],
    "listBillingGroups": [f"keyword={word}" for word in [*WORDS, *SHORT, "Cost center 17"]],
    "listUsage": ["periodEnd={end}", "maxResults=100"],
    "listBillingGroupUsage": ["periodEnd={end}"],
    "listAuditLog": [
        *("actor=user-{other_admin}", "actor=support", "event=OpenOrganization", "maxResults=100"),
        *("outcome=refused", "targetKind=Member", "targetKind=Member&targetId={member}"),
        *("targetKind=BillingGroup&targetId={group}", "startDate={then}", "endDate={then}"),
        *("startDate={then}&outcome=refused", "targetKind=ApiKey"),
    ],
}
HERE = "organization__id__exact={organization}"
OF_DESK = {  # lists of support, of all organizations
    "Organization": [""],
    "User": ["", "p=99", "q=person.17", "q={member}"],
    "Member": ["", "p=99", HERE, "q={email}", "q={member}", "q=zqx", "role__exact=org_admin"],
    "ApiKey": ["", "p=2", HERE],
    "Invitation": ["", "p=2", HERE, "q=zqx", "q=guest.17@company-3."],
    "Group": ["", "p=2", HERE, "q=zqx", "q=Guild 17"],
    "GroupMembership": ["", "p=99", HERE, "q=Lefèvre", "group__id__exact={team}"],
    "BillingGroup": ["", "p=2", HERE, "q=zqx", "q=Cost center 17"],
    "Assignment": [
        *("", "p=99", HERE, "q={email}"),
        *("member__id__exact={member}", "billing_group__id__exact={group}"),
    ],
    "Period": ["", HERE],
    "UsageRecord": [
        *("", "p=99", "latest_of={organization}", "q=event-17", "q={email}", "q={member}"),
        *("period__id__exact={period}", "period__id__exact={period}&member__id__exact={member}"),
    ],
    "AuditEntry": [
        *("", "p=99", HERE, "q={email}", "q={member}", "q=AssignBillingGroup", "q=zqx"),
        *("outcome__exact=refused", "actor_kind__exact=support"),
        "target_kind__exact=Member&target_id__exact={member}",
    ],
}
