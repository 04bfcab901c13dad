"""Every page, open dialog and menu: no violation that axe finds, nothing to scroll sideways."""

from collections import defaultdict
from functools import partial

import pytest
from django.urls import URLResolver, get_resolver, resolve
from django.utils import timezone
from playwright.sync_api import expect

from billing.operations import delete_billing_group
from groups.operations import add_group_members
from members.operations import disable_member
from tests.factories import (
    TESTS,
    BillingGroupFactory,
    GroupFactory,
    MemberFactory,
    OrganizationFactory,
    UserFactory,
    assign,
    invite,
    limit,
    many_members,
    new_key,
    report,
    send_members,
)

from .addresses import FOR_EVERYBODY, NOT_PAGES, OF_BILLING_GROUPS, OF_MEMBERS, OF_OTHERS
from .looking import LANGUAGES, WIDTHS
from .screen import BILLING_GROUPS, MEMBERS

LONG = "Extraordinarily" * 6
IMPORTED = f"Email,Name,{LONG}\nnew@acme.example,{LONG},\nhopper@acme.example,Grace,\n"


@pytest.fixture
def acme(organization, admin, people, platform, last_period):
    """Acme with everything that lists can show, all names long; returns what addresses hold."""
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
    guild = GroupFactory(organization=organization, name=f"Guild {LONG}", description="For robots")
    grace = organization.members.filter(pk=people["Grace"].pk)
    add_group_members(actor=TESTS, group=guild, members=grace)
    grace.update(name=f"Grace {LONG}")
    organization.billing_groups.filter(pk=platform.pk).update(name=f"Platform {LONG}")
    last = organization.periods.containing(last_period).first_day
    key = new_key(admin).key
    ids = {"platform": platform, "frozen": frozen, "guild": guild, "grace": people["Grace"]}
    ids["idle"] = disable_member(actor=TESTS, member=MemberFactory(organization=organization))
    invited = invite(admin, f"{LONG[:60]}@{LONG[:40]}.test", groups=[guild])[0].invitation
    ids |= {
        "invited": invited,
        "key": key,
        "sent": send_members(admin, IMPORTED + "nobody@acme.example,,\n"),
    }
    return {"last": last, **{name: each.pk for name, each in ids.items()}}


@pytest.mark.parametrize(
    "addresses",
    [OF_BILLING_GROUPS, OF_MEMBERS, OF_OTHERS],
    ids=["of billing groups", "of members", "of others"],
)
def test_pages(look, admin, acme, addresses):
    look = look(admin)
    for address in addresses:
        look.at(address.format(**acme))
    assert look.problems == {}


def test_pages_of_who_is_no_admin(look, console, organization):
    plain = MemberFactory(organization=organization)
    signed_out, signed_in = look(), look(plain)
    for address in FOR_EVERYBODY:
        signed_out.at(address)
    for address, status in ((BILLING_GROUPS, 403), ("/o/nowhere/", 404)):
        for _language in LANGUAGES:
            console.provoke(status)
        signed_in.at(address)
    MemberFactory(user=plain.user, organization=OrganizationFactory())
    signed_in.at("/")
    assert signed_out.problems | signed_in.problems == {}


def test_long_lists(look, admin, organization, acme):
    many_members(organization, 25)
    look = look(admin)
    for address in ("/o/acme/members/?size=25", "/o/acme/groups/{guild}/add/"):
        look.at(address.format(**acme))
    assert look.problems == {}


def test_an_import_that_can_be_applied(look, admin):
    sent = send_members(admin, IMPORTED)
    look = look(admin)
    look.at(f"/o/acme/members/import/{sent.pk}/")
    assert look.problems == {}


def test_the_page_of_an_invitation(look, console, admin, organization):
    known = UserFactory(email=f"{LONG[:60]}@{LONG[:40]}.test".lower(), last_login=timezone.now())
    new, old = invite(admin, "new@acme.example", known.email)
    signed_out, signed_in = look(), look(admin)
    signed_out.at(f"/invitations/{new.secret}/")
    signed_out.at(f"/invitations/{old.secret}/")
    signed_in.at(f"/invitations/{old.secret}/")
    for _language in LANGUAGES:
        console.provoke(404)
    signed_out.at("/invitations/none/")
    assert signed_out.problems | signed_in.problems == {}


def opened(page, address, href, *, row=None):
    """A dialog over the list at `address`, by the link to its page; `row`: from its menu."""
    page.goto(address)
    if row:
        page.locator(f"[popovertarget='menu-{row}']").click()
    page.locator(f"[data-dialog][href$='{href}']:visible").first.click()
    expect(page.get_by_role("dialog").locator(".form")).to_be_visible()


def test_open_dialogs(look, admin, console, acme):
    look = look(admin)
    of_group = partial(opened, address=BILLING_GROUPS, row=acme["platform"])
    of_member = partial(opened, address=MEMBERS, row=acme["grace"])

    def refused(page):
        opened(page, BILLING_GROUPS, "/create/")
        console.provoke(422)
        page.locator("dialog[open] .button--primary").click()
        expect(page.locator("dialog[open] [aria-invalid]")).to_be_visible()

    look("Set Period Limit", partial(of_group, href="/limit/"))
    look("Delete", partial(of_group, href="/delete/"))
    look("Create, with an error", refused)
    look("Set Personal Limit", partial(of_member, href="/limit/"))
    look("Remove", partial(of_member, href="/remove/"))
    look("Invite", partial(opened, address=MEMBERS, href="/invite/"))
    assert look.problems == {}


def test_open_menus(look, admin, acme):
    look = look(admin)

    def menu_of_row(page):
        page.goto(BILLING_GROUPS)
        page.locator(f"[popovertarget='menu-{acme['platform']}']").click()

    def user_menu(page):
        page.goto(BILLING_GROUPS)
        for button in ("rail", "user-menu"):
            if (opener := page.locator(f"[popovertarget='{button}']")).is_visible():
                opener.click()

    look("menu of a row", menu_of_row)
    look("user menu", user_menu)
    assert look.problems == {}


def test_an_open_entry_of_the_audit_log(look, admin, acme):
    look = look(admin)

    def opened_entry(page):
        page.goto("/o/acme/audit/?event=AssignBillingGroup")
        page.locator(".entry > summary").first.click()
        expect(page.locator(".entry[open] dl")).to_be_visible()

    for width in WIDTHS:
        look(f"an open entry, {width}", opened_entry)
    assert look.problems == {}


def test_no_page_is_forgotten():
    ids = defaultdict(lambda: 1, last="2026-01-01")
    addresses = [each.format_map(ids) for each in OF_BILLING_GROUPS + OF_MEMBERS + OF_OTHERS]
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
