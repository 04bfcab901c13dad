"""The one door: who gets in, as whom, and what a refusal leaves behind."""

import pytest

from members.models import Member
from members.operations import change_role, disable_member, enable_member

from ..factories import TESTS, MemberFactory, OrganizationFactory
from ..pages import signed_in, url, words


def test_an_organization_that_is_not_there_and_one_of_others_answer_alike(console):
    other = OrganizationFactory(name="Secret")
    hidden = console.get(url("billing:list", other))
    missing = console.get("/o/never-opened/billing-groups/")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    without_ids = [words(page).split("Request")[0] for page in (hidden, missing)]
    assert without_ids[0] == without_ids[1]
    assert "Secret" not in words(hidden)


def test_the_entry_of_a_refusal_names_who_what_and_from_where(organization, member):
    response = signed_in(member).get(url("billing:list", organization), REMOTE_ADDR="192.0.2.7")
    entry = organization.audit_entries.get(actor_kind="user")
    assert (entry.event, entry.outcome) == ("OpenConsole", "refused")
    assert (entry.actor_id, entry.address) == (str(member.pk), "192.0.2.7")
    assert entry.request_id == response["X-Request-Id"]
    assert entry.changes == {
        "method": "GET",
        "path": f"/o/{organization.slug}/billing-groups/",
    }


def test_a_refusal_is_noted_whatever_the_address_holds(organization, member):
    response = signed_in(member).get(f"/o/{organization.slug}/billing-groups/a%00b/")
    entry = organization.audit_entries.get(actor_kind="user")
    assert response.status_code == 403
    assert entry.changes["path"] == f"/o/{organization.slug}/billing-groups/a\ufffdb/"


def test_a_write_is_noted_with_its_member_and_request(console, organization, admin):
    period = str(organization.periods.get().first_day)
    sent = {"name": "Platform", "period": period}
    response = console.post(url("billing:create", organization), sent)
    entry = organization.audit_entries.get(event="CreateBillingGroup")
    assert (entry.actor_id, entry.address) == (str(admin.pk), "127.0.0.1")
    assert entry.request_id == response["X-Request-Id"]


def test_the_same_person_is_admin_here_and_member_there(console, admin):
    there = MemberFactory(user=admin.user).organization
    assert console.get(url("billing:list", admin.organization)).status_code == 200
    assert console.get(url("billing:list", there)).status_code == 403


def test_a_change_of_role_or_status_holds_from_the_next_request_on(organization, admin):
    other = MemberFactory(organization=organization, role=Member.Role.ADMIN)
    browser, address = signed_in(other), url("members:list", organization)
    assert browser.get(address).status_code == 200
    change_role(actor=TESTS, member=other, role=Member.Role.MEMBER)
    assert browser.get(address).status_code == 403
    disable_member(actor=TESTS, member=other)
    assert browser.get(address).status_code == 404
    enable_member(actor=TESTS, member=other)
    change_role(actor=TESTS, member=other, role=Member.Role.ADMIN)
    assert browser.get(address).status_code == 200


@pytest.mark.parametrize("slug", ["ACME", "a%00b", "a%20b", "..", "%E2%80%AE", "x" * 3000])
def test_an_address_that_cannot_be_is_not_found(console, slug):
    assert console.get(f"/o/{slug}/billing-groups/").status_code == 404


def test_a_write_needs_the_token_of_its_form(organization, admin):
    browser = signed_in(admin)
    browser.handler.enforce_csrf_checks = True
    sent = {"name": "Platform", "period": str(organization.periods.get().first_day)}
    response = browser.post(url("billing:create", organization), sent)
    assert response.status_code == 403
    assert not organization.billing_groups.formal().exists()
