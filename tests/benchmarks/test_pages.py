"""`make pages` asks for every page and every reading call of the API; it runs from end to end."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import pages
from benchmarks.asked import MORE, MORE_OF_THE_API, asks, calls
from tests.contract.calls import CALLS
from tests.views import VIEWS

ROOT = Path(__file__).parents[2]


@pytest.fixture
def place(place):
    place.oldest = place.organization.audit_entries.first()
    place.closed = place.organization.billing_groups.formal()
    return place


def name_of(what):
    """The view or the call that a request is of."""
    return what.partition("?")[0].partition(" ")[0].partition(",")[0]


def test_every_page_with_its_region_and_its_form_is_asked_for(place):
    asked = list(asks(place))
    assert {name_of(each.what) for each in asked} == set(VIEWS)
    regions = {(name_of(each.what), each.region) for each in asked if each.region}
    assert regions == {(name, view.region) for name, view in VIEWS.items() if view.region}
    looked_at = {name_of(each.what) for each in asked if each.sends}
    writing = {name for name, view in VIEWS.items() if view.sends}
    assert looked_at == writing - {"members:import"}


def test_everything_that_the_api_gives_to_read_is_asked_for(place):
    reading = {name for name, call in CALLS.items() if call.method == "GET"}
    assert {name_of(what) for what, _path, _query in calls(place)} == reading


def test_what_is_asked_for_besides_is_of_pages_that_are_there():
    assert set(MORE) <= set(VIEWS)
    assert set(MORE_OF_THE_API) <= set(CALLS)


def test_forms_are_sent_only_to_be_told_what_they_would_do(place):
    assert all(each.sends["look"] for each in asks(place) if each.sends is not None)


def test_the_page_keeps_what_stands_around_the_table(tmp_path, monkeypatch):
    page = tmp_path / "pages.md"
    page.write_text(f"Before\n{pages.BEGIN}\nold\n{pages.END}\nAfter\n")
    monkeypatch.setattr(pages, "PAGE", page)
    pages.rewrite_page("new\n")
    assert page.read_text() == f"Before\n{pages.BEGIN}\nnew\n{pages.END}\nAfter\n"


def test_what_is_slow_is_marked_and_growth_is_told_beside_a_smaller_size():
    result = {"what": "members:list", "file": False, "queries": 9, "median": 150.0, "p95": 200.1}
    smaller = {"members:list": {"median": 60.0}}
    assert pages.cells(result, smaller) == ["`members:list`", "9", "150", "200", "**slow**", "2.5"]
    assert pages.cells(result | {"p95": 200.0}, {})[4:] == [""]
    assert pages.cells(result | {"file": True}, {})[4:] == [""]
    assert pages.cells(result, {"another": {"median": 1}})[5:] == [""]


def test_it_measures_all_of_them(tmp_path):
    results = tmp_path / "results.json"
    ours = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    arguments = ["--size", "300", "--times", "1", "--json", str(results)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.pages", *arguments],
        cwd=ROOT,
        env=ours,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.stderr == ""
    measured = json.loads(results.read_text())
    assert {name_of(what) for what in measured} >= set(VIEWS)
    files = {what for what, each in measured.items() if each["file"]}
    assert {name_of(what) for what in files} == {name for name in VIEWS if VIEWS[name].downloads}
    assert all(0 < each["least"] <= each["median"] for each in measured.values())
    assert "| `members:list` |" in done.stdout
