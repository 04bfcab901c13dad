"""What a form says that it would do is what then happens, whoever stands wherever."""

import re

import pytest
from django.urls import reverse

from billing.periods import all_periods
from members.models import Member

from ..factories import (
    BillingGroupFactory,
    MemberFactory,
    assign,
    limit,
    report,
)
from ..pages import today, words

BLOCKED = re.compile(r"^(\d+) members? becomes? blocked\.$")
UNBLOCKED = re.compile(r"^(\d+) members? (?:is|are) no longer blocked\.$")
MOVES = re.compile(r"^(\d+) members? (?:moves?|returns?) to .+\.$")
AT_ONCE = "they will be blocked at once."


@pytest.fixture
def organization(crowd):
    return crowd.organization


def everyone(crowd):
    return f"?everyone={crowd.organization.members.present().count()}"


def assign_all(group):
    def act(crowd):
        return "members:bulk-assign", [], everyone(crowd), {"billing_group": getattr(crowd, group)}

    return act


def limit_all(**sent):
    return lambda crowd: ("members:bulk-limit", [], everyone(crowd), sent)


def delete(group):
    def act(crowd):
        gone = getattr(crowd, group)
        return "billing:delete", [gone], "", {"expected": gone.members.count()}

    return act


def remove_from(group):
    def act(crowd):
        members = getattr(crowd, group).members.all()
        chosen = "&".join(f"member={member.pk}" for member in members)
        return "billing:remove", [getattr(crowd, group)], f"?{chosen}", {}

    return act


def handle(group):
    def act(crowd):
        everyone = crowd.unassigned.members.present().count()
        sent = {"billing_group": getattr(crowd, group), "everyone": everyone}
        return "billing:handle", [], "", sent

    return act


def assign_members_to(group):
    def act(crowd):
        target = getattr(crowd, group)
        everyone = crowd.organization.members.present().exclude(billing_group=target).count()
        return "billing:assign", [target], "", {"billing_group": target, "everyone": everyone}

    return act


def one(page, of, **sent):
    def act(crowd):
        members = crowd.organization.members.filter(billing_group=getattr(crowd, of))
        values = {name: getattr(crowd, str(value), value) for name, value in sent.items()}
        return f"members:{page}", [members.order_by("pk").first()], "", values

    return act


def adjust(of, credits):
    def act(crowd):
        group = getattr(crowd, of)
        sent = {
            "event_id": "mend",
            "mended": all_periods(crowd.organization)[0],
            "billing_group": group,
            "credits": credits,
            "reason": "Counted twice",
        }
        member = group.members.get(personal_limit=2)
        return "members:adjust", [member], "", sent

    return act


ACTS = [
    *(assign_all(group) for group in ("unassigned", "full", "frozen", "free")),
    *(limit_all(kind="amount", amount=amount) for amount in ("1", "2", "2.0001", "0")),
    limit_all(kind="unlimited"),
    limit_all(kind="not_set"),
    *(delete(group) for group in ("full", "frozen", "free")),
    *(remove_from(group) for group in ("full", "frozen", "free")),
    *(handle(group) for group in ("full", "frozen", "free")),
    *(assign_members_to(group) for group in ("full", "frozen", "free")),
    *(
        one("assign", of, billing_group=to)
        for of in ("unassigned", "full")
        for to in ("full", "free")
    ),
    one("limit", "unassigned", kind="not_set"),
    one("limit", "unassigned", kind="amount", amount="2"),
    *(adjust(of, credits) for of in ("unassigned", "full", "free") for credits in ("-1", "1")),
    adjust("full", "-2"),
]


def numbers(sentences):
    """How many the sentences say to be moved, blocked and unblocked."""

    def said(pattern):
        return sum(int(found[1]) for each in sentences if (found := pattern.match(each)))

    everybody = any(each.endswith(AT_ONCE) for each in sentences)
    return said(MOVES), said(MOVES) if everybody else said(BLOCKED), said(UNBLOCKED)


def plain(sent):
    return {name: getattr(value, "pk", value) for name, value in sent.items()}


@pytest.mark.parametrize("act", ACTS)
def test_what_is_said_before_is_what_happens(console, organization, crowd, act):
    page, of, query, sent = act(crowd)
    keys = [getattr(each, "key", each.pk) for each in of]
    address = reverse(page, args=[organization.slug, *keys]) + query
    if page in ("billing:handle", "billing:assign"):
        asked = console.get(address, plain(sent))
    else:
        asked = console.post(address, {**plain(sent), "look": "1"} if sent else {"look": "1"})
    assert asked.status_code == 200
    said = (
        asked.context["consequence"] if "consequence" in asked.context else asked.context["changes"]
    )
    blocked, places = crowd.blocked, crowd.places
    assert not organization.audit_entries.filter(actor_kind="user").exists()
    assert console.post(address, plain(sent)).status_code == 302
    moved = [pk for pk, place in crowd.places.items() if place != places[pk]]
    happened = (len(moved), len(crowd.blocked - blocked), len(blocked - crowd.blocked))
    assert numbers(said) == happened


def test_those_who_move_are_counted_by_where_they_come_from(console, organization, crowd):
    sent = {"billing_group": crowd.free.pk, "look": "1", "period": today(organization)}
    page = console.post(
        reverse("members:bulk-assign", args=[organization.slug]) + everyone(crowd), sent
    )
    assert page.context["changes"][:4] == [
        "16 members move to " + crowd.free.name + ".",
        "6 from Unassigned.",
        *sorted(f"5 from {group.name}." for group in (crowd.full, crowd.frozen)),
    ]
    assert page.context["stays"][-1] == f"5 members are in {crowd.free.name} already."


def test_many_places_are_summed_up(console, organization, crowd):
    for name in ("Zebra", "Zenith"):
        group = BillingGroupFactory(organization=organization, name=name)
        assign(MemberFactory(organization=organization), group)
    sent = {"billing_group": crowd.free.pk, "look": "1", "period": today(organization)}
    page = console.post(
        reverse("members:bulk-assign", args=[organization.slug]) + everyone(crowd), sent
    )
    assert "2 from 2 other billing groups." in page.context["changes"]


def test_limits_that_change_are_counted(console, organization, crowd):
    address = reverse("members:bulk-limit", args=[organization.slug]) + everyone(crowd)
    page = console.post(address, {"kind": "amount", "amount": "2", "look": "1"})
    assert page.context["changes"][0] == "17 personal usage limits change."  # four have this one
    page = console.post(address, {"kind": "not_set", "look": "1"})
    assert page.context["changes"][0] == "16 personal usage limits change."  # nor has the admin
    Member.objects.filter(organization=organization).update(personal_limit=2, is_unlimited=False)
    page = console.post(address, {"kind": "amount", "amount": "2", "look": "1"})
    assert page.context["changes"] == ["Nobody becomes blocked or unblocked."]


def test_what_is_not_typed_well_says_nothing_yet_and_writes_nothing(console, organization, crowd):
    address = reverse("members:limit", args=[organization.slug, crowd.member.pk])
    page = console.post(address, {"kind": "amount", "amount": "1,5", "look": "1"})
    assert page.status_code == 200
    assert page.context["changes"] == []
    assert "Enter Credits with at most 4 decimals" in words(page)


def test_enabling_names_what_blocks_them_still(console, organization, crowd):
    idle = Member.objects.get(status=Member.Status.DISABLED, billing_group=crowd.frozen)
    page = words(console.get(reverse("members:enable", args=[organization.slug, idle.pk])))
    assert f"Blocked: {crowd.frozen.name} is frozen." in page
    free = Member.objects.get(status=Member.Status.DISABLED, billing_group=crowd.free)
    page = words(console.get(reverse("members:enable", args=[organization.slug, free.pk])))
    assert "They can open the organization again, and use Credits within their limits." in page


@pytest.mark.parametrize(
    ("limited_to", "credits", "said"),
    [
        (11, "1", "2 members become blocked."),
        (10, "-1", "2 members are no longer blocked."),
        (12, "1", "Nobody becomes blocked or unblocked."),
    ],
)
def test_a_billing_group_that_an_adjustment_fills_or_opens_turns_its_members(
    console, organization, crowd, limited_to, credits, said
):
    limit(crowd.free, limited_to)  # 10 were used, by four who are enabled; two are within their own
    member = crowd.free.members.get(personal_limit=8)
    sent = {
        "event_id": "mend",
        "mended": all_periods(organization)[0],
        "billing_group": crowd.free.pk,
        "credits": credits,
        "reason": "Counted twice",
        "look": "1",
    }
    address = reverse("members:adjust", args=[organization.slug, member.pk])
    page = console.post(address, plain(sent))
    assert page.context["changes"] == [said]


def test_who_leaves_a_billing_group_leaves_what_they_used_under_it(console, organization, crowd):
    mover = MemberFactory(organization=organization, is_unlimited=True)
    report(mover, 100)
    assign(mover, crowd.free)
    report(mover, 3)
    address = reverse("billing:remove", args=[organization.slug, crowd.free.key])
    page = console.get(f"{address}?member={mover.pk}")
    assert page.context["stays"] == [
        f"3 Credits used this period stay under {crowd.free.name}, in pages and exports."
    ]
