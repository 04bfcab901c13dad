"""A new password, or the first one, by a link in a mail."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from ...pages import words
from .conftest import PASSWORD, is_signed_in, sign_in

RESET = "/accounts/password/reset/"
NEW = "a quite different sentence"
TWICE = {"password1": NEW, "password2": NEW}


@pytest.fixture(autouse=True)
def as_in_production(settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"


@pytest.fixture
def link(client, member, mailoutbox):
    """What a member without a password was sent."""
    client.post(RESET, {"email": member.user.email.upper()})
    [mail] = mailoutbox
    assert mail.subject == "Set a password for Member Management"
    mailoutbox.clear()
    return next(word for word in mail.body.split() if "/key/" in word)


def use(client, link, **sent):
    form = client.get(link)["Location"]
    return client.post(form, sent or TWICE)


def test_a_person_made_by_their_organization_gets_in_by_it(client, link, member, organization):
    response = use(client, link)
    assert response["Location"] == "/"
    assert is_signed_in(client)
    assert client.get("/", follow=True).redirect_chain[-1][0] == f"/o/{organization.slug}/me/"
    client.post("/accounts/logout/")
    assert sign_in(client, member.user.email, NEW)["Location"] == "/"


def test_whoever_had_the_link_has_the_mailbox(client, link, member):
    use(client, link)
    assert EmailAddress.objects.get(user=member.user).verified


def test_the_key_of_the_link_stands_in_no_address_afterwards(client, link):
    assert client.get(link)["Location"].endswith("-set-password/")
    assert "set-password" in client.get(client.get(link)["Location"]).request["PATH_INFO"]


def test_a_link_works_once(client, link):
    use(client, link)
    again = Client().get(link)
    assert "This link was used already, or has expired." in words(again)
    assert "Send another link" in words(again)


def test_a_link_expires(client, link, settings, member):
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert "has expired" in words(client.get(link))
    assert not is_signed_in(client)


def test_a_second_factor_is_asked_for_all_the_same(client, person, app, mailoutbox):
    client.post(RESET, {"email": person.email})
    link = next(word for word in mailoutbox[0].body.split() if "/key/" in word)
    assert use(client, link)["Location"] == "/accounts/2fa/authenticate/"
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"password1": "short", "password2": "short"}, "at least 8 characters"),
        ({"password1": "password1", "password2": "password1"}, "This password is too common."),
        ({"password1": "84736251908", "password2": "84736251908"}, "entirely numeric"),
        ({"password1": NEW, "password2": "something else"}, "You must type the same password"),
    ],
)
def test_a_weak_password_is_refused(client, link, typed, message, member):
    page = use(client, link, **typed)
    assert message in words(page)
    member.user.refresh_from_db()
    assert not member.user.has_usable_password()


def test_a_password_like_the_email_is_refused(client, person, mailoutbox):
    client.post(RESET, {"email": person.email})
    link = next(word for word in mailoutbox[0].body.split() if "/key/" in word)
    page = use(client, link, password1=person.email, password2=person.email)
    assert "too similar to the email" in words(page)


def test_a_new_password_ends_every_session_and_is_told_by_mail(
    their_browser, client, person, mailoutbox
):
    client.post(RESET, {"email": person.email})
    use(client, next(word for word in mailoutbox[0].body.split() if "/key/" in word))
    assert their_browser.get("/accounts/2fa/").status_code == 302
    assert mailoutbox[-1].subject == "Your password was set anew"
    assert NEW not in mailoutbox[-1].body


def test_a_changed_password_ends_the_other_sessions_only(their_browser, person):
    elsewhere = Client()
    sign_in(elsewhere, person.email)
    key = their_browser.session.session_key
    response = their_browser.post("/accounts/password/change/", {"oldpassword": PASSWORD, **TWICE})
    assert response["Location"] == "/accounts/2fa/"
    said = "Your password is changed, and every other session has ended."
    assert said in words(their_browser.get("/accounts/2fa/"))
    assert their_browser.session.session_key != key
    assert elsewhere.get("/accounts/2fa/").status_code == 302


def test_the_current_password_is_asked_for(their_browser, person):
    page = their_browser.post("/accounts/password/change/", {"oldpassword": "wrong", **TWICE})
    assert "This is not your current password." in words(page)
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_an_email_that_nobody_proved_is_confirmed_before_the_first_sign_in(
    client, person, mailoutbox
):
    EmailAddress.objects.all().delete()
    response = sign_in(client, person.email)
    assert response["Location"] == "/accounts/confirm-email/"
    assert not is_signed_in(client)
    [mail] = mailoutbox
    link = next(word for word in mail.body.split() if "/confirm-email/" in word)
    page = client.get(link)
    assert f"Is {person.email} yours?" in words(page)
    assert not EmailAddress.objects.get(user=person).verified
    client.post(link)
    assert EmailAddress.objects.get(user=person).verified
    assert sign_in(client, person.email)["Location"] == "/"


def test_a_link_that_is_none_confirms_nothing(client, db):
    page = client.get("/accounts/confirm-email/MQ:1abcde:nonsense/")
    assert "This link has expired or is not whole." in words(page)
    assert client.post("/accounts/confirm-email/MQ:1abcde:nonsense/").status_code == 404


def test_a_mail_speaks_the_language_of_the_page_and_names_the_product(client, person, mailoutbox):
    client.post(RESET, {"email": person.email})
    assert mailoutbox[0].body.rstrip().endswith("Member Management\nhttp://testserver/")
    assert "&" not in mailoutbox[0].body
