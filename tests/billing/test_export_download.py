"""Downloading an export: its trace, its failure, its memory; and the page before it."""

import tracemalloc

import pytest
from django.db import connection

from billing import exports
from billing.models import BillingGroup
from billing.periods import current_period

from ..factories import BillingGroupFactory, MemberFactory, many_members, report, unique
from ..pages import swap, today, url, words

BREAKS_AT_THE_END = """
SELECT 'Platform', 'Ada', 'ada@example.test', 1 / (100000 - number)
FROM generate_series(1, 100000) AS number
"""
FILL = """
INSERT INTO billing_usagetotal (organization_id, period_id, member_id, billing_group_id, credits)
SELECT member.organization_id, %s, member.id, billing_group.id, 1.5
FROM members_member member JOIN billing_billinggroup billing_group USING (organization_id)
WHERE member.organization_id = %s
"""
FILL_GROUPS = """
INSERT INTO billing_grouptotal (organization_id, period_id, billing_group_id, credits)
SELECT organization_id, period_id, billing_group_id, sum(credits)
FROM billing_usagetotal WHERE organization_id = %s GROUP BY 1, 2, 3
"""


def fill(organization, members, groups):
    """A row of export for each of `members` in each of `groups`."""
    many_members(organization, members - organization.members.count())
    BillingGroup.objects.bulk_create(
        BillingGroup(organization=organization, name=unique("group"))
        for _ in range(groups - organization.billing_groups.count())
    )
    with connection.cursor() as cursor:
        cursor.execute(FILL, [current_period(organization).pk, organization.pk])
        cursor.execute(FILL_GROUPS, [organization.pk])


def test_a_download_leaves_one_entry_that_says_what_left(console, organization, admin):
    report(MemberFactory(organization=organization, is_unlimited=True), 5)
    console.get(url("billing:export", organization))
    console.get(url("billing:download", organization)).getvalue()
    entry = organization.audit_entries.get(actor_kind="user")
    assert (entry.event, entry.outcome) == ("ExportBillingGroups", "done")
    assert (entry.actor_id, entry.target_kind) == (str(admin.pk), "Organization")
    assert entry.changes == {"period": today(organization), "rows": 1}


def test_the_entry_of_one_group_names_it(console, organization):
    group = BillingGroupFactory(organization=organization)
    console.get(url("billing:download", organization, group=group.pk)).getvalue()
    entry = organization.audit_entries.get(event="ExportBillingGroups")
    assert (entry.target_kind, entry.target_id) == ("BillingGroup", group.pk)


def test_an_export_that_breaks_at_its_last_row_is_a_failed_download(
    console, organization, monkeypatch
):
    monkeypatch.setattr(exports, "ROWS", BREAKS_AT_THE_END)
    response = console.get(url("billing:download", organization))
    assert response.status_code == 500
    assert "Content-Disposition" not in response
    assert b"ada@example.test" not in response.content
    assert not organization.audit_entries.filter(event="ExportBillingGroups").exists()


@pytest.mark.parametrize("key", ["0", "9" * 30, "9" * 5000, "all", "%00"])
def test_a_group_that_cannot_be_is_not_found(console, organization, key):
    assert console.get(url("billing:download", organization, group=key)).status_code == 404
    assert console.get(url("billing:export", organization, group=key)).status_code == 404


def test_a_group_of_another_organization_is_not_found(console, organization):
    group = BillingGroupFactory(name="Secret")
    assert console.get(url("billing:download", organization, group=group.pk)).status_code == 404
    assert console.get(url("billing:export", organization, group=group.pk)).status_code == 404
    assert "Secret" not in words(console.get(url("billing:export", organization)))


def test_the_preview_shows_first_rows_their_number_and_the_total(console, organization):
    MemberFactory(organization=organization)
    fill(organization, members=4, groups=3)
    page = words(console.get(url("billing:export", organization)))
    assert "12 rows, 18 Credits in all" in page
    assert "The first 10 of 12 rows." in page


def test_the_preview_of_nothing_says_so(console, organization):
    page = words(console.get(url("billing:export", organization)))
    assert "0 rows, 0 Credits in all" in page
    assert "No Credits were used in this period" in page


def test_the_preview_follows_the_scope_and_so_does_its_button(console, organization):
    group = BillingGroupFactory(organization=organization)
    report(MemberFactory(organization=organization, is_unlimited=True), 5)
    address = url("billing:export", organization, group=group.pk)
    region = console.get(address, headers=swap("export-preview"))
    assert "0 rows, 0 Credits in all" in words(region)
    assert f"/export/download/?group={group.pk}" in region.content.decode()


def test_an_export_of_many_rows_takes_the_memory_of_few(console, organization, admin):
    def peak():
        tracemalloc.start()
        response = console.get(url("billing:download", organization))
        size = sum(len(chunk) for chunk in response.streaming_content)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most, size

    fill(organization, members=100, groups=2)
    peak()
    small, size_of_200 = peak()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM billing_usagetotal")
        cursor.execute("DELETE FROM billing_grouptotal")
    fill(organization, members=200, groups=100)
    large, size_of_20_000 = peak()
    assert size_of_20_000 > 90 * size_of_200
    assert large - small < 2_000_000
