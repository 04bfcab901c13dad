import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.utils import timezone

from members.demo.loading import ACCOUNTS, load
from members.models import Member, Organization, User


@pytest.fixture(scope="module")
def stored_demo(stored):
    """The demo organizations of now, with a tenth of the reports."""
    return stored(lambda: load(timezone.now(), density=0.1))


@pytest.fixture
def demo(stored_demo, db):
    pass


def test_the_accounts_of_the_demo_can_sign_in_and_nobody_else_can(demo):
    for email in ACCOUNTS:
        assert authenticate(request=None, email=email, password="demo").email == email
        assert EmailAddress.objects.get(email=email).verified
    others = User.objects.exclude(email__in=ACCOUNTS)
    assert not any(each.has_usable_password() for each in others)
    assert list(ACCOUNTS) == [
        "admin@acme.example",
        "member@acme.example",
        "admin@globex.example",
        "support@demo.example",
        "noor@partner.example",
    ]


def test_the_demo_has_one_admin_each_a_person_in_both_and_support_without_rights(demo):
    admins = Member.objects.admins().values_list("email", flat=True)
    assert set(admins) == {"admin@acme.example", "admin@globex.example"}
    assert Organization.objects.get(slug="globex").members.count() == 40
    assert User.objects.get(email="noor@partner.example").memberships.count() == 2
    support = User.objects.get(email="support@demo.example")
    assert (support.is_staff, support.is_superuser) == (True, False)
    assert not support.get_all_permissions()  # the desk asks for none
