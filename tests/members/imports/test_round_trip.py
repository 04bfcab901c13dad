"""What Export CSV writes, Import CSV takes for what is there already."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groups.operations import add_group_members
from members.imports.judging import Verdicts
from members.imports.lines import MembersFile
from members.models import Member
from members.operations import disable_member
from members.text import tidy

from ...factories import (
    TESTS,
    UNLIMITED,
    BillingGroupFactory,
    GroupFactory,
    MemberFactory,
    limit,
    report,
)
from ...pages import url

PRINTABLE = st.characters(exclude_categories=["Cc", "Cf", "Cs", "Cn", "Zl", "Zp"])
SIGNS = st.sampled_from("=+-@';,\"| ")
NAMES = st.text(PRINTABLE | SIGNS, min_size=1, max_size=12).map(tidy).filter(bool)


@pytest.fixture
def exported(console, organization):
    def get():
        return console.get(url("members:export", organization)).getvalue()

    return get


@pytest.fixture
def imported(organization):
    """The verdicts on a CSV, and what they say."""

    def judge(content):
        found = Verdicts(organization, MembersFile(content).lines).all
        return {(each.verdict.value, each.what) for each in found}, len(found)

    return judge


def test_an_export_imported_again_changes_nothing(exported, imported, organization, admin):
    platform = BillingGroupFactory(organization=organization, name="Plat; form")
    people = [
        MemberFactory(organization=organization, name=name, billing_group=platform, email=email)
        for name, email in (
            ("=Ada, Countess", "+ada@x.test"),
            ("'=Grace", "'=grace@x.test"),
            ('"Mary"', "Mary@x.test"),
            ("'Alan", "-alan@x.test"),
        )
    ]
    for name in ("=Guild", 'A; "B"', "C, D", "'-E"):
        group = GroupFactory(organization=organization, name=name)
        members = Member.objects.filter(pk__in=[each.pk for each in people[:3]])
        add_group_members(actor=TESTS, group=group, members=members)
    for member, credits in zip(people, [None, UNLIMITED, "1200.5", 0], strict=True):
        limit(member, credits)
    report(people[1], 3)
    disable_member(actor=TESTS, member=people[3])
    assert imported(exported()) == ({("unchanged", "")}, 5)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("delimiter", [b",", b";", b"\t"])
def test_also_as_a_spreadsheet_saves_it(exported, imported, admin, encoding, delimiter):
    saved = exported().replace(b",", delimiter).decode("utf-8-sig").encode(encoding)
    assert imported(saved) == ({("unchanged", "")}, 1)


@given(name=NAMES, group=NAMES)
def test_whatever_the_names(exported, imported, organization, admin, name, group):
    member = MemberFactory(organization=organization, name=name)
    place = GroupFactory(organization=organization, name=group)
    for each in (place, GroupFactory(organization=organization)):
        members = Member.objects.filter(pk=member.pk)
        add_group_members(actor=TESTS, group=each, members=members)
    verdicts, number = imported(exported())
    place.delete()
    assert (verdicts, number) == ({("unchanged", "")}, organization.members.count())
