"""What support does with members and organizations: by operations, each with its entry."""

from decimal import Decimal

import pytest
from django.test import Client

from billing.models import UsageRecord
from members.invitations import open_invitation
from members.models import ApiKey, Invitation, Member, Organization
from members.operations import change_role, remove_member

from ..desk import Desk, address, hidden, left
from ..factories import (
    TESTS,
    BillingGroupFactory,
    MemberFactory,
    assign,
    invite,
    many_members,
    new_key,
    report,
)
from ..pages import words


@pytest.fixture
def desk(db):
    return Desk()


@pytest.fixture
def group(organization):
    return BillingGroupFactory(organization=organization, name="Platform")


def test_a_personal_limit_goes_through_and_leaves_one_entry_of_support(desk, member):
    assert desk.do("limit", member, kind="amount", amount="1,200.5").status_code == 302
    assert (member.personal_limit, member.is_unlimited) == (Decimal("1200.5"), False)
    assert left(desk) == [("SetPersonalLimit", "done")]


def test_a_wrong_amount_is_refused_in_words_and_stays_as_typed(desk, member):
    response = desk.do("limit", member, kind="amount", amount="-5")
    assert response.status_code == 422
    assert "Enter 0 or more Credits." in words(response)
    assert 'value="-5"' in response.content.decode()
    assert (member.is_unlimited, left(desk)) == (True, [])


def test_the_last_admin_is_not_demoted_disabled_or_removed(desk, admin):
    for verb, typed in (("role", {"role": "org_member"}), ("disable", {}), ("remove", {})):
        response = desk.do(verb, admin, **typed)
        assert response.status_code == 409
        assert "This is the last admin. Make someone else an admin first." in words(response)
    assert admin.is_admin
    assert [outcome for _event, outcome in left(desk)] == ["refused"] * 3


def test_a_member_becomes_an_admin_is_disabled_enabled_and_removed(desk, admin, member):
    desk.do("role", member, role="org_admin")
    assert member.role == Member.Role.ADMIN
    desk.do("disable", member)
    assert member.status == Member.Status.DISABLED
    desk.do("enable", member)
    assert member.status == Member.Status.ENABLED
    desk.do("remove", member)
    assert member.status == Member.Status.DELETED
    events = ["ChangeMemberRole", "DisableMember", "EnableMember", "RemoveMember"]
    assert left(desk) == [(event, "done") for event in events]


def test_a_role_that_somebody_changed_meanwhile_is_not_written_over(desk, admin, member):
    opened = hidden(desk.get(address(Member, "role", member.pk)))
    change_role(actor=TESTS, member=member, role="org_admin")
    response = desk.do("role", member, **opened, role="org_member")
    assert response.status_code == 409
    assert "Command set this to “Admin”" in words(response)
    assert (member.role, left(desk)) == ("org_admin", [("ChangeMemberRole", "refused")])


def test_only_what_fits_the_member_is_offered(desk, admin, member):
    def offered():
        return [title for title, _url in desk.look(member).context["verbs"]]

    assert "Disable" in offered()
    assert "Enable" not in offered()
    remove_member(actor=TESTS, member=member)
    assert offered() == ["Adjust usage", "End sessions", "Erase personal data"]


def test_a_person_is_signed_out_everywhere(desk, member):
    member.user.set_password("correct horse")
    member.user.save()
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.post("/accounts/login/", {"login": member.user.email, "password": "correct horse"})
        assert browser.get("/")["Location"].startswith("/o/")
    desk.do("sessions", member)
    assert left(desk) == [("EndSessions", "done")]
    for browser in browsers:
        assert browser.get("/")["Location"].startswith("/accounts/login/")
    assert desk.look(member).status_code == 200


def test_the_personal_data_of_a_removed_member_is_erased(desk, admin, member):
    assert desk.do("erase", member).status_code == 409
    remove_member(actor=TESTS, member=member)
    desk.do("erase", member)
    assert member.is_erased
    assert left(desk) == [("EraseMember", "refused"), ("EraseMember", "done")]


def test_usage_is_adjusted_with_a_reason_and_never_below_0(desk, member):
    report(member, credits=10)
    period = member.organization.periods.get()
    place = {"mended": period.pk, "billing_group": member.billing_group_id}
    desk.do("adjust", member, **place, credits="-4", reason="Sent twice")
    adjustment = UsageRecord.objects.get(kind="adjustment")
    assert (adjustment.credits, adjustment.reason) == (-4, "Sent twice")
    assert adjustment.actor == f"support:{desk.user.pk}"
    assert desk.do("adjust", member, **place, credits="-1", reason="").status_code == 422
    refused = desk.do("adjust", member, **place, credits="-7", reason="Too much")
    assert "This would take the member's total there below 0." in words(refused)
    assert 'value="Too much"' in refused.content.decode()
    assert left(desk) == [("AdjustUsage", "done"), ("AdjustUsage", "refused")]


def test_a_member_is_assigned_to_a_billing_group_of_the_organization_only(desk, member, group):
    desk.do("assign", member, billing_group=group.pk)
    assert member.billing_group == group
    response = desk.do("assign", member, billing_group=BillingGroupFactory().pk)
    assert response.status_code == 422
    assert member.billing_group == group
    assert left(desk) == [("AssignBillingGroup", "done")]


def test_a_removed_member_is_not_said_to_be_assigned(desk, member, group):
    remove_member(actor=TESTS, member=member)
    assert desk.do("assign", member, billing_group=group.pk).status_code == 409
    assert left(desk) == [("AssignBillingGroup", "refused")]


def test_the_page_of_a_member_says_why_blocked_and_what_was_used(desk, member, group):
    report(member, credits=10)
    assign(member, group)
    report(member, credits="2.5")
    Member.objects.filter(pk=member.pk).update(is_unlimited=False)
    said = words(desk.look(member))
    assert "Blocked: no personal limit is set." in said
    assert "Platform 2.5" in said
    assert "Unassigned 10" in said


@pytest.fixture
def choose(desk):
    """Choose members in the list, as its checkboxes do, and assign them."""

    def send(members, **typed):
        chosen = {"_selected_action": [each.pk for each in members], "select_across": "0"}
        sent = {"action": "assign_billing_group", **chosen, **typed}
        return desk.post(address(Member, "changelist"), sent, follow=True)

    return send


def test_many_members_are_assigned_after_a_page_that_says_how_many(
    desk, organization, choose, group
):
    members = many_members(organization, 3)
    page = choose(members)
    assert f"3 members of {organization} get this billing group." in words(page)
    assert group.members.count() == 0
    done = choose(members, **hidden(page), billing_group=group.pk)
    assert "3 members were assigned to Platform." in words(done)
    assert group.members.count() == 3
    assert left(desk) == [("AssignBillingGroup", "done")]


def test_all_that_match_are_assigned_at_once_unless_they_became_others(
    desk, organization, choose, group
):
    members = many_members(organization, 3)
    page = choose(members[:1], select_across="1")
    MemberFactory(organization=organization)
    sent = {**hidden(page), "select_across": "1", "billing_group": group.pk}
    refused = choose(members[:1], **sent)
    assert refused.status_code == 409
    assert "The members have changed meanwhile: now" in words(refused)
    choose(members[:1], **{**sent, "expected": 4})
    assert group.members.count() == 4
    assert left(desk) == [("AssignBillingGroup", "refused"), ("AssignBillingGroup", "done")]


def test_members_of_two_organizations_are_not_assigned_together(desk, member, choose):
    response = choose([member, MemberFactory()])
    assert "Choose members of one organization" in words(response)
    assert left(desk) == []


SETTINGS = {
    **{"name": "Acme", "time_zone": "UTC", "period_start_day": "1"},
    **{"late_usage_hours": "48", "kind": "amount", "amount": "100"},
}


def test_the_settings_of_an_organization_are_edited(desk, organization):
    assert desk.do("settings", organization, **SETTINGS).status_code == 302
    assert (organization.name, organization.late_usage_hours) == ("Acme", 48)
    assert organization.default_personal_limit == 100
    assert left(desk) == [("EditOrganization", "done")]


def test_another_calendar_is_saved_after_its_consequences_were_shown(desk, organization):
    moved = {**SETTINGS, "time_zone": "Asia/Tokyo", "period_start_day": "15"}
    page = desk.do("settings", organization, **moved)
    assert page.status_code == 422
    assert "The current period runs on to" in words(page)
    assert (organization.time_zone, left(desk)) == ("UTC", [])
    desk.post(address(Organization, "settings", organization.pk), {**hidden(page), **moved})
    organization.refresh_from_db()
    assert (organization.time_zone, organization.period_start_day) == ("Asia/Tokyo", 15)
    assert left(desk) == [("EditOrganization", "done")]


def test_a_key_is_found_by_what_leaked_and_revoked(desk, admin):
    made = new_key(admin)
    assert desk.found(ApiKey, q=made.secret) == [made.key]
    page = desk.look(made.key).content.decode()
    assert made.key.prefix in page
    assert made.key.digest not in page
    assert desk.do("revoke", made.key).status_code == 302
    assert made.key.revoked_at is not None
    assert desk.do("revoke", made.key).status_code == 409
    assert left(desk) == [("RevokeApiKey", "done"), ("RevokeApiKey", "refused")]


def test_an_invitation_is_found_and_revoked(desk, organization, admin):
    [link] = invite(admin, "grace@x.test")
    assert desk.found(Invitation, q="Grace@") == desk.found(Invitation, q=link.invitation.pk)
    assert link.invitation.digest not in desk.look(link.invitation).content.decode()
    desk.do("revoke", link.invitation)
    assert open_invitation(link.secret) is None
    assert "revoke/" not in desk.look(link.invitation).content.decode()
    desk.do("revoke", link.invitation)
    assert left(desk) == [("RevokeInvitations", "done"), ("RevokeInvitations", "refused")]
