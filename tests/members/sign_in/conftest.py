"""People who sign in as a browser does, by the forms."""

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from members.users import prove_email

PASSWORD = "correct horse battery staple"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def limits_anew(transactional_db):
    """Nothing else empties the table of the cache: it belongs to no model."""
    yield
    cache.clear()


@pytest.fixture
def person(admin):
    admin.user.set_password(PASSWORD)
    admin.user.save()
    prove_email(admin.user, admin.user.email)
    return admin.user


@pytest.fixture
def app(person):
    """The person's authenticator app."""
    return TOTP.activate(person, SECRET)


@pytest.fixture
def recovery_codes(app, person):
    return RecoveryCodes.activate(person).generate_codes()


@pytest.fixture
def their_browser(person):
    """A browser in which the person signed in, and proved it again, a moment ago."""
    client = Client()
    assert sign_in(client, person.email).status_code == 302
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def sign_in(client, login, password=PASSWORD, **sent):
    return client.post("/accounts/login/", {"login": login, "password": password, **sent})


def code(periods_later=0, secret=SECRET):
    """What an authenticator app with that secret shows."""
    period = int(timezone.now().timestamp()) // 30 + periods_later
    return format_hotp_value(hotp_value(secret, period))


def is_signed_in(client):
    return "_auth_user_id" in client.session
