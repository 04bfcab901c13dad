import re

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse

from ...factories import UserFactory, invite

PASSWORD = "correct horse battery staple"
EMAIL = "grace@x.test"


@pytest.fixture
def link(admin):
    """The link of an invitation of grace@x.test."""
    [link] = invite(admin, EMAIL)
    return link


@pytest.fixture
def grace(db):
    """Has an account already."""
    return UserFactory(email=EMAIL, password=make_password(PASSWORD))


def address(link):
    return reverse("invitation", args=[link.secret])


def follow(link, browser=None):
    """The page that the link opens, for nobody who is signed in if no browser is given."""
    return (browser or Client()).get(address(link))


def accept(link, browser=None, **typed):
    given = {"name": "Grace Hopper", "password": PASSWORD, **typed}
    return (browser or Client()).post(address(link), given)


def browser_of(user):
    browser = Client()
    browser.force_login(user)
    return browser


def link_in(email):
    """The address that an email holds."""
    return re.search(r"https?://\S+", email.body)[0]
