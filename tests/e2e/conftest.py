"""Debian's Chromium before the live server. Any line in its console fails the test.

The shell, which is Chromium without windows, is taken where there is one: it needs half the time.
"""

import os
import shutil
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import expect

from billing.periods import current_period
from members.models import Member
from tests.factories import BillingGroupFactory, MemberFactory, OrganizationFactory, report

from .looking import LANGUAGES, Look
from .screen import PASSWORD, WIDE

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
MISSING = "No Chromium: nothing was tried in a browser. Install Debian's package chromium."
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ANSWERS = {
    404: "Not Found",
    403: "Forbidden",
    409: "Conflict",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
}

expect.set_options(timeout=10_000)


def pytest_terminal_summary(terminalreporter):
    if CHROMIUM is None:
        terminalreporter.write_sep("!", MISSING, red=True, bold=True)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    if CHROMIUM is None:
        end = pytest.fail if os.environ.get("CI") else pytest.skip
        end(MISSING)
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def base_url(live_server):
    return live_server.url


class Console:
    """What the browser said, and the failed answers that the test provokes."""

    def __init__(self):
        self.said = []
        self.provoked = []

    def provoke(self, status):
        """Expect Chromium's own line on one answer of this status."""
        answer = f"the server responded with a status of {status} ({ANSWERS[status]})"
        self.provoked.append(f"error: Failed to load resource: {answer}")

    def listen(self, context):
        context.on("console", lambda line: self.said.append(f"{line.type}: {line.text}"))
        context.on("weberror", lambda error: self.said.append(str(error.error)))


@pytest.fixture(autouse=True)
def console():
    console = Console()
    yield console
    assert console.said == console.provoked


@pytest.fixture
def new_context(new_context, console):
    def make(**options):
        context = new_context(**{"viewport": WIDE, "locale": "en-US", **options})
        context.set_default_timeout(10_000)
        console.listen(context)
        return context

    return make


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def scripted(request):
    return request.param


@pytest.fixture
def enter(client, base_url, new_context):
    """Open a browser in which a member, or by default nobody, is signed in; returns its page."""

    def enter(member=None, **options):
        context = new_context(**options)
        if member:
            client.force_login(member.user)
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": base_url}
            context.add_cookies([cookie])
        return context.new_page()

    return enter


@pytest.fixture
def page(enter, admin):
    """The admin's browser."""
    return enter(admin)


@pytest.fixture(autouse=True)
def limits_anew(transactional_db):
    """What a test before this one tried does not count."""
    cache.clear()


@pytest.fixture
def organization(transactional_db):
    """Acme, which had a period before the current one."""
    before = timezone.now().replace(day=1) - timedelta(days=10)
    return OrganizationFactory(name="Acme", slug="acme", opened_at=before)


@pytest.fixture
def last_period(organization):
    """A time in the period before the current one."""
    return current_period(organization).starts_at - timedelta(days=2)


@pytest.fixture
def admin(organization):
    return MemberFactory(
        organization=organization,
        name="Ada Lindqvist",
        email="ada@acme.example",
        role=Member.Role.ADMIN,
        user__password=make_password(PASSWORD),
    )


@pytest.fixture
def platform(organization):
    return BillingGroupFactory(organization=organization, name="Platform")


@pytest.fixture
def people(organization, admin, last_period):
    """Three members in Unassigned, each with usage in both periods; by first name."""
    people = {}
    for name, credits in (("Grace Hopper", 100), ("Alan Turing", "20.5"), ("Mary Jackson", 7)):
        first, last = name.split()
        people[first] = MemberFactory(
            organization=organization,
            name=name,
            email=f"{last.lower()}@acme.example",
            is_unlimited=True,
        )
        report(people[first], credits)
        report(people[first], 3, at=last_period, received_at=last_period)
    return people


@pytest.fixture
def look(enter):
    """Makes a Look of somebody, or of nobody who is signed in."""

    def make(member=None):
        return Look({language: enter(member, locale=language) for language in LANGUAGES})

    return make
