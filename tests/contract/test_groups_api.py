"""Groups and billing groups over HTTP."""

import pytest

from billing.models import BillingGroup
from members.operations import remove_member
from tests.factories import TESTS, BillingGroupFactory, GroupFactory, MemberFactory, limit, report
from tests.racing import at_once

from ..factories import new_key
from .conftest import Api


def keys(*members):
    return {"userIds": [member.user_key for member in members]}


@pytest.fixture
def people(organization):
    return MemberFactory.create_batch(3, organization=organization)


@pytest.fixture
def group(organization):
    return GroupFactory(organization=organization, name="Engineering")


@pytest.fixture
def platform(organization):
    return BillingGroupFactory(organization=organization, name="Platform")


def noted(organization):
    entries = organization.audit_entries.filter(actor_kind="key").order_by("pk")
    return list(entries.values_list("event", "outcome"))


def test_a_group_is_made_shown_changed_and_deleted(api, organization, member):
    made = api.post("/groups", {"displayName": " Engineering ", "description": "Builders"}).body
    stamps = {name: made.pop(name) for name in ("createdAt", "updatedAt")}
    assert all(stamp.endswith("Z") for stamp in stamps.values())
    assert made == {
        "id": made["id"],
        "organizationId": str(organization.pk),
        "displayName": "Engineering",
        "description": "Builders",
        "source": "manual",
        "isManaged": False,
        "memberCount": 0,
    }
    path = f"/groups/{made['id']}"
    assert api.get(path).body == {**made, **stamps}
    assert api.patch(path, {"description": ""}).body["displayName"] == "Engineering"
    assert "description" not in api.get(path).body
    assert api.post(f"{path}/members", keys(member)).body == {"count": 1}
    assert api.delete(path).body == {"count": 1}
    assert api.get(path).status_code == 404
    assert noted(organization) == [
        (event, "done") for event in ("CreateGroup", "EditGroup", "AddGroupMember", "DeleteGroup")
    ]


def test_who_made_a_group_in_the_console_is_named(api, organization, admin, group):
    group.created_by = admin
    group.save()
    assert api.get(f"/groups/{group.pk}").body["creatorId"] == admin.user_key


def test_groups_are_found_by_what_their_name_contains(api, organization, group):
    GroupFactory(organization=organization, name="Sales")
    assert [each["id"] for each in api.get("/groups", keyword="ENGIN").body["groups"]] == [
        str(group.pk)
    ]
    assert api.get("/groups", keyword="%").body["groups"] == []
    assert api.get("/groups", keyword="\0").status_code == 400


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "\u0958" * 100, "a\nb", "a\0b", None, 7])
def test_a_name_that_cannot_be_is_a_bad_request(api, organization, name):
    assert api.post("/groups", {"displayName": name}).status_code == 400
    assert api.post("/billing-groups", {"name": name}).status_code == 400
    assert noted(organization) == []


def test_members_are_added_and_removed_without_harm_when_sent_again(api, group, people):
    path = f"/groups/{group.pk}/members"
    assert [api.post(path, keys(*people)).body["count"] for _ in range(2)] == [3, 0]
    assert [api.delete(path, keys(people[0])).body["count"] for _ in range(2)] == [1, 0]
    shown = api.get(path).body["members"]
    assert [row["userId"] for row in shown] == [each.user_key for each in people[1:]]
    assert shown[0].keys() == {"id", "userId", "name", "email", "status", "joinedAt"}


@pytest.mark.parametrize("where", ["groups", "billing-groups"])
@pytest.mark.parametrize("verb", ["post", "delete"])
def test_one_unknown_among_them_and_nobody_moves(
    api, organization, group, platform, people, where, verb
):
    target = group if where == "groups" else platform
    path = f"/{where}/{target.pk}/members"
    if verb == "delete":
        api.post(path, keys(*people))
    before = api.get(path).body
    gone = MemberFactory(organization=organization)
    remove_member(actor=TESTS, member=gone)
    for wrong in (MemberFactory().user_key, gone.user_key, str(people[0].pk), "", "user-", "\0"):
        body = {"userIds": [*keys(*people)["userIds"], wrong]}
        response = getattr(api, verb)(path, body)
        assert (response.status_code, response.body["details"]) == (400, [f"userIds: {wrong}"])
    assert api.get(path).body == before


@pytest.mark.parametrize("where", ["groups", "billing-groups"])
def test_1_to_1000_people_can_be_chosen(api, group, platform, member, where):
    target = group if where == "groups" else platform
    path = f"/{where}/{target.pk}/members"
    for number in (0, 1001):
        assert api.post(path, {"userIds": [member.user_key] * number}).status_code == 400
    assert api.post(path, {"userIds": [member.user_key] * 1000}).status_code == 200
    assert len(api.get(path).body["members"]) == 1


def test_a_billing_group_is_made_shown_changed_and_deleted(api, organization, member):
    made = api.post("/billing-groups", {"name": "Platform", "description": "CC 1"}).body
    stamps = {name: made.pop(name) for name in ("createdAt", "updatedAt")}
    assert all(stamp.endswith("Z") for stamp in stamps.values())
    assert made == {
        "id": made["id"],
        "organizationId": str(organization.pk),
        "name": "Platform",
        "description": "CC 1",
        "isUnassigned": False,
        "memberCount": 0,
        "limitAmount": -1,
        "currentUsed": 0,
        "isBlocked": False,
    }
    path = f"/billing-groups/{made['id']}"
    assert api.get(path).body == {**made, **stamps}
    assert api.patch(path, {"name": "Tools"}).body["description"] == "CC 1"
    assert api.post(f"{path}/members", keys(member)).body == {
        "billingGroupId": made["id"],
        "moved": [{"userId": member.user_key, "fromBillingGroupId": "unassigned"}],
    }
    report(member, 5)
    shown = api.put(f"{path}/limit", {"limitAmount": 5}).body
    assert (shown["limitAmount"], shown["currentUsed"], shown["isBlocked"]) == (5, 5, True)
    assert api.delete(path).body == {
        "billingGroupId": "unassigned",
        "moved": [{"userId": member.user_key, "fromBillingGroupId": made["id"]}],
    }
    assert api.get(path).status_code == 404
    assert api.get(f"{path}/usage").body["usages"][0]["isDeleted"] is True
    assert api.post("/billing-groups", {"name": "Tools"}).status_code == 200
    events = ["Create", "Edit", "Assign", "Set", "Delete", "Create"]
    assert [event.partition("Billing")[0] for event, _done in noted(organization)] == events


def test_a_frozen_billing_group_is_blocked_before_it_used_anything(api, platform):
    path = f"/billing-groups/{platform.pk}"
    shown = api.put(f"{path}/limit", {"limitAmount": 0}).body
    assert (shown["limitAmount"], shown["isBlocked"]) == (0, True)


def test_unassigned_is_shown_and_fixed(api, organization, member):
    path = "/billing-groups/unassigned"
    shown = api.get(path).body
    assert (shown["id"], shown["name"], shown["isUnassigned"]) == ("unassigned", "Unassigned", True)
    assert shown["memberCount"] == 2
    for response in (
        api.patch(path, {"name": "Other"}),
        api.put(f"{path}/limit", {"limitAmount": 1}),
        api.delete(path),
        api.delete(f"{path}/members", keys(member)),
    ):
        assert (response.status_code, response.body["details"]) == (409, ["unassigned_is_fixed"])
    assert [outcome for _event, outcome in noted(organization)] == ["refused"] * 4
    number = organization.billing_groups.unassigned().pk
    assert api.get(f"/billing-groups/{number}").status_code == 404


def test_assigning_tells_who_moved_and_from_where(api, organization, platform, people):
    tools = BillingGroupFactory(organization=organization)
    api.post(f"/billing-groups/{platform.pk}/members", keys(people[0]))
    moved = api.post(f"/billing-groups/{tools.pk}/members", keys(*people)).body["moved"]
    assert [each["fromBillingGroupId"] for each in moved] == [
        str(platform.pk),
        "unassigned",
        "unassigned",
    ]
    assert api.post(f"/billing-groups/{tools.pk}/members", keys(*people)).body["moved"] == []
    back = api.post("/billing-groups/unassigned/members", keys(people[0])).body
    assert back["moved"] == [{"userId": people[0].user_key, "fromBillingGroupId": str(tools.pk)}]


def test_unassigning_leaves_who_is_elsewhere(api, organization, platform, people):
    tools = BillingGroupFactory(organization=organization)
    api.post(f"/billing-groups/{platform.pk}/members", keys(*people[:2]))
    api.post(f"/billing-groups/{tools.pk}/members", keys(people[2]))
    moved = api.delete(f"/billing-groups/{platform.pk}/members", keys(*people[1:])).body
    assert moved == {
        "billingGroupId": "unassigned",
        "moved": [{"userId": people[1].user_key, "fromBillingGroupId": str(platform.pk)}],
    }
    shown = api.get(f"/billing-groups/{tools.pk}/members").body["members"]
    assert [row["userId"] for row in shown] == [people[2].user_key]


def test_billing_groups_are_found_by_their_members_too(api, organization, platform, people):
    api.post(f"/billing-groups/{platform.pk}/members", keys(people[0]))
    shown = api.get("/billing-groups", keyword=people[0].email).body
    assert [each["name"] for each in shown["billingGroups"]] == ["Platform"]
    assert shown.keys() >= {"periodStart", "periodEnd", "maxResults"}


@pytest.mark.django_db(transaction=True)
def test_two_changes_of_one_group_at_once_lose_nothing(organization, admin, group, platform):
    secret = new_key(admin).secret

    def send(path, body):
        return lambda: Api(organization, secret).patch(path, body).status_code

    for number in range(4):
        name, text = f"Name {number}", f"Text {number}"
        statuses = at_once(
            send(f"/groups/{group.pk}", {"displayName": name}),
            send(f"/groups/{group.pk}", {"description": text}),
            send(f"/billing-groups/{platform.pk}", {"name": name}),
            send(f"/billing-groups/{platform.pk}", {"description": text}),
            send(f"/members/{admin.pk}", {"name": name}),
            send(f"/members/{admin.pk}", {"email": f"{number}@example.com"}),
        )
        assert statuses == [200] * 6
        for each in (group, platform, admin):
            each.refresh_from_db()
            assert each.name == name
        assert group.description == platform.description == text
        assert admin.email == f"{number}@example.com"


def test_a_limit_of_a_deleted_billing_group_is_not_set(api, platform):
    limit(platform, 5)
    BillingGroup.objects.filter(pk=platform.pk).update(deleted_at="2026-01-01T00:00:00Z")
    response = api.put(f"/billing-groups/{platform.pk}/limit", {"limitAmount": 1})
    assert response.status_code == 404
