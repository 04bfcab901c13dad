"""Lists and selects of many rows: pages from both ends, options all at once."""

from datetime import timedelta

import pytest
from django import forms
from django.core.paginator import InvalidPage, Paginator
from django.db import connection
from django.db.models.functions import Lower
from django.test.html import parse_html
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members import tables
from members.models import Member
from members.tables import BothEndsPaginator
from members.templatetags.console import group_options, options_of
from tests.factories import (
    BillingGroupFactory,
    GroupFactory,
    MemberFactory,
    OrganizationFactory,
    assign,
    many_members,
    report,
)
from tests.pages import queries, rows, signed_in, url


@pytest.mark.parametrize("number", [0, 1, 7, 8, 9, 40])
def test_every_page_holds_what_djangos_own_does(organization, number):
    many_members(organization, number)
    rows = organization.members.order_by(Lower("name").desc(), "pk")
    ours, djangos = BothEndsPaginator(rows, 4), Paginator(rows, 4)
    assert ours.num_pages == djangos.num_pages
    for page in djangos:
        assert list(ours.page(page.number)) == list(page)
    with pytest.raises(InvalidPage):
        ours.page(djangos.num_pages + 1)


@pytest.mark.parametrize(("word", "pages"), [("crowd", 1), ("nobody", 0)])
def test_a_page_is_asked_for_whole_and_only_where_somebody_is_found(organization, word, pages):
    many_members(organization, 2)
    with CaptureQueriesContext(connection) as asked:
        page = BothEndsPaginator(organization.members.matching(word).order_by("pk"), 4).page(1)
        assert len(page.object_list) == 2 * pages
    assert sum("LIMIT 4" in each["sql"] for each in asked) == pages


def test_the_last_page_is_counted_off_from_the_end(organization):
    many_members(organization, 40)
    pages = BothEndsPaginator(organization.members.order_by("name", "pk"), 4)
    assert pages.count == 40
    with CaptureQueriesContext(connection) as asked:
        list(pages.page(1)), list(pages.page(10)), list(pages.page(9))
    first, last, before = (query["sql"] for query in asked)
    assert "OFFSET" not in first + last
    assert before.endswith("LIMIT 4 OFFSET 4")


def test_options_are_chosen_escaped_and_english_where_they_are_names_of_the_system(organization):
    group = BillingGroupFactory(organization=organization, name="R&D")
    assert options_of(organization.billing_groups.unassigned_first(), group.key) == (
        '<option value="unassigned" lang="en" translate="no">Unassigned</option>'
        f'<option value="{group.key}" selected>R&amp;D</option>'
    )


def test_groups_are_options_as_they_are_ordered(organization):
    last, first = (GroupFactory(organization=organization, name=name) for name in ("<Z>", "A"))
    assert group_options(organization.groups.order_by("name"), str(first.pk)) == (
        f'<option value="{last.pk}">&lt;Z&gt;</option>'
        f'<option value="{first.pk}" selected>A</option>'
    )


def test_a_select_has_groups_values_attributes_and_what_is_chosen():
    choices = [("", "None"), ("Some", [(1, "A & B"), ("two", "C")])]
    select = forms.Select(attrs={"autocomplete": "off"}, choices=choices)
    renderer = forms.renderers.get_default_renderer()
    assert parse_html(select.render("field", 1, renderer=renderer)) == parse_html(
        '<select name="field" autocomplete="off"><option value="">None</option>'
        '<optgroup label="Some"><option value="1" selected>A &amp; B</option>'
        '<option value="two">C</option></optgroup></select>'
    )


def test_what_sorts_rows_is_not_joined_to_count_them(organization, admin):
    rich, mover = MemberFactory.create_batch(2, organization=organization, is_unlimited=True)
    report(rich, 3), report(mover, 2)
    assign(mover, BillingGroupFactory(organization=organization))
    report(mover, 2)
    client = signed_in(admin)
    asked = queries(client, url("members:list", organization, sort="-used"))
    assert sum("billing_membertotal" in sql for sql in asked) == 1  # the ids of the page
    by_usage = rows(client.get(url("members:list", organization, sort="used")))
    assert list(by_usage) == [f"member-{each.pk}" for each in (admin, rich, mover)]


def test_members_are_sorted_by_what_they_used_in_this_period_alone(db):
    before = timezone.now().replace(day=1) - timedelta(days=10)
    organization = OrganizationFactory(opened_at=before)
    admin = MemberFactory(organization=organization, role=Member.Role.ADMIN, is_unlimited=True)
    eager, calm = MemberFactory.create_batch(2, organization=organization, is_unlimited=True)
    report(calm, 100, at=before, received_at=before)
    report(eager, 3), report(calm, 2)
    listed = signed_in(admin).get(url("members:list", organization, sort="-used"))
    assert list(rows(listed)) == [f"member-{each.pk}" for each in (eager, calm, admin)]


@pytest.mark.parametrize("status", ["active", "blocked"])
def test_a_status_by_usage_is_counted_along_with_the_page(organization, admin, status, monkeypatch):
    monkeypatch.setattr(tables, "PAGE_SIZE", 2)
    people = MemberFactory.create_batch(5, organization=organization, is_unlimited=True)
    for used, member in enumerate(people, start=1):
        report(member, used)
    organization.members.update(is_unlimited=status == "active")  # else no limit is set
    by_usage = [f"member-{each.pk}" for each in (*people[::-1], admin)]
    client = signed_in(admin)

    def listed(**asked):
        address = url("members:list", organization, status=status, sort="-used", **asked)
        judging = [sql for sql in queries(client, address) if "is_blocked" in sql]
        page = client.get(address)
        assert page.context["page_obj"].paginator.count == 6
        asked = sum("members_member" in sql.partition("WHERE")[0] for sql in judging)
        return list(rows(page)), page.context["page_obj"].number, asked

    assert listed() == (by_usage[:2], 1, 1)
    assert listed(page=2) == (by_usage[2:4], 2, 1)
    assert listed(page=3) == (by_usage[4:], 3, 1)
    for beyond in ("4", "0", "99999999"):
        assert listed(page=beyond)[:2] == (by_usage[4:], 3)
    assert listed(page="x")[:2] == (by_usage[:2], 1)


def test_nobody_of_a_status_by_usage_is_an_empty_page(console, organization):
    for number in ("1", "2", "999999999999999999"):
        asked = {"status": "blocked", "q": "zq", "sort": "used", "page": number}
        page = console.get(url("members:list", organization, **asked))
        assert list(rows(page)) == []
        assert page.context["page_obj"].paginator.count == 0
