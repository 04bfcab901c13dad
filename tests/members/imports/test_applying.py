"""Apply: all lines of the file, or none; one entry; nobody removed, disabled or made less."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.hashers import is_password_usable
from time_machine import travel

from billing.periods import current_period
from groups.models import GroupMembership
from members.imports.operations import (
    ImportIsGone,
    LinesRefused,
    VerdictsChanged,
    import_members,
    judge_again,
)
from members.models import Member, MemberImport, User
from members.operations import disable_member, edit_member, remove_member

from ...factories import (
    TESTS,
    BillingGroupFactory,
    GroupFactory,
    MemberFactory,
    OrganizationFactory,
    UserFactory,
    assign,
    limit,
    report,
    send_members,
)

HEADER = "Email,Name,Role,Groups,Billing Group,Personal Limit\n"


@pytest.fixture
def platform(organization):
    return BillingGroupFactory(organization=organization, name="Platform")


@pytest.fixture
def guild(organization):
    return GroupFactory(organization=organization, name="Guild")


@pytest.fixture
def ada(organization):
    return MemberFactory(organization=organization, name="Ada", email="ada@x.test")


def values(member):
    return (
        *(member.name, member.role, member.status),
        *(member.billing_group.name, member.personal_limit, member.is_unlimited),
    )


def test_who_is_new_is_added_with_all_that_the_line_says(apply, found, platform, guild):
    counts = apply(f"{HEADER}New@x.test,New,Admin,Guild,Platform,5.25\nb@x.test,B,,,,\n")
    assert counts == {"add": 2, "change": 0, "unchanged": 0, "error": 0}
    new, plain = found("new@x.test"), found("b@x.test")
    assert values(new) == ("New", "org_admin", "ENABLED", "Platform", Decimal("5.25"), False)
    assert values(plain) == ("B", "org_member", "ENABLED", "Unassigned", None, False)
    assert (new.email, new.user.email) == ("New@x.test", "new@x.test")
    assert list(new.groups.all()) == [guild]
    assert list(plain.groups.all()) == []


def test_users_are_found_or_made_without_a_password(apply, found, organization):
    known = UserFactory(email="known@x.test")
    apply("Email,Name\nKnown@x.test,Known\nnew@x.test,New\nother@x.test,Other")
    assert found("known@x.test").user == known
    made = User.objects.filter(email__in=["new@x.test", "other@x.test"])
    assert [is_password_usable(user.password) for user in made] == [False, False]
    assert len({user.password for user in made}) == 2


def test_the_default_limit_is_that_of_the_organization(apply, found, organization):
    organization.default_personal_limit = Decimal(7)
    organization.save()
    apply("Email,Name,Limit\na@x.test,A,\nb@x.test,B,Not set")
    assert found("a@x.test").personal_limit == 7
    assert found("b@x.test").personal_limit is None


def test_members_are_changed_and_what_the_file_does_not_name_stays(
    apply, found, ada, platform, guild, organization
):
    limit(ada, 3)
    other = MemberFactory(organization=organization, name="Other", email="o@x.test")
    apply(f"{HEADER}ada@x.test,,Admin,Guild,Platform,\no@x.test,Changed,,,,Unlimited")
    assert values(found("ada@x.test")) == (
        *("Ada", "org_admin", "ENABLED", "Platform"),
        *(Decimal(3), False),
    )
    assert values(found("o@x.test"))[0] == "Changed"
    assert values(found("o@x.test"))[-1] is True
    assert found("o@x.test").joined_at == other.joined_at
    assert ada.groups.get() == guild


def test_usage_stays_where_it_was_and_the_history_goes_on(apply, ada, platform, organization):
    limit(ada, 100)
    report(ada, 5)
    apply("Email,Billing Group\nada@x.test,Platform")
    ada.refresh_from_db()
    report(ada, 2)
    totals = ada.usage_totals.filter(period=current_period(organization))
    assert {(each.billing_group.name, each.credits) for each in totals} == {
        ("Unassigned", 5),
        ("Platform", 2),
    }
    before, now = ada.assignments.order_by("started_at")
    assert (before.ended_at, now.billing_group) == (now.started_at, platform)


def test_who_is_added_has_a_history_from_then_on(apply, found, platform):
    apply("Email,Name,Billing Group\na@x.test,A,Platform")
    [only] = found("a@x.test").assignments.all()
    assert (only.billing_group, only.ended_at) == (platform, None)


def test_a_disabled_member_stays_disabled(apply, found, ada):
    disable_member(actor=TESTS, member=ada)
    apply("Email,Name\nada@x.test,King")
    assert values(found("ada@x.test"))[:3] == ("King", "org_member", "DISABLED")


def test_a_removed_member_comes_back_with_id_and_history_and_nothing_else(
    apply, found, admin, ada, platform, guild
):
    limit(ada, 5)
    assign(ada, platform)
    Member.objects.filter(pk=ada.pk).update(role="org_admin")
    ada.refresh_from_db()
    with travel(ada.joined_at + timedelta(days=1)):
        remove_member(actor=TESTS, member=ada)
    apply("Email,Name,Groups\nADA@x.test,Ada King,Guild")
    back = found("ada@x.test")
    assert (back.pk, back.user_id, back.email) == (ada.pk, ada.user_id, ada.email)
    assert values(back) == ("Ada King", "org_member", "ENABLED", "Unassigned", None, False)
    assert back.deleted_at is None
    assert back.joined_at > ada.joined_at
    assert list(back.groups.all()) == [guild]


def test_one_wrong_line_and_nothing_is_done(apply, organization, ada):
    with pytest.raises(LinesRefused):
        apply("Email,Name\nnew@x.test,New\nada@x.test,King\nb@x.test,")
    assert organization.members.filter(name="Ada").exists()
    assert not organization.members.filter(email="new@x.test").exists()
    assert not User.objects.filter(email="new@x.test").exists()


def test_an_import_leaves_one_entry_with_counts_and_ids(
    apply, found, organization, admin, ada, platform, guild
):
    apply(
        f"{HEADER}ada@x.test,King,,Guild,Platform,5\n{admin.email},,,,,\nnew@x.test,New,,Guild,,\n"
    )
    _opened, sent, done = organization.audit_entries.order_by("pk")
    assert (sent.event, sent.outcome) == ("UploadMembers", "done")
    assert sent.changes == {"lines": 3, "add": 1, "change": 1, "unchanged": 1, "error": 0}
    assert (done.event, done.outcome, done.target_kind) == ("ImportMembers", "done", "Organization")
    assert done.changes == {
        "added": [found("new@x.test").pk],
        "members": [found("new@x.test").pk, ada.pk],
        "sources": {str(ada.billing_group_id): 1},
        "name": 1,
        "billing_group": 1,
        "personal_limit": 1,
        "groups": 1,
    }


def test_a_refused_import_leaves_an_entry_too(apply, organization):
    with pytest.raises(LinesRefused):
        apply("Email\nnobody@x.test")
    entry = organization.audit_entries.get(event="ImportMembers")
    assert (entry.outcome, entry.changes) == ("refused", {"refused": "lines_refused"})


def test_where_nothing_is_to_do_nothing_is_done_and_there_is_no_entry(apply, ada, organization):
    assert apply("Email,Name\nada@x.test,Ada")["unchanged"] == 1
    assert not organization.audit_entries.filter(event="ImportMembers").exists()


def make_stale(organization, ada, how):
    if how == "renamed":
        edit_member(actor=TESTS, member=ada, name="Countess", email=ada.email)
    elif how == "gone":
        remove_member(actor=TESTS, member=ada)
    elif how == "made an admin":
        Member.objects.filter(pk=ada.pk).update(role="org_admin")
    elif how == "there already":
        MemberFactory(organization=organization, email="NEW@x.test")
    elif how == "group deleted":
        organization.groups.all().delete()
    elif how == "another default":
        organization.default_is_unlimited = True
        organization.save()


@pytest.mark.parametrize(
    "how",
    ["renamed", "gone", "made an admin", "there already", "group deleted", "another default"],
)
def test_where_a_verdict_has_changed_nothing_is_applied(organization, admin, ada, guild, how):
    text = "Email,Name,Role,Groups\nada@x.test,King,Member,Guild\nnew@x.test,New,,"
    sent = send_members(admin, text)
    make_stale(organization, ada, how)
    before = list(organization.members.order_by("pk").values())
    with pytest.raises(VerdictsChanged):
        import_members(actor=TESTS, organization=organization, sent=sent, digest=sent.digest)
    assert list(organization.members.order_by("pk").values()) == before
    assert not GroupMembership.objects.exists()


def test_what_the_file_is_not_about_may_change_meanwhile(organization, admin, ada):
    sent = send_members(admin, "Email,Role\nada@x.test,Admin")
    edit_member(actor=TESTS, member=ada, name="Countess", email=ada.email)
    MemberFactory(organization=organization)
    import_members(actor=TESTS, organization=organization, sent=sent, digest=sent.digest)
    ada.refresh_from_db()
    assert (ada.name, ada.role) == ("Countess", "org_admin")


def test_a_file_whose_place_another_took_meanwhile_is_gone(organization, admin, ada):
    first = send_members(admin, "Email,Name\nada@x.test,King")
    shown = MemberImport.objects.defer("content").get(pk=first.pk)
    send_members(admin, "Email,Name\nada@x.test,Queen")
    with pytest.raises(ImportIsGone):
        import_members(actor=TESTS, organization=organization, sent=shown, digest=shown.digest)
    for each in (first, shown):
        with pytest.raises(ImportIsGone):
            judge_again(each)
    ada.refresh_from_db()
    assert ada.name == "Ada"


def test_other_organizations_stay_as_they_are(apply, organization):
    twin = MemberFactory(organization=OrganizationFactory(), email="ada@x.test", name="Twin")
    apply("Email,Name\nada@x.test,Ada")
    twin.refresh_from_db()
    assert twin.name == "Twin"
    assert organization.members.get(email="ada@x.test").user == twin.user
