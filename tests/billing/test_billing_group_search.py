"""Searching billing groups: by name, or by who is in them now."""

import pytest

from members.models import Member
from members.operations import remove_member

from ..factories import TESTS, BillingGroupFactory, MemberFactory
from ..pages import names, url, words


@pytest.fixture
def found(console, organization):
    def get(q):
        page = console.get(f"/o/{organization.slug}/billing-groups/", {"q": q})
        assert page.status_code == 200
        return names(page)

    return get


def group(organization, name, member="", email="nobody@example.test"):
    one = BillingGroupFactory(organization=organization, name=name)
    if member:
        MemberFactory(organization=organization, billing_group=one, name=member, email=email)
    return one


def test_a_part_of_the_name_is_enough_in_any_case(found, organization):
    group(organization, "Platform")
    group(organization, "Research")
    assert found("LATFO") == ["Platform"]
    assert found("  platform ") == ["Platform"]


def test_a_current_member_is_found_by_name_and_email(found, organization):
    group(organization, "Platform", member="Ada Lovelace", email="Countess@example.test")
    group(organization, "Research")
    assert found("lovelace") == ["Platform"]
    assert found("countess@") == ["Platform"]


def test_those_found_are_counted_and_no_others(console, organization):
    group(organization, "Platform", member="Ada Lovelace")
    group(organization, "Research")
    page = console.get(url("billing:list", organization, q="plat"))
    assert page.context["page_obj"].paginator.count == 1
    assert page.context["found"] == 1
    page = console.get(url("billing:list", organization, q="un"))
    assert page.context["page_obj"].paginator.count == 0
    assert page.context["found"] == 1


def test_who_left_is_not_found(found, organization):
    platform = group(organization, "Platform", member="Ada Lovelace")
    remove_member(actor=TESTS, member=platform.members.get())
    assert found("lovelace") == []


def test_unassigned_is_found_by_its_name_and_by_who_is_in_it(found, organization):
    group(organization, "Platform")
    MemberFactory(organization=organization, name="Ada Lovelace")
    assert found("unassig") == ["Unassigned"]
    assert found("lovelace") == ["Unassigned"]


@pytest.mark.parametrize("sign", ["%", "_", "\\", "'", '"', "<", "&", "100%_\\"])
def test_every_sign_means_itself(found, organization, sign):
    group(organization, f"a{sign}b")
    group(organization, "axxb")
    assert found(sign) == [f"a{sign}b".replace("&", "&")]
    assert found(f"A{sign}B") == [f"a{sign}b"]


def test_accents_are_looked_for_as_they_are_stored(found, organization):
    group(organization, "Équipe")
    group(organization, "Equipe")
    group(organization, "数据平台")
    assert found("équipe") == ["Équipe"]
    assert found("equipe") == ["Equipe"]
    assert found("据平") == ["数据平台"]


def test_a_decomposed_accent_finds_the_composed_one(found, organization):
    group(organization, "Équipe")
    assert found("e\u0301quipe") == ["Équipe"]


def test_what_no_name_can_hold_finds_nothing_or_is_left_out(found, organization):
    group(organization, "Platform")
    assert found("plat\x00form") == ["Platform"]
    assert found("plat\nform") == []
    assert found("x" * 4000) == []


def test_nothing_found_says_so_and_leads_back(console, organization):
    group(organization, "Platform")
    page = console.get(url("billing:list", organization, q="<nobody>"))
    assert "No billing group matches “<nobody>”." in words(page)
    assert "Clear filters" in words(page)
    assert "<nobody>" not in page.content.decode()


def test_nobody_of_another_organization_is_found(found):
    stranger = MemberFactory(name="Ada Lovelace")
    assert Member.objects.matching("lovelace").get() == stranger
    assert found("lovelace") == []
