"""Every address outside of organizations and the API, as everybody who may ask for it."""

import pytest
from django.urls import URLResolver, get_resolver

from members.operations import disable_member

from .factories import TESTS, UserFactory, invite
from .pages import signed_in

WALKED_ELSEWHERE = {
    "accounts/": "tests/members/sign_in/test_pages.py",
    "admin/": "tests/audit/test_admin.py",
    "v1/": "tests/contract/test_every_operation.py",
    "^v1(?:/|$)": "tests/contract/test_envelope.py",
}
SIGN_IN, CHOOSER, OWN = "/accounts/login/?next=/", 200, "/o/{slug}/"
OUTCOMES = {  # by who asks: a status, or where they are led
    "": {
        "nobody": SIGN_IN,
        "a stranger": CHOOSER,
        "a member": OWN,
        "an admin": OWN,
        "a disabled admin": CHOOSER,
        "support": CHOOSER,
    },
    "preferences/": {
        "nobody": 405,
        "a stranger": 405,
        "a member": 405,
        "an admin": 405,
        "a disabled admin": 405,
        "support": 405,
    },
    "invitations/<str:secret>/": {
        "nobody": 200,
        "a stranger": 200,
        "a member": 200,
        "an admin": 200,
        "a disabled admin": 404,  # who made it: it opens nothing any more
        "support": 200,
    },
}
CASES = [(address, visitor) for address, by in OUTCOMES.items() for visitor in by]


@pytest.fixture
def secret(place):
    return invite(place.admin)[0].secret


@pytest.fixture
def browser(client, place, secret):
    """The browser of a visitor."""

    def of(visitor):
        if visitor == "nobody":
            return client
        if visitor == "a disabled admin":
            disable_member(actor=TESTS, member=place.admin)
        members = {
            "a member": place.member,
            "an admin": place.admin,
            "a disabled admin": place.admin,
        }
        if visitor in members:
            return signed_in(members[visitor])
        client.force_login(UserFactory(is_staff=visitor == "support"))
        return client

    return of


def test_every_address_is_walked():
    patterns = [str(each.pattern) for each in get_resolver().url_patterns]
    outside = {each for each in patterns if not each.startswith("o/")}
    assert outside == {*OUTCOMES, *WALKED_ELSEWHERE}


def test_what_has_pages_beneath_is_walked_where_it_says():
    resolvers = [each for each in get_resolver().url_patterns if isinstance(each, URLResolver)]
    beneath = {str(each.pattern) for each in resolvers if not str(each.pattern).startswith("o/")}
    assert beneath == {"accounts/", "admin/", "v1/"}


@pytest.mark.parametrize(("address", "visitor"), CASES)
def test_who_asks_gets_what_is_theirs(browser, place, secret, address, visitor):
    response = browser(visitor).get(f"/{address.replace('<str:secret>', secret)}")
    expected = OUTCOMES[address][visitor]
    if isinstance(expected, int):
        assert response.status_code == expected
    else:
        assert response.status_code == 302
        assert response["Location"] == expected.format(slug=place.organization.slug)
