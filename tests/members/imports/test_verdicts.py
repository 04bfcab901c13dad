"""The dry run: what each line would add or change, or why it cannot."""

import pytest

from groups.operations import add_group_members
from members.imports.judging import Verdicts
from members.imports.lines import MembersFile
from members.models import Member
from members.operations import disable_member, edit_member, remove_member

from ...factories import (
    TESTS,
    BillingGroupFactory,
    GroupFactory,
    MemberFactory,
    OrganizationFactory,
    limit,
)

ADDED = "add"
CHANGED = "change"
SAME = ("unchanged", "")


@pytest.fixture
def ada(organization):
    return MemberFactory(organization=organization, name="Ada", email="Ada@example.test")


@pytest.fixture
def platform(organization):
    return BillingGroupFactory(organization=organization, name="Platform")


@pytest.fixture
def guild(organization):
    return GroupFactory(organization=organization, name="Guild")


def join(member, group):
    members = Member.objects.filter(pk=member.pk)
    add_group_members(actor=TESTS, group=group, members=members)


def test_a_new_email_adds_somebody_with_the_defaults(verdict, organization):
    assert verdict(Email="new@x.test", Name="New") == (ADDED, "Member · Unassigned · Not set")
    organization.default_is_unlimited = True
    organization.save()
    assert verdict(Email="new@x.test", Name="New") == (ADDED, "Member · Unassigned · Unlimited")


def test_who_is_added_gets_what_the_line_says(verdict, platform, guild):
    cells = {"Role": "Admin", "Billing Group": "Platform", "Limit": "1,200.5", "Groups": "Guild"}
    what = "Admin · Platform · 1,200.5 Credits · Joins Guild"
    assert verdict(Email="new@x.test", Name="New", **cells) == (ADDED, what)


def test_a_new_email_needs_a_name(verdict):
    for cells in ({}, {"Name": ""}):
        assert verdict(Email="new@x.test", **cells)[1].endswith("enter a name to add them.")


def test_emails_are_compared_as_the_database_does(verdict, ada):
    assert verdict(Email="aDA@EXAMPLE.test") == SAME


@pytest.mark.parametrize("column", ["Name", "Role", "Groups", "Billing Group", "Limit"])
def test_a_missing_column_or_a_blank_cell_changes_nothing(verdict, ada, platform, guild, column):
    limit(ada, 5)
    join(ada, guild)
    Member.objects.filter(pk=ada.pk).update(billing_group=platform, role="org_admin")
    assert verdict(Email=ada.email) == SAME
    assert verdict(Email=ada.email, **{column: " "}) == SAME


def test_every_change_is_named_with_what_was_there(verdict, ada, platform, guild):
    cells = {
        "Name": "Ada King",
        "Role": "Admin",
        "Billing Group": "platform",
        "Limit": "5",
        "Groups": "guild",
    }
    assert verdict(Email=ada.email, **cells) == (
        CHANGED,
        "Name: Ada → Ada King · Role: Member → Admin · Billing group: Unassigned → Platform · "
        "Personal limit: Not set → 5 Credits · Joins Guild",
    )


def test_what_is_so_already_is_unchanged(verdict, ada, platform, guild):
    limit(ada, "5.5")
    join(ada, guild)
    Member.objects.filter(pk=ada.pk).update(billing_group=platform)
    cells = {"Role": "Member", "Billing Group": "PLATFORM", "Limit": "5.50", "Groups": "GUILD"}
    assert verdict(Email=ada.email, Name="Ada", **cells) == SAME


def test_to_clear_is_written_out(verdict, ada, platform):
    limit(ada, 5)
    Member.objects.filter(pk=ada.pk).update(billing_group=platform)
    assert verdict(Email=ada.email, **{"Billing Group": "unassigned", "Limit": "not set"}) == (
        CHANGED,
        "Billing group: Platform → Unassigned · Personal limit: 5 Credits → Not set",
    )
    assert verdict(Email=ada.email, Limit="Unlimited")[1] == (
        "Personal limit: 5 Credits → Unlimited"
    )


def test_groups_are_added_and_never_removed(judged, ada, guild, organization):
    join(ada, guild)
    GroupFactory(organization=organization, name="A; B")
    assert judged(f'Email,Groups\n{ada.email},"Guild; ""A; B"""') == [(CHANGED, "Joins A; B")]


def test_nobody_is_made_less_than_an_admin(verdict, admin, organization):
    idle = MemberFactory(organization=organization, role=Member.Role.ADMIN)
    disable_member(actor=TESTS, member=idle)
    for member in (admin, idle):
        kind, why = verdict(Email=member.email, Role="Member")
        assert (kind, why[:41]) == ("error", "An import makes nobody less than an admin")
        assert verdict(Email=member.email, Role="Admin") == SAME


def test_a_disabled_member_is_changed_and_stays_disabled(verdict, ada):
    disable_member(actor=TESTS, member=ada)
    assert verdict(Email=ada.email, Name="Ada") == SAME
    assert verdict(Email=ada.email, Name="King")[0] == CHANGED


def test_a_removed_member_comes_back_with_what_the_line_says(verdict, admin, ada):
    Member.objects.filter(pk=ada.pk).update(role="org_admin", is_unlimited=True)
    remove_member(actor=TESTS, member=ada)
    back = "Was removed and comes back · Member · Unassigned · Not set"
    assert verdict(Email=ada.email, Name="Ada") == (ADDED, back)
    assert verdict(Email=ada.email, Name="Ada", Role="Member")[0] == ADDED
    assert verdict(Email=ada.email)[0] == "error"


def test_an_email_twice_is_an_error_on_both_lines(judged, ada):
    text = "Email,Name\nada@example.test,Ada\nb@x.test,B\nADA@example.test,Ada\nb@x.test,\n"
    assert judged(text) == [
        ("error", "The same email stands on line 4."),
        ("error", "The same email stands on line 5."),
        ("error", "The same email stands on line 2."),
        (
            "error",
            "The same email stands on line 3. "
            "Nobody here has this email: enter a name to add them.",
        ),
    ]


def test_an_email_very_often_names_a_few_lines(judged):
    found = judged("Email,Name\n" + "a@x.test,A\n" * 9)
    assert found[0] == ("error", "The same email stands on line 3, 4, 5 ….")


def test_a_name_that_is_none_of_this_organization_is_an_error(verdict, ada):
    BillingGroupFactory(name="Platform")
    GroupFactory(name="Guild")
    wrong = verdict(Email=ada.email, Groups="Guild", **{"Billing Group": "Platform"})
    assert wrong[0] == "error"
    assert "There is no billing group “Platform”." in wrong[1]
    assert "There is no group “Guild”." in wrong[1]


def test_a_deleted_billing_group_is_none(verdict, ada, platform):
    platform.deleted_at = ada.joined_at
    platform.save()
    assert verdict(Email=ada.email, **{"Billing Group": "Platform"})[0] == "error"


def test_members_of_another_organization_are_nobody_here(verdict):
    MemberFactory(organization=OrganizationFactory(), name="Eve", email="eve@x.test")
    assert verdict(Email="eve@x.test", Name="Eve")[0] == ADDED


def test_who_is_a_member_by_another_email_is_an_error(verdict, ada):
    ada.user.last_login = ada.joined_at
    ada.user.save()
    edit_member(actor=TESTS, member=ada, name="Ada", email="king@example.test")
    kind, why = verdict(Email="ada@example.test", Name="Ada")
    assert (kind, why) == ("error", "This person is already a member, with another email.")


def test_very_long_words_are_cut_where_they_are_shown(organization):
    names = ";".join(f"group {number}" for number in range(99))
    file = MembersFile(f'Email,Name,Groups\na@x.test,A,"{names}"'.encode())
    [found] = Verdicts(organization, file.lines).all
    assert len(found.what) > 1_000
    assert found.shown[-1] == found.what[:999] + "…"
