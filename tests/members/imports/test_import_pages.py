"""Import CSV: the file is sent, its dry run is shown, and Apply does what was shown."""

import csv
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from time_machine import travel

from members.models import ImportLine, Member, MemberImport
from members.operations import add_member, edit_member

from ...factories import (
    TESTS,
    GroupFactory,
    MemberFactory,
    many_members,
    send_members,
)
from ...pages import queries, rows, signed_in, swap, url, words

HEADER = "Email,Name,Role\n"


@pytest.fixture
def ada(organization):
    return MemberFactory(organization=organization, name="Ada", email="ada@x.test")


@pytest.fixture
def mixed(admin, ada):
    """A line of each verdict."""
    text = "new@x.test,New,\nada@x.test,King,\n" + f"{admin.email},,\nnobody@x.test,,Boss\n"
    return send_members(admin, HEADER + text)


def dry_run(sent, **query):
    return url("members:dry-run", sent.organization, sent.pk, **query)


def test_the_list_leads_to_import_and_export(console, organization):
    html = console.get(url("members:list", organization, q="ada", page=2)).content.decode()
    assert f'href="/o/{organization.slug}/members/import/" data-dialog' in html
    assert f'href="/o/{organization.slug}/members/export/?q=ada" data-query download' in html


def test_a_file_that_was_sent_shows_its_dry_run(console, send, organization):
    response = send(f"{HEADER}new@x.test,New,Admin\n", name="people.csv")
    assert response.status_code == 302
    page = console.get(response["Location"])
    assert "people.csv, kept until" in words(page)
    assert rows(page) == {"line-2": "2 new@x.test Add Admin · Unassigned · Not set"}
    assert not organization.members.filter(email="new@x.test").exists()


def test_each_line_has_its_verdict(console, admin, mixed):
    assert rows(console.get(dry_run(mixed))) == {
        "line-2": "2 new@x.test Add Member · Unassigned · Not set",
        "line-3": "3 ada@x.test Change Name: Ada → King",
        "line-4": f"4 {admin.email} Unchanged –",
        "line-5": "5 nobody@x.test Error Role: There is no role “Boss”. Write Admin or Member.",
    }


def test_the_figures_lead_to_the_lines_of_each_verdict(console, mixed):
    page = console.get(dry_run(mixed))
    assert "To add 1 Show To change 1 Show Unchanged 1 Show Errors 1 Show" in words(page)
    assert list(rows(console.get(dry_run(mixed, verdict="error")))) == ["line-5"]
    assert list(rows(console.get(dry_run(mixed, verdict="change")))) == ["line-3"]
    for unknown in ("nonsense", "%00"):
        assert rows(console.get(dry_run(mixed, verdict=unknown))) == {}


def test_lines_come_in_pages(console, admin):
    sent = send_members(admin, HEADER + "".join(f"p{n}@x.test,P,\n" for n in range(120)))
    assert "120 lines" in words(console.get(dry_run(sent)))
    last = rows(console.get(dry_run(sent, page=3), headers=swap("verdicts")))
    assert list(last)[::19] == ["line-102", "line-121"]


def test_with_an_error_there_is_no_apply_but_the_refused_lines(console, mixed):
    page = console.get(dry_run(mixed))
    assert "1 line has an error, and an import is applied whole or not at all." in words(page)
    assert ">Apply<" not in page.content.decode()
    assert "Download refused lines" in words(page)


def test_where_nothing_is_to_do_there_is_no_apply(console, admin, ada):
    page = console.get(dry_run(send_members(admin, "Email\nada@x.test")))
    assert "Every line says what is so already" in words(page)
    assert ">Apply<" not in page.content.decode()


def test_a_file_without_lines_says_that_there_are_none(console, admin):
    page = words(console.get(dry_run(send_members(admin, "Email\n\n"))))
    assert "The file names its columns and holds no line beneath" in page
    assert "Every line says what is so already" not in page


def test_columns_that_say_nothing_are_named(console, admin):
    sent = send_members(admin, "Email,Cost <center>,Status\n")
    assert "Columns that are not read: Cost <center>, Status" in words(console.get(dry_run(sent)))


def test_apply_does_what_was_shown_and_says_so(console, organization, admin, ada):
    sent = send_members(admin, f"{HEADER}new@x.test,New,\nb@x.test,B,\nada@x.test,King,\n")
    response = console.post(dry_run(sent), {"digest": sent.digest})
    assert response["Location"] == f"/o/{organization.slug}/members/"
    said = words(console.get(response["Location"]))
    assert "2 members were added. 1 member was changed." in said
    assert organization.members.filter(name__in=["New", "B", "King"]).count() == 3


def test_apply_again_shows_that_all_is_so_already(console, admin):
    sent = send_members(admin, f"{HEADER}new@x.test,New,\n")
    console.post(dry_run(sent), {"digest": sent.digest})
    again = console.post(dry_run(sent), {"digest": sent.digest})
    assert again.status_code == 409
    assert list(rows(again).values()) == ["2 new@x.test Unchanged –"]


def test_a_verdict_that_changed_is_shown_and_can_be_applied_then(console, admin, ada):
    sent = send_members(admin, f"{HEADER}ada@x.test,King,\n")
    edit_member(actor=TESTS, member=ada, name="Countess", email=ada.email)
    response = console.post(dry_run(sent), {"digest": sent.digest})
    assert response.status_code == 409
    assert "Something changed since the dry run. Nothing was applied" in words(response)
    assert rows(response) == {"line-2": "2 ada@x.test Change Name: Countess → King"}
    ada.refresh_from_db()
    assert ada.name == "Countess"
    digest = response.context["form"]["digest"].value()
    assert console.post(dry_run(sent), {"digest": digest}).status_code == 302
    ada.refresh_from_db()
    assert ada.name == "King"


def test_the_dry_run_that_is_shown_stays_until_apply(console, admin):
    sent = send_members(admin, f"{HEADER}new@x.test,New,\n")
    add_member(actor=TESTS, organization=sent.organization, name="New", email="new@x.test")
    assert "new@x.test Add" in rows(console.get(dry_run(sent)))["line-2"]


def test_errors_are_not_applied_even_if_apply_is_sent(console, organization, mixed):
    response = console.post(dry_run(mixed), {"digest": mixed.digest})
    assert response.status_code == 409
    assert "Some lines have errors. Nothing was applied." in words(response)
    assert not organization.members.filter(email="new@x.test").exists()


@pytest.mark.parametrize("digest", ["", "0" * 64, "\0"])
def test_without_what_was_shown_nothing_is_applied(console, organization, admin, digest):
    sent = send_members(admin, f"{HEADER}new@x.test,New,\n")
    assert console.post(dry_run(sent), {"digest": digest}).status_code in (409, 422)
    assert not organization.members.filter(email="new@x.test").exists()


def test_refused_lines_come_as_they_were_with_number_and_reason(console, organization, admin):
    text = 'Notes;Email;Name\nx;a@x.test;"A; B"\n=1;b@x.test;\nc@x.test\n"d;\n'
    sent = send_members(admin, text)
    response = console.get(url("members:import-refused", organization, sent.pk))
    content = response.getvalue().decode()
    assert content.startswith("\ufeffNotes,Email,Name,Line,Reason\r\n")
    found = list(csv.reader(content.splitlines()[1:]))
    assert [row[:4] for row in found] == [
        ["'=1", "b@x.test", "", "3"],
        ["c@x.test", "", "", "4"],
        ['"d;', "", "", "5"],
    ]
    assert "enter a name" in found[0][4]
    assert f"{organization.slug}_refused-lines.csv" in response["Content-Disposition"]


def test_refused_lines_can_be_mended_and_sent_again(console, organization, admin, ada):
    sent = send_members(admin, f"{HEADER}ada@x.test,=King,Boss\n")
    refused = console.get(url("members:import-refused", organization, sent.pk)).getvalue()
    again = send_members(admin, refused.replace(b"Boss", b"Admin"))
    assert [line.what for line in again.lines.all()] == ["Name: Ada → =King · Role: Member → Admin"]
    assert again.ignored == ["Line", "Reason"]


def test_another_admin_finds_nothing(organization, admin):
    sent = send_members(admin, f"{HEADER}new@x.test,New,\n")
    other = signed_in(MemberFactory(organization=organization, role=Member.Role.ADMIN))
    assert other.get(dry_run(sent)).status_code == 404
    assert other.post(dry_run(sent), {"digest": sent.digest}).status_code == 404
    assert other.get(url("members:import-refused", organization, sent.pk)).status_code == 404
    assert not organization.members.filter(email="new@x.test").exists()


def test_after_an_hour_nothing_is_found(console, organization, admin):
    sent = send_members(admin, f"{HEADER}new@x.test,New,\n")
    with travel(timezone.now() + timedelta(minutes=59)):
        assert console.get(dry_run(sent)).status_code == 200
    with travel(timezone.now() + timedelta(minutes=61)):
        assert console.get(dry_run(sent)).status_code == 404
        assert console.post(dry_run(sent), {"digest": sent.digest}).status_code == 404
        assert console.get(url("members:import-refused", organization, sent.pk)).status_code == 404


def test_the_next_file_takes_the_place_of_the_last_and_sweeps_what_is_forgotten(
    console, organization, admin
):
    elsewhere = MemberFactory(role=Member.Role.ADMIN)
    other = MemberFactory(organization=organization, role=Member.Role.ADMIN)
    with travel(timezone.now() - timedelta(minutes=61)):
        send_members(elsewhere, f"{HEADER}new@x.test,New,\n")
    kept = send_members(other, "Email\na@x.test")
    first = send_members(admin, "Email\na@x.test")
    second = send_members(admin, "Email\nb@x.test")
    assert console.get(dry_run(first)).status_code == 404
    assert set(MemberImport.objects.values_list("pk", flat=True)) == {kept.pk, second.pk}
    assert ImportLine.objects.count() == 2


def test_files_that_are_deleted_are_not_read(admin):
    with travel(timezone.now() - timedelta(minutes=61)):
        send_members(MemberFactory(role=Member.Role.ADMIN), "Email\na@x.test")
    send_members(admin, "Email\na@x.test")
    with CaptureQueriesContext(connection) as context:
        send_members(admin, "Email\nb@x.test")
    asked = [query["sql"] for query in context if query["sql"].startswith("SELECT")]
    assert any("members_memberimport" in sql for sql in asked)
    assert not any('"content"' in sql for sql in asked)


def test_a_dry_run_of_many_lines_asks_for_as_many_queries(organization, admin):
    client = signed_in(admin)
    group = GroupFactory(organization=organization)

    def asked(number):
        crowd = many_members(organization, number)
        lines = "".join(f"{member.email},{group.name}\n" for member in crowd)
        address = dry_run(send_members(admin, f"Email,Groups\n{lines}"), verdict="change", page=2)
        region = queries(client, address, **swap("verdicts"))
        return len(queries(client, address)), len(region)

    few = asked(60)
    assert asked(600) == few
    assert few[0] <= 10
    assert few[1] <= 5


def test_a_stale_form_names_who_imported(console, organization, admin, ada):
    address = url("members:edit", organization, ada.pk)
    shown = console.get(address).context["form"]["shown"].value()
    sent = send_members(admin, f"{HEADER}ada@x.test,King,\n")
    console.post(dry_run(sent), {"digest": sent.digest})
    typed = {"name": "Countess", "email": ada.email, "shown": shown}
    response = console.post(address, typed)
    assert response.status_code == 409
    assert f"{admin.name} set this to “King” at" in words(response)
