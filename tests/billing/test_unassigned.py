"""The system billing group and its name are kept by the database."""

import pytest
from django.db import IntegrityError

from billing.models import BillingGroup
from billing.operations import delete_billing_group
from tests.factories import TESTS, BillingGroupFactory, OrganizationFactory
from tests.sql import assert_refused

FIXED = "unassigned_is_fixed"
RESERVED = "unassigned_is_reserved"
PROTECTED = "Cannot (update|delete)"


@pytest.fixture
def platform(organization):
    return BillingGroupFactory(organization=organization, name="Platform")


@pytest.fixture
def unassigned(organization):
    return organization.billing_groups.unassigned()


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ("period_limit = 0", FIXED),
        ("name = 'Unallocated'", FIXED),
        ("name = 'unassigned'", FIXED),
        ("deleted_at = now()", FIXED),
        ("is_unassigned = false", PROTECTED),
        ("is_unassigned = false, name = 'Free'", PROTECTED),
    ],
)
def test_unassigned_stays_as_it_is(unassigned, change, because):
    assert_refused(
        f"UPDATE billing_billinggroup SET {change} WHERE id = %s", unassigned.pk, because=because
    )


def test_unassigned_cannot_be_deleted(unassigned):
    assert_refused(
        "DELETE FROM billing_billinggroup WHERE id = %s", unassigned.pk, because=PROTECTED
    )


def test_a_formal_billing_group_is_never_deleted_nor_made_the_system_one(platform):
    assert_refused("DELETE FROM billing_billinggroup WHERE id = %s", platform.pk, because=PROTECTED)
    assert_refused(
        "UPDATE billing_billinggroup SET is_unassigned = true WHERE id = %s",
        platform.pk,
        because=PROTECTED,
    )


def test_an_organization_has_one_unassigned(organization):
    with pytest.raises(IntegrityError, match="one_unassigned|name_once"):
        BillingGroup.objects.create(
            organization=organization, name="Unassigned", is_unassigned=True
        )


def test_the_system_billing_group_bears_no_other_name(organization):
    with pytest.raises(IntegrityError, match=FIXED):
        BillingGroup.objects.create(organization=organization, name="Second", is_unassigned=True)


LIKE_UNASSIGNED = [
    "Unassigned",
    "unassigned",
    "UNASSIGNED",
    "uNASSIGNEd",
    "Ｕｎａｓｓｉｇｎｅｄ",  # full width
    "unaſſigned",  # long s
    "unassıgned",  # dotless i
    "ⓤnassigned",  # circled
    "𝐔𝐧𝐚𝐬𝐬𝐢𝐠𝐧𝐞𝐝",  # mathematical bold
    "Un assigned",
    "U n a s s i g n e d",
    "Unassigned\u3164",  # a letter that is blank
    "\u2800Unassigned",  # a braille pattern that is blank
    "Unas\ufe0fsigned",  # a variation selector
    "Unas\u034fsigned",  # a combining mark that is not seen
    "Unаssigned",  # a Cyrillic а
    "Unаѕѕіgnеd",  # more Cyrillic
    "Unassigneԁ",
    "Uոassigned",  # Armenian
    "Unɑssiɡned",  # phonetic
    "Unαssιgned",  # Greek
]


@pytest.mark.parametrize("name", LIKE_UNASSIGNED, ids=ascii)
def test_no_other_billing_group_is_named_like_unassigned(organization, name):
    with pytest.raises(IntegrityError, match=RESERVED + "|name_once"):
        BillingGroupFactory(organization=organization, name=name)


@pytest.mark.parametrize("name", LIKE_UNASSIGNED, ids=ascii)
def test_not_even_a_deleted_one(platform, name):
    assert_refused(
        "UPDATE billing_billinggroup SET name = %s, deleted_at = now() WHERE id = %s",
        name,
        platform.pk,
        because=RESERVED,
    )


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u2003", "\u3000", "\u200b", "\t", "\ufeff"])
@pytest.mark.parametrize("name", ["{}Unassigned", "Unassigned{}", "Unas{}signed"])
def test_odd_spaces_make_no_other_name_of_it(organization, name, space):
    with pytest.raises(IntegrityError, match=RESERVED + "|is_clean_text"):
        BillingGroupFactory(organization=organization, name=name.format(space))


@pytest.mark.parametrize("name", ["Unassigned Labs", "Un", "Assigned", "未分配", "Unassigned 2"])
def test_names_that_only_resemble_it_are_free(organization, name):
    assert BillingGroupFactory(organization=organization, name=name).name == name


def test_names_are_unique_among_the_living_in_any_case(organization, platform):
    with pytest.raises(IntegrityError, match="billing_group_name_once_per_organization"):
        BillingGroupFactory(organization=organization, name="PLATFORM")


def test_the_name_of_a_deleted_billing_group_is_free(organization, platform):
    delete_billing_group(actor=TESTS, billing_group=platform)
    assert BillingGroupFactory(organization=organization, name="Platform").pk != platform.pk


def test_another_organization_may_use_the_name(platform):
    assert BillingGroupFactory(organization=OrganizationFactory(), name="Platform")
