"""Whatever is done or goes wrong: no password, key, cookie or link stands in log, audit or page."""

import json
import logging
import re
from io import StringIO
from urllib.parse import urlsplit

import pytest
import requests
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.hashers import make_password
from django.db import connection

from audit.models import AuditEntry
from members.models import Member

from .factories import MemberFactory, invite

PASSWORD = "correct horse battery staple"
WRONG = "wrong horse battery staple"


class Browser(requests.Session):
    """Somebody's browser: it posts forms with their token.

    `said`: the pages, without their own addresses.
    """

    def __init__(self, address):
        super().__init__()
        self.address = address
        self.said = []

    def request(self, method, path, *arguments, **options):
        url = path if path.startswith("http") else f"{self.address}{path}"
        response = super().request(method, url, *arguments, **options)
        self.said.append(response.text.replace(urlsplit(response.url).path, ""))
        return response

    def fill(self, path, **typed):
        page = self.get(path)
        hidden = dict(re.findall(r'name="([\w-]+)" value="([^"]*)"', page.text))
        return self.post(path, {**hidden, **typed}, headers={"Referer": page.url})


@pytest.fixture
def admin(transactional_db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    return MemberFactory(role=Member.Role.ADMIN, user__password=make_password(PASSWORD))


@pytest.fixture
def log():
    """All that is logged, down to the least, as the server writes it."""
    root, text = logging.getLogger(), StringIO()
    [console] = [each for each in root.handlers if type(each) is logging.StreamHandler]
    handler, level = logging.StreamHandler(text), root.level
    handler.setFormatter(console.formatter)
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield text
    root.removeHandler(handler)
    root.setLevel(level)


def test_no_secret_is_told(live_server, admin, log):
    with Browser(live_server.url) as browser:
        secrets = {*everything_done(browser, admin), *everything_broken(browser, admin)}
    secrets |= {PASSWORD, WRONG}
    entries = list(AuditEntry.objects.values())
    told = {
        "log": log.getvalue(),
        "audit": json.dumps(entries, default=str),
        "pages": "\n".join(browser.said),
    }
    assert len(secrets) == 8
    assert all(len(secret) > 20 for secret in secrets)
    assert "Internal Server Error: /invitations/***" in told["log"]
    assert "Not Found: /invitations/***" in told["log"]
    assert {entry["event"] for entry in entries} >= {"CreateApiKey", "InviteMembers"}
    assert [(p, s) for p, text in told.items() for s in secrets if s in text] == []


def everything_done(browser, admin):
    """Sign in, make a key and use it; gives the secrets of that."""
    home = f"/o/{admin.organization.slug}"
    browser.fill("/accounts/login/", login=admin.email, password=WRONG)
    browser.fill("/accounts/login/", login=admin.email, password=PASSWORD)
    assert browser.get(f"{home}/members/").status_code == 200
    key = {"name": "Gateway", "scopes": ["read", "write"], "days": "30"}
    made = browser.fill(f"{home}/settings/api-keys/create/", **key)
    [secret] = set(re.findall(r"mm_[\w-]{40,}", made.text))
    browser.said.pop()  # the one page that shows it
    api = f"/v1/organizations/{admin.organization_id}/members"
    bearer = {"Authorization": f"Bearer {secret}"}
    assert browser.get(api, headers=bearer).status_code == 200
    assert browser.post(api, data=b"{", headers=bearer).status_code == 400
    unknown = f"{secret[:15]}{'x' * 40}"
    assert browser.get(api, headers={"Authorization": f"Bearer {unknown}"}).status_code == 401
    yield from (secret, unknown, browser.cookies["sessionid"], browser.cookies["csrftoken"])


def everything_broken(browser, admin):
    """Links that are followed in wrong ways, and pages whose table is gone."""
    [link] = invite(admin)
    user = admin.user
    reset = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    assert browser.options(f"/invitations/{link.secret}/").status_code == 405
    assert browser.get(f"/invitations/{link.secret}x/").status_code == 404
    browser.get(f"/accounts/password/reset/key/{reset}x/", allow_redirects=False)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE members_invitation RENAME TO elsewhere")
        assert browser.get(f"/invitations/{link.secret}/").status_code == 500
        cursor.execute("ALTER TABLE elsewhere RENAME TO members_invitation")
    yield from (link.secret, reset)
