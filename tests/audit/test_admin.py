"""The support desk: everything is shown, nothing is written by the admin itself."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group as PermissionGroup
from django.test import Client
from django.urls import reverse

from audit.models import AuditEntry
from audit.support import SupportAdmin
from billing.models import Assignment, BillingGroup, Period, UsageRecord
from groups.models import Group, GroupMembership
from groups.operations import add_group_members
from members.models import ApiKey, Invitation, Member, Organization, User

from ..desk import Desk, address
from ..factories import (
    TESTS,
    BillingGroupFactory,
    GroupFactory,
    UserFactory,
    invite,
    new_key,
    report,
)

MODELS = [
    *(Organization, User, Member, ApiKey, Invitation, Group, GroupMembership),
    *(BillingGroup, Assignment, Period, UsageRecord, AuditEntry),
]
every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
WRITES = {"_save": "Save", "name": "Typed", "email": "typed@example.test", "post": "yes"}


@pytest.fixture
def desk(db):
    return Desk()


@pytest.fixture
def records(organization, admin, member):
    """One record of each model at least, by model."""
    BillingGroupFactory(organization=organization)
    group = GroupFactory(organization=organization)
    add_group_members(actor=TESTS, group=group, members=Member.objects.filter(pk=member.pk))
    report(member)
    new_key(admin), invite(admin)
    return {model: model.objects.first() for model in MODELS}


@pytest.fixture
def everything():
    """All that is stored, to be compared."""
    return lambda: [list(model.objects.order_by("pk").values()) for model in MODELS]


def test_it_shows_our_models_and_nothing_of_other_apps():
    shown = admin.site._registry
    assert set(shown) == set(MODELS)
    assert all(isinstance(each, SupportAdmin) for each in shown.values())
    assert not admin.site.is_registered(PermissionGroup)


@every_model
def test_each_model_is_listed_and_shown(desk, records, model):
    assert records[model] in desk.found(model)
    assert desk.look(records[model]).status_code == 200
    assert desk.get(address(model, "history", records[model].pk), follow=True).status_code == 200


@every_model
def test_nobody_adds_changes_or_deletes_by_the_admin_itself(records, everything, model):
    desk = Desk(is_superuser=True)
    pk, before = records[model].pk, everything()
    for page in (("add",), ("change", pk), ("delete", pk)):
        assert desk.post(address(model, *page), WRITES).status_code == 403, page
    assert desk.get(address(model, "add")).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [pk], "post": "yes"}
    desk.post(address(model, "changelist"), chosen)
    desk.post(address(model, "changelist"), {**chosen, "_save": "Save", "form-0-id": pk})
    assert everything() == before


@every_model
def test_its_pages_have_nothing_inline_that_the_policy_would_stop(desk, records, model):
    for response in (desk.list(model, q="a"), desk.look(records[model])):
        html = response.content.decode()
        assert "<style" not in html
        assert "<script>" not in html
        assert " style=" not in html
        assert " onclick=" not in html


def test_no_page_and_no_filter_tells_a_password(desk):
    User.objects.filter(pk=desk.user.pk).update(password="argon2$secret")
    desk.force_login(User.objects.get(pk=desk.user.pk))
    for page in (desk.look(desk.user), desk.list(User)):
        assert page.status_code == 200
        assert "secret" not in page.content.decode()
    assert desk.found(User, q="argon2$secret") == []
    assert desk.list(User, password__startswith="argon2").status_code == 400
    assert desk.list(Member, user__password__startswith="argon2").status_code == 400


@pytest.mark.parametrize("field", ["is_superuser", "is_staff", "is_active", "password"])
def test_support_gives_nobody_rights_or_a_password_by_a_crafted_form(desk, field):
    other = UserFactory()
    before = User.objects.filter(pk=other.pk).values().get()
    sent = {field: "on", "password1": "x", "password2": "x", "user_permissions": [1], **WRITES}
    assert desk.post(address(User, "change", other.pk), sent).status_code == 403
    assert desk.post(f"/admin/members/user/{other.pk}/password/", sent).status_code in {302, 404}
    assert desk.post("/admin/auth/group/add/", {"name": "all"}).status_code == 404
    assert User.objects.filter(pk=other.pk).values().get() == before
    assert not other.user_permissions.exists()


def test_the_desk_is_closed_to_everybody_else(db, admin):
    member = Client()
    member.force_login(admin.user)
    left = Desk(is_active=False)
    for page in (reverse("admin:index"), address(Member, "changelist")):
        assert Client().get(page, follow=True).redirect_chain[-1][0].startswith("/accounts/login/")
        assert member.get(page, follow=True).status_code == 403
        assert left.get(page, follow=True).redirect_chain[-1][0].startswith("/accounts/login/")
    verb = address(Member, "role", admin.pk)
    assert member.post(verb, {"role": "org_member"}, follow=True).status_code == 403
    assert Member.objects.get(pk=admin.pk).is_admin
