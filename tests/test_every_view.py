"""Every page under /o/<slug>/, as everybody who may ask; a new one needs an entry in VIEWS."""

import re
from urllib.parse import quote

import pytest
from django.urls import URLResolver, get_resolver

from members.models import Member
from members.operations import disable_member, remove_member

from .factories import TESTS, MemberFactory, UserFactory
from .pages import signed_in, swap, words
from .views import VIEWS, Place

REGIONS = [name for name, view in VIEWS.items() if view.region]
WRITING = [name for name, view in VIEWS.items() if view.sends]
NAMING = [name for name, view in VIEWS.items() if view.of]
GUARDED = [name for name, view in VIEWS.items() if view.only_admins]
PAGES = [name for name in GUARDED if not VIEWS[name].downloads]
every_view = pytest.mark.parametrize("name", VIEWS)


@pytest.fixture
def client(place):
    return signed_in(place.admin)


def names_under(resolver, prefix="", namespace=""):
    for each in resolver.url_patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
            yield from names_under(each, route, inner)
        elif route.startswith("o/"):
            yield f"{namespace}{each.name}"


def test_every_page_of_an_organization_is_listed_here():
    assert sorted(names_under(get_resolver())) == sorted(VIEWS)


@every_view
def test_it_answers_an_admin(place, client, name):
    response = client.get(place.url(name))
    assert response.status_code == VIEWS[name].answers
    assert response.getvalue() or response["Location"]  # a download is closed at its end


@pytest.mark.parametrize("name", PAGES)
def test_it_is_a_whole_page_without_anything_inline(place, client, name):
    html = client.get(place.url(name)).content.decode()
    assert html.startswith("<!doctype html>")
    assert "</html>" in html
    assert not re.search(r"<style|<script>|<script (?!src=)|\s(style|on\w+|hx-on[^=]*)=", html)


@pytest.mark.parametrize("name", REGIONS)
def test_its_region_comes_alone_where_htmx_swaps_it(place, client, name):
    region = VIEWS[name].region
    whole = client.get(place.url(name))
    alone = client.get(place.url(name), headers=swap(region))
    assert "<html" not in alone.content.decode()
    assert f'id="{region}"' in alone.content.decode()
    assert f'id="{region}"' in whole.content.decode()
    assert {"HX-Request", "HX-Target"} <= set(re.split(r",\s*", alone["Vary"]))
    assert {"HX-Request", "HX-Target"} <= set(re.split(r",\s*", whole["Vary"]))


@pytest.mark.parametrize("name", REGIONS)
def test_it_is_a_whole_page_where_htmx_swaps_something_else(place, client, name):
    response = client.get(place.url(name), headers=swap("main"))
    assert "<html" in response.content.decode()


@every_view
def test_who_is_not_signed_in_is_asked_to(place, client, name):
    client.logout()
    response = client.get(place.url(name))
    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next={quote(place.url(name))}"


@every_view
def test_a_stranger_finds_nothing(place, name):
    admin_elsewhere = signed_in(MemberFactory(role=Member.Role.ADMIN))
    assert admin_elsewhere.get(place.url(name)).status_code == 404


@every_view
def test_support_staff_find_nothing_outside_their_desk(place, client, name):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    assert client.get(place.url(name)).status_code == 404
    assert place.entries == []


@every_view
def test_an_admin_who_was_disabled_finds_nothing(place, client, name):
    disable_member(actor=TESTS, member=place.admin)
    assert client.get(place.url(name)).status_code == 404
    assert place.entries == []


def test_an_admin_who_was_removed_finds_nothing(place, client):
    remove_member(actor=TESTS, member=place.admin)
    assert client.get(place.url("billing:list")).status_code == 404


@pytest.mark.parametrize("name", GUARDED)
def test_a_member_who_is_no_admin_is_refused_and_that_is_noted_once(place, name):
    response = signed_in(place.member).get(place.url(name))
    assert response.status_code == 403
    assert "This page is for the admins of the organization." in words(response)
    assert place.group.name not in words(response)
    assert place.entries == ["refused"]


@pytest.mark.parametrize("name", WRITING)
def test_nobody_but_an_admin_writes(place, name):
    before = place.records
    stranger = signed_in(MemberFactory(role=Member.Role.ADMIN))
    assert stranger.post(place.url(name), place.sends(name)).status_code == 404
    member = signed_in(place.member)
    assert member.post(place.url(name), place.sends(name)).status_code == 403
    assert place.records == before
    assert place.entries == ["refused"]


@pytest.mark.parametrize("name", NAMING)
def test_what_belongs_to_another_organization_is_not_found(place, client, name):
    elsewhere = Place()
    before = elsewhere.records
    assert client.get(place.url(name, of=elsewhere)).status_code == 404
    if name in WRITING:
        assert client.post(place.url(name, of=elsewhere), place.sends(name)).status_code == 404
    assert elsewhere.records == before
    assert elsewhere.entries == []


@every_view
def test_a_method_that_it_does_not_know_is_refused(place, client, name):
    known = {"get", "post"} if name in WRITING else {"get"}
    for method in {"post", "put", "patch", "delete"} - known:
        assert getattr(client, method)(place.url(name)).status_code == 405


@pytest.mark.parametrize("name", WRITING)
def test_its_form_writes_once_and_leads_back(place, client, name):
    before = place.records
    response = client.post(place.url(name), place.sends(name))
    if VIEWS[name].shows_result:
        assert response.status_code == 200
    else:
        back = f"{name.split(':')[0]}:list" if ":" in name else name
        assert response.status_code == 302
        assert response["Location"].startswith(place.url(back))
    assert place.records != before
    assert place.entries == ["done"]


@pytest.mark.parametrize("name", WRITING)
def test_a_form_opened_in_a_past_period_writes_nothing_and_keeps_what_was_typed(
    place, client, name
):
    before = place.records
    sent = place.sends(name, period=place.past.first_day)
    response = client.post(place.url(name), sent)
    assert response.status_code == 409
    assert "That period is closed: view and export only." in words(response)
    html = response.content.decode()
    for value in (each for each in sent.values() if isinstance(each, str)):
        assert f'value="{value}"' in html or f">\n{value}</textarea>" in html
    assert place.records == before
    assert place.entries == ["refused"]


@pytest.mark.parametrize("name", WRITING)
def test_a_form_of_a_period_that_never_was_is_refused(place, client, name):
    before = place.records
    for period in ("2001-02-03", "0001-01-01", "9999-12-31"):
        response = client.post(place.url(name), place.sends(name, period=period))
        assert response.status_code == 409
    assert place.records == before
    assert place.entries == ["refused"] * 3


@pytest.mark.parametrize("name", WRITING)
def test_a_form_that_names_no_period_writes_nothing(place, client, name):
    before = place.records
    response = client.post(place.url(name), {**place.sends(name), "period": ""})
    assert "Open this form again." in words(response)
    assert response.status_code == 422
    assert place.records == before


@pytest.mark.parametrize("name", ["billing:list", "billing:detail", "billing:export"])
def test_a_period_that_never_was_is_not_found(place, client, name):
    for period in ("2001-01-01", "yesterday", "", "0000-00-00", "%00"):
        assert client.get(f"{place.url(name)}?period={period}").status_code == 404


@pytest.mark.parametrize("name", ["billing:detail", "billing:edit", "billing:assign"])
def test_an_id_that_cannot_be_is_not_found(place, client, name):
    for key in ("0", "9" * 30, "9" * 5000, "%C2%B2", "1e3", "-1", "%00", "Unassigned"):
        address = place.url(name).replace(f"/{place.group.pk}/", f"/{key}/")
        assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "name", ["billing:edit", "billing:limit", "billing:assign", "billing:delete"]
)
def test_unassigned_and_deleted_billing_groups_have_no_forms(place, client, name):
    client.post(place.url("billing:delete"), place.sends("billing:delete"))
    assert client.get(place.url(name)).status_code == 404
    unassigned = place.url(name).replace(f"/{place.group.pk}/", "/unassigned/")
    assert client.get(unassigned).status_code == 404
    assert client.post(unassigned, place.sends(name)).status_code == 404
