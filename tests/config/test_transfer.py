"""What goes over the line: compressed, and what never changes only once."""

import gzip
import re

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import reverse

from config.settings import STORAGES

from ..factories import MemberFactory, report
from ..pages import url

GZIP = {"Accept-Encoding": "gzip"}
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="(\w+)"')
OURS = re.compile(r'(?:href|src)="(/static/[^"#]+)')


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """The static files as in production: named by what they hold, and compressed beforehand."""
    storages = {**settings.STORAGES, "staticfiles": STORAGES["staticfiles"]}
    root = tmp_path_factory.mktemp("static")
    with override_settings(STORAGES=storages, STATIC_ROOT=root, WHITENOISE_AUTOREFRESH=False):
        call_command("collectstatic", interactive=False, verbosity=0)
        yield root


@pytest.fixture
def files(collected, db):
    """What the first page asks a browser to fetch: {address: (response, what it holds)}."""
    browser = Client()
    page = browser.get(reverse("account_login")).content.decode()
    answers = {address: browser.get(address, headers=GZIP) for address in OURS.findall(page)}
    return {address: (answer, answer.getvalue()) for address, answer in answers.items()}


def test_a_page_goes_compressed_to_whoever_can_read_that(console, organization):
    address = url("members:list", organization)
    plain, small = console.get(address), console.get(address, headers=GZIP)
    assert "Content-Encoding" not in plain
    assert small["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small["Vary"]
    assert len(small.content) < len(plain.content) / 3
    assert TOKEN.sub(b"", gzip.decompress(small.content)) == TOKEN.sub(b"", plain.content)


def test_the_token_of_forms_is_masked_anew_each_time_so_its_size_tells_nothing(
    console, organization
):
    pages = [console.get(url("members:list", organization)).content for _ in "123"]
    assert len({TOKEN.search(page)[1] for page in pages}) == 3


def test_a_download_goes_compressed_and_arrives_whole(console, organization):
    report(MemberFactory(organization=organization, is_unlimited=True), 5)
    address = url("billing:download", organization)
    small = console.get(address, headers=GZIP)
    assert small["Content-Encoding"] == "gzip"
    plain = console.get(address)
    assert "Content-Encoding" not in plain
    assert gzip.decompress(small.getvalue()) == plain.getvalue()
    assert "Accept-Encoding" in small["Vary"]
    assert "Accept-Encoding" in plain["Vary"]


def test_a_download_says_its_length_so_that_one_that_breaks_off_shows(console, organization):
    for headers in ({}, GZIP):
        answer = console.get(url("billing:download", organization), headers=headers)
        assert int(answer["Content-Length"]) == len(answer.getvalue())


def test_static_files_are_named_by_what_they_hold_and_kept_for_good(files):
    assert {address.rpartition(".")[2] for address in files} >= {"css", "js"}
    for address, (response, _body) in files.items():
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", address)
        assert response["Cache-Control"] == "max-age=315360000, public, immutable"


def test_static_files_were_compressed_beforehand_where_that_makes_them_smaller(files, collected):
    for address, (response, body) in files.items():
        plain = Client().get(address).getvalue()
        if response.get("Content-Encoding") == "gzip":
            assert gzip.decompress(body) == plain
            assert (collected / f"{address.removeprefix('/static/')}.gz").read_bytes() == body
        else:
            assert len(gzip.compress(plain)) > 0.95 * len(plain)


def test_a_static_file_that_the_browser_has_is_not_sent_again(files):
    address, (first, _body) = next(iter(files.items()))
    again = Client().get(address, headers={"If-Modified-Since": first["Last-Modified"]})
    assert (again.status_code, again.getvalue()) == (304, b"")
