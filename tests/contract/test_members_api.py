"""Members over HTTP: the people, their limits, and whether they may use Credits."""

import pytest

from billing.periods import current_period
from members.models import Member
from members.operations import disable_member, remove_member
from tests.factories import (
    TESTS,
    BillingGroupFactory,
    GroupFactory,
    MemberFactory,
    assign,
    limit,
    report,
)


def times(organization):
    period = current_period(organization)
    stamps = (period.starts_at, period.ends_at)
    return [at.isoformat().replace("+00:00", "Z") for at in stamps]


def test_a_member_is_shown_with_both_ids(api, member):
    shown = api.get(f"/members/{member.pk}").body
    assert shown == {
        "id": str(member.pk),
        "userId": member.user_key,
        "name": member.name,
        "email": member.email,
        "role": "org_member",
        "status": "ENABLED",
        "billingGroupId": "unassigned",
        "joinedAt": member.joined_at.isoformat().replace("+00:00", "Z"),
    }
    assert shown in api.get("/members").body["members"]


def test_removed_members_are_listed_when_asked_for(api, member):
    remove_member(actor=TESTS, member=member)
    assert str(member.pk) not in [row["id"] for row in api.get("/members").body["members"]]
    rows = api.get("/members", includeDeleted="true").body["members"]
    [gone] = [row for row in rows if row["id"] == str(member.pk)]
    assert gone["status"] == "DELETED"
    assert gone["deletedAt"].endswith("Z")
    assert api.get(f"/members/{member.pk}").body == gone


def test_an_email_is_found_whole_and_ignoring_case(api, organization):
    ada = MemberFactory(organization=organization, email="Ada@example.com")
    MemberFactory(email="ada@example.com", user=ada.user)
    for email in ("ada@example.com", "ADA@EXAMPLE.COM"):
        assert [row["id"] for row in api.get("/members", email=email).body["members"]] == [
            str(ada.pk)
        ]
    assert api.get("/members", email="ada@example").body["members"] == []
    assert api.get("/members", email="a\0da").status_code == 400


def test_a_person_is_added_with_what_is_given_else_the_defaults(api, organization):
    organization.default_personal_limit = 50
    organization.save()
    group = BillingGroupFactory(organization=organization)
    ada = api.post("/members", {"name": "  Ada ", "email": "ada@example.com"}).body
    assert (ada["name"], ada["role"], ada["billingGroupId"]) == ("Ada", "org_member", "unassigned")
    assert api.get(f"/members/{ada['id']}/usage-limit").body["limitValue"] == 50
    sent = {"name": "Bob", "email": "bob@example.com", "role": "org_admin", "limitValue": -1}
    bob = api.post("/members", {**sent, "billingGroupId": str(group.pk)}).body
    assert (bob["role"], bob["billingGroupId"]) == ("org_admin", str(group.pk))
    assert api.get(f"/members/{bob['id']}/usage-limit").body["limitValue"] == -1


def test_a_removed_person_who_is_added_again_is_the_same_member(api, member):
    remove_member(actor=TESTS, member=member)
    back = api.post("/members", {"name": "Back", "email": member.email.upper()}).body
    assert (back["id"], back["status"], back["name"]) == (str(member.pk), "ENABLED", "Back")
    assert "deletedAt" not in back


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "x" * 101},
        {"name": "\u0958" * 100},
        {"name": "a\0b"},
        {"name": "a\u202eb"},
        {"name": None},
        {"email": "ada"},
        {"email": "ada@example.com\0"},
        {"email": "x" * 250 + "@example.com"},
        {"role": "owner"},
        {"limitValue": -2},
        {"billingGroupId": "0"},
        {"billingGroupId": "Unassigned"},
    ],
)
def test_a_person_who_cannot_be_is_not_added(api, organization, wrong):
    before = organization.members.count()
    body = {"name": "Ada", "email": "ada@example.com", **wrong}
    response = api.post("/members", body)
    assert (response.status_code, response.body["code"]) == (400, "BadRequest")
    assert [each.split(":")[0] for each in response.body["details"]] == list(wrong)
    assert organization.members.count() == before


def test_nobody_is_put_into_a_billing_group_of_another_organization(api, organization):
    elsewhere = str(BillingGroupFactory().pk)
    body = {"name": "Ada", "email": "ada@example.com", "billingGroupId": elsewhere}
    assert api.post("/members", body).status_code == 400


def test_what_is_sent_is_changed_together_and_the_rest_stays(api, member, organization):
    path = f"/members/{member.pk}"
    changed = api.patch(path, {"role": "org_admin", "status": "DISABLED", "name": "Ada"}).body
    assert (changed["role"], changed["status"], changed["name"]) == (
        "org_admin",
        "DISABLED",
        "Ada",
    )
    assert changed["email"] == member.email
    assert api.patch(path, {"status": "ENABLED"}).body["name"] == "Ada"
    events = organization.audit_entries.filter(actor_kind="key").values_list("event", flat=True)
    assert list(events) == ["UpdateMember"] * 2


def test_one_part_that_is_refused_undoes_the_others(api, organization, member):
    taken = MemberFactory(organization=organization).email
    response = api.patch(
        f"/members/{member.pk}", {"name": "Ada", "role": "org_admin", "email": taken}
    )
    assert (response.status_code, response.body["code"]) == (409, "AlreadyExists")
    before, name = (member.role, member.status), member.name
    member.refresh_from_db()
    assert (member.role, member.status) == before
    assert member.name == name
    [entry] = organization.audit_entries.filter(actor_kind="key")
    assert (entry.event, entry.outcome) == ("UpdateMember", "refused")


def test_the_last_admin_stays_one(api, admin, organization):
    path = f"/members/{admin.pk}"
    for response in (
        api.patch(path, {"role": "org_member"}),
        api.patch(path, {"status": "DISABLED"}),
        api.delete(path),
    ):
        assert (response.status_code, response.body["details"]) == (409, ["last_admin"])
    assert api.get(path).body["role"] == "org_admin"
    assert [each.outcome for each in organization.audit_entries.filter(actor_kind="key")] == [
        "refused"
    ] * 3


def test_who_is_removed_leaves_groups_and_billing_group_and_keeps_usage(api, organization, member):
    assign(member, BillingGroupFactory(organization=organization))
    team = GroupFactory(organization=organization)
    api.post(f"/groups/{team.pk}/members", {"userIds": [member.user_key]})
    report(member, 5)
    gone = api.delete(f"/members/{member.pk}").body
    assert (gone["status"], gone["billingGroupId"]) == ("DELETED", "unassigned")
    assert api.get(f"/groups/{team.pk}").body["memberCount"] == 0
    assert api.get(f"/members/{member.pk}/usage-summary").body["totalCredits"] == 5
    for verb in (api.delete, lambda path: api.patch(path, {"name": "Ada"})):
        assert verb(f"/members/{member.pk}").status_code == 404


def test_a_limit_is_set_lifted_and_unset(api, organization, member):
    path, [start, end] = f"/members/{member.pk}/usage-limit", times(organization)
    limit(member, None)
    period = {"lastResetAt": start, "nextResetAt": end}
    assert api.get(path).body == {"usedValue": 0, "isActive": False, **period}
    shown = api.put(path, {"limitValue": 100}).body
    assert shown == {"limitValue": 100, "usedValue": 0, "isActive": True, **period}
    report(member, "12.5")
    assert float(api.get(path).body["usedValue"]) == 12.5
    assert api.put(path, {"limitValue": -1}).body["isActive"] is False
    assert "limitValue" not in api.delete(path).body
    assert api.put(path, {}).status_code == 400


def test_a_member_may_use_credits_until_a_limit_is_reached(api, organization, member):
    group, [start, end] = BillingGroupFactory(organization=organization), times(organization)
    assign(member, group)
    path = f"/members/{member.pk}/credit-status"
    period = {"periodStart": start, "periodEnd": end, "billingGroupId": str(group.pk)}
    assert api.get(path).body == {"allowed": True, "reasons": [], **period}
    limit(member, 100)
    limit(group, 30)
    report(member, 20)
    remain = {"personalRemaining": 80, "billingGroupRemaining": 10}
    assert api.get(path).body == {"allowed": True, "reasons": [], **remain, **period}
    report(member, 85)
    shown = api.get(path).body
    assert shown["reasons"] == ["personal_limit_reached", "billing_group_limit_reached"]
    assert (shown["allowed"], shown["personalRemaining"]) == (False, 0)
    assert shown["billingGroupRemaining"] == 0


def test_every_reason_is_told_at_once(api, organization):
    member = MemberFactory(organization=organization)
    disable_member(actor=TESTS, member=member)
    shown = api.get(f"/members/{member.pk}/credit-status").body
    assert shown["reasons"] == ["member_disabled", "personal_limit_not_set"]
    assert shown["personalRemaining"] == 0


def test_a_removed_member_keeps_an_answer_to_every_question(api, member):
    remove_member(actor=TESTS, member=member)
    for what in ("usage-limit", "credit-status", "usage-events", "usage-summary"):
        assert api.get(f"/members/{member.pk}/{what}").status_code == 200
    assert api.put(f"/members/{member.pk}/usage-limit", {"limitValue": 1}).status_code == 404
    assert Member.objects.get(pk=member.pk).personal_limit is None
