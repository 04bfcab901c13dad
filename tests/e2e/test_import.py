"""Members out as a CSV and in again, with scripts and without."""

import re

import pytest
from playwright.sync_api import expect

from members.models import Member
from tests.factories import GroupFactory

from .screen import MEMBERS, expect_notice, expect_rows, press_unless, row

FILE = "Email;Name;Groups;Billing Group;Personal Limit\n"


def members_csv(*lines):
    content = (FILE + "\n".join(lines)).encode("utf-16")
    return {"name": "members.csv", "mimeType": "text/csv", "buffer": content}


def send(page, *lines):
    page.get_by_label("CSV file").set_input_files(members_csv(*lines))
    page.get_by_role("button", name="Check").click()


@pytest.fixture
def guild(organization):
    return GroupFactory(organization=organization, name="Guild")


def test_a_file_is_sent_mended_sent_again_and_applied(enter, scripted, admin, people, platform):
    page = enter(admin, java_script_enabled=scripted)
    page.goto(MEMBERS)
    page.get_by_role("link", name="Import CSV").click()
    send(page, "new@acme.example;New Person;;Platfrom;", "hopper@acme.example;;;Platform;1,200.5")
    expect(page).to_have_url(re.compile(r"/members/import/\d+/$"))
    wrong = row(page, "new@acme.example")
    expect(wrong).to_contain_text("There is no billing group “Platfrom”.")
    expect(page.get_by_role("button", name="Apply")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download refused lines").click()
    assert "Platfrom" in download.value.path().read_text(encoding="utf-8-sig")
    page.get_by_role("combobox", name="Verdict").select_option("Change")
    press_unless(scripted, page, "Show")
    expect_rows(page, "hopper@acme.example")
    page.get_by_role("link", name="Another file").click()
    send(page, "new@acme.example;New Person;;Platform;", "hopper@acme.example;;;Platform;1,200.5")
    expect(row(page, "new@acme.example")).to_contain_text("Add")
    change = "Billing group: Unassigned → Platform · Personal limit: Unlimited → 1,200.5 Credits"
    expect(row(page, "hopper@acme.example")).to_contain_text(change)
    page.get_by_role("button", name="Apply").click()
    expect_notice(page, "1 member was added. 1 member was changed.")
    expect(row(page, "New Person")).to_contain_text("Platform")
    assert Member.objects.get(name="Grace Hopper").billing_group == platform


def test_the_export_is_what_the_list_shows(enter, scripted, admin, people, guild):
    page = enter(admin, java_script_enabled=scripted)
    page.goto(MEMBERS)
    page.get_by_role("searchbox").fill("hopper")
    press_unless(scripted, page, "Apply")
    expect_rows(page, "Grace Hopper")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["Name", "Grace Hopper"]


def test_what_is_no_csv_of_members_is_said_beside_the_file(enter, scripted, console, admin):
    page = enter(admin, java_script_enabled=scripted)
    page.goto(MEMBERS)
    page.get_by_role("link", name="Import CSV").click()
    file = {"name": "x.csv", "mimeType": "text/csv", "buffer": b"Name\nAda"}
    page.get_by_label("CSV file").set_input_files(file)
    console.provoke(422)
    page.get_by_role("button", name="Check").click()
    why = "The first line must name the columns; Email is missing."
    expect(page.get_by_text(why)).to_be_visible()


def test_while_a_file_is_sent_its_progress_is_shown(page, organization):
    page.goto(f"{MEMBERS}import/")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 100_000}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
    lines = [f"person-{number}@acme.example;;;;" for number in range(5_000)]
    page.get_by_label("CSV file").set_input_files(members_csv(*lines))
    expect(page.get_by_role("progressbar")).to_be_hidden()
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("progressbar")).to_have_attribute("value", re.compile(r"^0\.\d+$"))
    expect(page.get_by_text("The file is being sent.")).to_be_visible()
    expect(page.get_by_text("5,000 lines", exact=True)).to_be_visible()
