"""Audit Log: what was done, newest first, page by page, as it is filtered."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from audit.keyset import SIZE
from audit.models import AuditEntry
from audit.operations import Actor, Refused, record
from billing.operations import assign_members
from groups.operations import add_group_members, create_group, delete_group
from members.operations import disable_member, edit_organization
from tests.factories import (
    TESTS,
    BillingGroupFactory,
    GroupFactory,
    MemberFactory,
    assign,
    limit,
    many_members,
    new_key,
)
from tests.pages import queries, rows, swap, url, words

LINK = re.compile(r'rel="(prev|next)" href="([^"]+)"')


@pytest.fixture
def look(console, organization):
    def get(**query):
        response = console.get(url("audit:list", organization), query)
        assert response.status_code == 200
        return response

    return get


@pytest.fixture
def found(look):
    """The ids of the entries that the page shows."""
    return lambda **query: [int(each.removeprefix("entry-")) for each in rows(look(**query))]


def note(organization, number=1, **more):
    """`number` entries of different times; returns their ids, the newest first."""
    start = timezone.now() - timedelta(days=1)
    entries = [
        AuditEntry(
            **{
                "organization": organization,
                "at": start + timedelta(seconds=i // 2),  # two by two at one time
                "actor_kind": "command",
                "actor_id": "tests",
                "event": "OpenOrganization",
                "target_kind": "Organization",
                "target_id": organization.pk,
                "outcome": "done",
                **more,
            }
        )
        for i in range(number)
    ]
    return [each.pk for each in reversed(AuditEntry.objects.bulk_create(entries))]


def test_an_entry_is_a_sentence_that_opens_to_all_that_is_known(look, organization, admin):
    platform = BillingGroupFactory(organization=organization, name="Platform")
    limit(platform, 5000)
    actor = Actor("user", str(admin.pk), "192.0.2.7", "request-7")
    assign_members(
        actor=actor, billing_group=platform, members=organization.members.filter(pk=admin.pk)
    )
    assigned, limited, _opened = rows(look()).values()
    assert f"{admin.name} assigned {admin.name} to Platform." in assigned
    for detail in ("192.0.2.7", "request-7", "AssignBillingGroup", "Moved from Unassigned: 1"):
        assert detail in assigned
    assert "from no limit to 5,000." in limited
    assert "Period Usage Limit No limit → 5,000" in limited


def test_a_refused_attempt_says_why(look, organization, admin):
    with pytest.raises(Refused):
        disable_member(actor=TESTS, member=admin)
    refused = next(iter(rows(look()).values()))
    assert f"Command tests tried to disable {admin.name}: refused." in refused
    assert "This is the last admin. Make someone else an admin first." in refused


def test_times_are_those_of_the_organization(look, organization):
    edit_organization(actor=TESTS, organization=organization, time_zone="Asia/Tokyo")
    note(organization, at=datetime.fromisoformat("2026-03-01T20:15:00+00:00"))
    assert "Mar 2, 2026, 05:15" in words(look())


def test_only_entries_of_the_organization_are_shown(found, organization):
    other = MemberFactory().organization
    elsewhere = note(other, 3)
    note(organization, at=timezone.now() - timedelta(days=2))
    assert not set(found()) & set(elsewhere)
    assert found(before=elsewhere[0]) == found()


def test_pages_give_every_entry_once_the_newest_first_and_lead_back(console, organization, found):
    number = 3 * SIZE + 7
    newest_first = [*found(), *note(organization, number)]
    address, seen, back = url("audit:list", organization), [], []
    while address:
        page = console.get(address)
        seen.append([int(each.removeprefix("entry-")) for each in rows(page)])
        links = dict(LINK.findall(page.content.decode()))
        back.append(links.get("prev"))
        address = links.get("next") and url("audit:list", organization)[:-1] + links["next"]
    assert [pk for page in seen for pk in page] == newest_first
    assert [len(page) for page in seen] == [SIZE, SIZE, SIZE, 8]
    assert back[0] is None
    for number in (3, 2, 1):
        page = console.get(url("audit:list", organization)[:-1] + back[number])
        assert [int(each.removeprefix("entry-")) for each in rows(page)] == seen[number - 1]


def test_entries_that_come_in_meanwhile_move_no_page(found, organization):
    newest_first = note(organization, 3 * SIZE)
    last = found(outcome="done")[-1]
    second = found(before=last)
    add_group_members(
        actor=TESTS,
        group=GroupFactory(organization=organization),
        members=many_and_all(organization),
    )
    assert found(before=last) == second
    assert set(second) <= set(newest_first)


def many_and_all(organization):
    many_members(organization, 3)
    return organization.members.all()


def test_newer_of_the_second_page_is_the_first_also_when_more_came_in(found, organization):
    note(organization, 2 * SIZE)
    first = found()
    second = found(before=first[-1])
    assert found(after=second[0]) == first
    assert found(after=first[SIZE // 2]) == first


@pytest.mark.parametrize("key", ["", "0", "9" * 18, "9" * 30, "-1", "²", "x", "\0", "1e3"])
def test_an_address_beside_no_entry_shows_the_newest(found, organization, key):
    note(organization, SIZE + 3)
    assert found(before=key) == found(after=key) == found()


def test_links_keep_the_filters(look, organization):
    note(organization, SIZE + 3)
    page = look(outcome="done", event="OpenOrganization").content.decode()
    [(_next, address)] = LINK.findall(page)
    assert "outcome=done" in address
    assert "event=OpenOrganization" in address


def test_filters_by_event_and_outcome(found, organization, admin):
    group = create_group(actor=TESTS, organization=organization, name="Guild")
    delete_group(actor=TESTS, group=group)
    with pytest.raises(Refused):
        delete_group(actor=TESTS, group=group)
    deleted = organization.audit_entries.filter(event="DeleteGroup")
    assert found(event="DeleteGroup") == ids(deleted)
    assert found(event="DeleteGroup", outcome="refused") == ids(deleted.filter(outcome="refused"))
    assert found(event="RemoveMember") == []


def ids(entries):
    return list(entries.order_by("-pk").values_list("pk", flat=True))


def test_filters_by_actor(look, found, organization, admin):
    key = new_key(admin).key
    mine = record(Actor("user", str(admin.pk)), "Test", organization, {}).pk
    its = record(Actor("key", str(key.pk)), "Test", organization, {}).pk
    help_ = record(Actor("support", "7"), "Test", organization, {}).pk
    assert found(actor=f"user-{admin.pk}") == [mine]
    assert found(actor=f"key-{key.pk}") == [its]
    assert found(actor="support") == found(actor="support-7") == [help_]
    assert len(found(actor="command")) == 2
    page = words(look())
    assert f"{admin.name}" in page
    assert key.name in page


def test_who_is_no_admin_now_can_be_chosen_where_the_address_names_them(look, organization, member):
    record(Actor("user", str(member.pk)), "Test", organization, {})
    page = look(actor=f"user-{member.pk}").content.decode()
    assert f'<option value="user-{member.pk}" selected>{member.name}</option>' in page
    stranger = MemberFactory(name="Stranger")
    assert "Stranger" not in words(look(actor=f"user-{stranger.pk}"))


def test_filters_by_what_it_was_about(found, organization):
    ada = MemberFactory(organization=organization, name="Ada")
    platform = BillingGroupFactory(organization=organization, name="Platform")
    limit(ada, 7)
    assign(ada, platform)
    limit(platform, 8)
    limit(MemberFactory(organization=organization, name="Grace"), 9)
    assigned = organization.audit_entries.get(event="AssignBillingGroup").pk
    of_ada = organization.audit_entries.get(target_kind="Member", target_id=ada.pk).pk
    limited = organization.audit_entries.get(event="SetBillingGroupLimit").pk
    assert found(q="ada") == found(q=f"member-{ada.pk}") == [assigned, of_ada]
    assert found(q="platform") == found(q=f"billing-group-{platform.pk}") == [limited, assigned]
    assert found(q="zebra") == found(q=f"group-{platform.pk}") == []
    assert len(found(q=f"organization-{organization.pk}")) == 1


def test_a_name_of_many_members_leaves_out_bulk_acts_and_says_so(look, found, organization):
    members = named(organization, 21)
    platform = BillingGroupFactory(organization=organization, name="Platform")
    assign(members[0], platform)
    limit(members[1], 7)
    limited = organization.audit_entries.get(event="SetPersonalLimit").pk
    assert found(q="twin") == [limited]
    assert "Many members match “twin”" in words(look(q="twin"))
    assert "Many members match" not in words(look(q="twin 7"))


def named(organization, number):
    return [MemberFactory(organization=organization, name=f"Twin {i}") for i in range(number)]


def test_days_are_those_of_the_organization(found, organization):
    edit_organization(actor=TESTS, organization=organization, time_zone="Asia/Tokyo")
    times = ["2026-03-01T14:59:59", "2026-03-01T15:00:00", "2026-03-02T14:59:59.999999"]
    before, first, last, after = [
        note(organization, at=datetime.fromisoformat(f"{at}+00:00"))[0]
        for at in [*times, "2026-03-02T15:00:00"]
    ]
    day = date(2026, 3, 2)
    assert found(since=day, until=day) == [last, first]
    assert found(until=date(2026, 3, 1)) == [before]
    assert after in found(since=date(2026, 3, 3))


NONSENSE = ["x", "\0", "9" * 40, "-1", "user-", "user-\0", "member-0", "²", "%", "'", "null"]


@pytest.mark.parametrize("value", NONSENSE)
@pytest.mark.parametrize("name", ["q", "actor", "event", "outcome", "since", "until"])
def test_what_cannot_be_matches_nothing(found, organization, name, value):
    assert found(**{name: value}) == []


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30", "2026-13-01", "26-1-1"])
def test_a_day_that_cannot_be_matches_nothing(found, organization, day):
    edit_organization(actor=TESTS, organization=organization, time_zone="Asia/Tokyo")
    assert found(since=day) == found(until=day) == []


def test_what_matches_nothing_leads_back_to_all(look, organization):
    assert "No entry matches “zebra”." in words(look(q="zebra"))
    assert "No entry matches these filters." in words(look(outcome="refused"))
    assert "Clear filters" in words(look(outcome="refused"))


def test_a_page_asks_as_many_queries_whatever_it_shows(console, organization, admin):
    def act(number):
        platform = BillingGroupFactory(organization=organization)
        group = GroupFactory(organization=organization)
        actors = [TESTS, Actor("user", str(admin.pk)), Actor("support", "7")]
        for i in range(number):
            some = organization.members.filter(
                pk__in=[each.pk for each in many_members(organization, i % 3 + 1)]
            )
            actor = actors[i % 3]
            assign_members(actor=actor, billing_group=platform, members=some)
            add_group_members(actor=actor, group=group, members=some)

    act(2)
    address = url("audit:list", organization)
    few = queries(console, address), queries(console, address, **swap("entries"))
    act(30)
    new_key(admin)
    many = queries(console, address), queries(console, address, **swap("entries"))
    assert [len(each) for each in many] == [len(each) for each in few]
    assert not any("OFFSET" in each for each in many[0])
