"""Every page, open dialog and menu: no violation that axe finds, nothing to scroll sideways."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLResolver, get_resolver, resolve
from playwright.sync_api import expect

from billing.operations import delete_billing_group
from groups.operations import add_group_members
from tests.factories import (
    TESTS,
    BillingGroupFactory,
    GroupFactory,
    MemberFactory,
    OrganizationFactory,
    assign,
    limit,
    many_members,
    new_key,
    report,
)

from .screen import BILLING_GROUPS, MEMBERS, NARROW, WIDE, choose, heading, menu_button

AXE = Axe()
NOTHING_MOVES = "Promise.allSettled(document.getAnimations().map((each) => each.finished))"
NEEDED = "document.documentElement.scrollWidth"
WIDTHS = [360, 704, 1024, 1280]  # 704: tables at their narrowest; 1024: beside the rail
LONG = "Extraordinarily" * 6

FOR_EVERYBODY = ["/accounts/login/", "/accounts/password/reset/"]
OF_BILLING_GROUPS = [
    "/o/acme/billing-groups/",
    "/o/acme/billing-groups/?q=grace",
    "/o/acme/billing-groups/?q=zebra",
    "/o/acme/billing-groups/?period={last}",
    "/o/acme/billing-groups/create/",
    "/o/acme/billing-groups/days/?period={last}",
    "/o/acme/billing-groups/export/",
    "/o/acme/billing-groups/export/?period={last}&group={platform}",
    "/o/acme/billing-groups/unassigned/",
    "/o/acme/billing-groups/unassigned/handle/",
    "/o/acme/billing-groups/unassigned/handle/?q=alan&member={grace}&billing_group={frozen}",
    "/o/acme/billing-groups/{platform}/",
    "/o/acme/billing-groups/{platform}/?show=usage",
    "/o/acme/billing-groups/{platform}/?show=usage&member={grace}",
    "/o/acme/billing-groups/{platform}/?period={last}",
    "/o/acme/billing-groups/{platform}/days/",
    "/o/acme/billing-groups/{platform}/edit/",
    "/o/acme/billing-groups/{platform}/limit/",
    "/o/acme/billing-groups/{platform}/assign/",
    "/o/acme/billing-groups/{platform}/delete/",
    "/o/acme/billing-groups/{platform}/remove/?member={grace}",
]
OF_MEMBERS = [
    "/o/acme/members/",
    "/o/acme/members/?q=zebra",
    "/o/acme/members/add/",
    "/o/acme/members/assign/?member={grace}",
    "/o/acme/members/limit/?member={grace}",
    "/o/acme/members/add-to-group/?member={grace}",
    "/o/acme/members/{grace}/",
    "/o/acme/members/{grace}/edit/",
    "/o/acme/members/{grace}/assign/",
    "/o/acme/members/{grace}/limit/",
    "/o/acme/members/{grace}/role/",
    "/o/acme/members/{grace}/disable/",
    "/o/acme/members/{grace}/enable/",
    "/o/acme/members/{grace}/remove/",
    "/o/acme/members/{grace}/adjust/",
]
OF_OTHERS = [
    "/o/acme/groups/",
    "/o/acme/groups/create/",
    "/o/acme/groups/{guild}/",
    "/o/acme/groups/{guild}/add/",
    "/o/acme/groups/{guild}/edit/",
    "/o/acme/groups/{guild}/delete/",
    "/o/acme/groups/{guild}/remove/?member={grace}",
    "/o/acme/me/",
    "/o/acme/settings/",
    "/o/acme/settings/api-keys/",
    "/o/acme/settings/api-keys/create/",
    "/o/acme/settings/api-keys/{key}/revoke/",
    "/accounts/email/",
    "/accounts/logout/",
]
CARDS = [
    "/o/acme/billing-groups/unassigned/handle/?member={grace}&billing_group={frozen}",
    "/o/acme/billing-groups/{platform}/?show=usage",
    "/o/acme/billing-groups/export/",
    "/o/acme/groups/{guild}/",
    "/o/acme/members/",
    "/o/acme/billing-groups/",
]
NOT_PAGES = {"organization", "billing:download", "members:export"}


@pytest.fixture
def acme(organization, admin, people, platform, last_period):
    """Acme with everything that lists can show, long words too; returns what addresses hold."""
    frozen = BillingGroupFactory(organization=organization, name="Frozen", description=LONG * 5)
    limit(frozen, 0)
    full = BillingGroupFactory(organization=organization, name=LONG)
    assign(people["Mary"], full)
    report(people["Mary"], "2345678.9012")
    limit(full, 2_000_000)
    assign(people["Grace"], platform)
    report(people["Grace"], "85.0001")
    limit(platform, 100)
    gone = BillingGroupFactory(organization=organization, name="Gone")
    assign(people["Alan"], gone)
    report(people["Alan"], 1)
    delete_billing_group(actor=TESTS, billing_group=gone)
    MemberFactory(organization=organization, name=LONG, email=f"{LONG[:60]}@{LONG[:40]}.example")
    guild = GroupFactory(organization=organization, name="Guild", description="For robots")
    members = organization.members.filter(name="Grace Hopper")
    add_group_members(actor=TESTS, group=guild, members=members)
    last = organization.periods.containing(last_period).first_day
    key = new_key(admin).key
    ids = {"platform": platform, "frozen": frozen, "guild": guild, "grace": people["Grace"]}
    ids["key"] = key
    return {"last": last, **{name: each.pk for name, each in ids.items()}}


class Look:
    """What is wrong with each place that the page was looked at in: {place: [what]}."""

    def __init__(self, page):
        self.page = page
        self.problems = {}

    def __call__(self, place):
        """Judge it in light, its colours in the dark too, and its width down to a phone's."""
        wrong = [*self._violations({})]
        self.page.emulate_media(color_scheme="dark")
        wrong += self._violations({"runOnly": ["color-contrast"]})
        self.page.emulate_media(color_scheme="light")
        self._note(place, [*wrong, *self._widths()])

    def its_width(self, place):
        self._note(place, self._widths())

    def on_a_phone(self, place):
        self.page.set_viewport_size(NARROW)
        self._note(place, [*self._violations({})])

    def _note(self, place, wrong):
        if wrong:
            self.problems[place] = wrong

    def _violations(self, options):
        self.page.evaluate(NOTHING_MOVES)
        found = AXE.run(self.page, options={**options, "resultTypes": ["violations"]})
        for each in found.response["violations"]:
            yield from (f"{each['id']}: {node['target']}" for node in each["nodes"])

    def _widths(self):
        return [wrong for width in WIDTHS for wrong in self._too_wide(width)]

    def _too_wide(self, room):
        self.page.set_viewport_size({**WIDE, "width": room})
        width = self.page.evaluate(NEEDED)
        return [f"{width} wide in {room}"] if width > room else []


@pytest.fixture
def look(page):
    return Look(page)


@pytest.mark.parametrize(
    "addresses",
    [OF_BILLING_GROUPS, OF_MEMBERS, OF_OTHERS],
    ids=["of billing groups", "of members", "of others"],
)
def test_pages(page, look, acme, addresses):
    for address in addresses:
        page.goto(address.format(**acme))
        look(address)
    assert look.problems == {}


@pytest.mark.parametrize("locale", ["zh-CN", "ja-JP"])
def test_pages_in_other_languages_are_not_too_wide(enter, admin, acme, locale):
    look = Look(enter(admin, locale=locale))
    for address in (*OF_BILLING_GROUPS, *OF_MEMBERS, *OF_OTHERS):
        look.page.goto(address.format(**acme))
        look.its_width(address)
    assert look.problems == {}


def test_pages_of_who_is_no_admin(enter, console, organization):
    look = Look(enter())
    for address in FOR_EVERYBODY:
        look.page.goto(address)
        look(address)
    plain = MemberFactory(organization=organization)
    look.page = enter(plain)
    for address, status in ((BILLING_GROUPS, 403), ("/o/nowhere/", 404)):
        console.provoke(status)
        look.page.goto(address)
        look(address)
    MemberFactory(user=plain.user, organization=OrganizationFactory())
    look.page.goto("/")
    expect(heading(look.page, "Choose an organization")).to_be_visible()
    look("/")
    assert look.problems == {}


def test_long_lists(page, look, organization, acme):
    many_members(organization, 25)
    for address in ("/o/acme/members/?size=25", "/o/acme/groups/{guild}/add/"):
        page.goto(address.format(**acme))
        look(address)
    assert look.problems == {}


def test_cards_on_a_phone(page, look, acme):
    for address in CARDS:
        page.goto(address.format(**acme))
        look.on_a_phone(address)
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Ada Lindqvist").click()
    look.on_a_phone("menu")
    assert look.problems == {}


def test_open_dialogs_and_menus(page, look, console, acme):
    page.goto(BILLING_GROUPS)
    for act in ("Set Period Limit", "Delete"):
        choose(page, "Platform", act)
        expect(page.get_by_role("dialog")).to_be_visible()
        look(act)
        page.keyboard.press("Escape")
    page.get_by_role("link", name="Create").click()
    console.provoke(422)
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("This field is required.")).to_be_visible()
    look("Create, with an error")
    page.keyboard.press("Escape")
    menu_button(page, "Platform").click()
    look("menu of a row")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Ada Lindqvist").click()
    look("user menu")
    page.goto(MEMBERS)
    choose(page, "Grace Hopper", "Set Personal Limit")
    expect(page.get_by_role("dialog")).to_be_visible()
    look("Set Personal Limit")
    assert look.problems == {}


def test_no_page_is_forgotten():
    addresses = [
        each.format(last="2026-01-01", platform=1, frozen=1, guild=1, grace=1, key=1)
        for each in OF_BILLING_GROUPS + OF_MEMBERS + OF_OTHERS
    ]
    looked_at = {resolve(each.partition("?")[0]).view_name for each in addresses}
    of_acme = [each for each in get_resolver().url_patterns if str(each.pattern).startswith("o/")]
    known = {name for each in of_acme for name in names_of(each)}
    assert known - looked_at == NOT_PAGES


def names_of(pattern, namespace=""):
    if isinstance(pattern, URLResolver):
        for each in pattern.url_patterns:
            yield from names_of(each, f"{pattern.namespace}:")
    else:
        yield namespace + pattern.name
