"""Reading a CSV of members: its encoding, its delimiter, its header, and lines that are broken."""

import csv
from contextlib import suppress
from decimal import Decimal
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.csv_files import BadFile, guarded, unguarded
from members.imports import lines
from members.imports.lines import MembersFile
from members.text import tidy

TEXT = "Email,Name\nada@example.test,Ada Lovelace 莉\nbob@example.test,Bob\n"
ENCODINGS = {
    "UTF-8": "utf-8",
    "UTF-8 with BOM": "utf-8-sig",
    "UTF-16 with BOM": "utf-16",
    "UTF-16 LE without BOM": "utf-16-le",
    "UTF-16 BE without BOM": "utf-16-be",
}


def read(content):
    return MembersFile(content if isinstance(content, bytes) else content.encode())


def errors(content):
    """What is wrong with which lines of the file."""
    return {line.number: " ".join(line.errors) for line in read(content).lines if line.errors}


def said(content):
    return [(line.email, line.name) for line in read(content).lines]


@pytest.mark.parametrize("encoding", ENCODINGS.values(), ids=ENCODINGS)
def test_utf_8_and_utf_16_are_read_alike(encoding):
    wanted = [("ada@example.test", "Ada Lovelace 莉"), ("bob@example.test", "Bob")]
    assert said(TEXT.encode(encoding)) == wanted
    assert said(("\ufeff" + TEXT).encode("utf-16-be")) == wanted


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_commas_semicolons_and_tabs_are_told_by_the_header(delimiter, end):
    rows = [("Name", "Email", "Notes"), ("Ada", "ada@example.test", "")]
    text = end.join(delimiter.join(row) for row in rows)
    assert said(text) == [("ada@example.test", "Ada")]


def test_a_delimiter_in_a_quoted_cell_is_text():
    assert said('Email;Name\nada@example.test;"Lovelace; Ada"') == [
        ("ada@example.test", "Lovelace; Ada")
    ]


@pytest.mark.parametrize(
    "header", ["E-Mail", "email", " EMAIL ", "Member Email", "e_mail", "Email:"]
)
def test_the_header_is_matched_loosely(header):
    assert said(f"{header}\nada@example.test") == [("ada@example.test", None)]


def test_every_column_is_known_by_its_names():
    header = "Full name,Email address,Role,Group,billing-group,Personal usage limit"
    [line] = read(f"{header}\nAda,ada@example.test,admin,Guild,Platform,5").lines
    assert (line.name, line.role, line.groups) == ("Ada", "org_admin", ("Guild",))
    assert (line.billing_group, line.personal_limit) == ("Platform", (Decimal(5), False))


def test_other_columns_are_passed_over_and_named():
    file = read("Email,Notes,Status,\nada@example.test,likes tea,Active,")
    assert file.ignored == ["Notes", "Status"]
    assert not file.lines[0].errors


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Email is missing"),
        ("\n\n", "Email is missing"),
        ("ada@example.test,Ada", "Email is missing"),
        ("Name\nAda", "Email is missing"),
        ("Email,E-mail\na,b", "Email more than once"),
        ('Email,"Name\n', "The first line must name the columns"),
        ("Email\0\n", "The first line must name the columns"),
    ],
)
def test_a_header_that_cannot_be_read_is_said(text, why):
    with pytest.raises(BadFile, match=why):
        read(text)


def test_an_empty_cell_says_nothing():
    header = "Email,Name,Role,Groups,Billing Group,Personal Limit"
    [line] = read(f"{header}\nada@example.test, ,,,  ,").lines
    assert (line.name, line.role, line.groups) == (None, None, ())
    assert (line.billing_group, line.personal_limit, line.errors) == (None, None, [])


def test_blank_lines_count_but_say_nothing():
    file = read("\nEmail,Name\n\nada@example.test,Ada\n,\n \nbob@example.test,Bob\n")
    assert [line.number for line in file.lines] == [4, 7]


@pytest.mark.parametrize(
    ("cell", "limit"),
    [
        ("Not set", (None, False)),
        ("not_set", (None, False)),
        ("UNLIMITED", (None, True)),
        ("0", (Decimal(0), False)),
        ('"1,200.5"', (Decimal("1200.5"), False)),
        ("1 200.1234", (Decimal("1200.1234"), False)),
    ],
)
def test_limits_are_read_as_the_forms_read_them(cell, limit):
    [line] = read(f"Email,Limit\nada@example.test,{cell}").lines
    assert (line.personal_limit, line.errors) == (limit, [])


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("1.23456", "at most 4 decimals"),
        ("-5", "0 or more"),
        ('"1,5"', "at most 4 decimals"),
        ("much", "at most 4 decimals"),
        ("9" * 20, "at most 99,999,999,999,999.9999"),
        ("NaN", "at most 4 decimals"),
    ],
)
def test_a_limit_that_is_none_is_an_error_of_its_line(cell, why):
    assert why in errors(f"Email,Personal Limit\nada@example.test,{cell}")[2]


@pytest.mark.parametrize("cell", ["Admin", "admin", "org_admin", "ORG ADMIN"])
def test_roles_are_read_in_words_and_as_in_the_api(cell):
    assert read(f"Email,Role\na@example.test,{cell}").lines[0].role == "org_admin"


def test_a_role_that_is_none_is_an_error_that_quotes_it_shortly():
    [why] = errors(f"Email,Role\na@example.test,{'x' * 5_000}").values()
    assert "Write Admin or Member." in why
    assert len(why) < 150


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Guild", ("Guild",)),
        ("Guild; Chapter ;;", ("Guild", "Chapter")),
        ("A, B", ("A, B")),
        ('"A; B";C', ("A; B", "C")),
        ("Guild;Guild", ("Guild",)),
    ],
)
def test_groups_stand_with_semicolons_between_them(cell, names):
    text = StringIO()
    csv.writer(text).writerows([["Email", "Groups"], ["a@example.test", cell]])
    assert read(text.getvalue()).lines[0].groups == ((names,) if isinstance(names, str) else names)


@pytest.mark.parametrize("email", ["ada", "ada@", "a b@example.test", "a\u200bb@example.test"])
def test_an_email_that_is_none_is_an_error_and_shown(email):
    [line] = read(f"Email,Name\n{email},Ada").lines
    assert line.errors
    assert line.email is None
    assert line.who == email.replace("\u200b", "\ufffd")


@pytest.mark.parametrize("name", ["x" * 101, "a\u202eb"])
def test_a_name_that_no_form_takes_is_an_error(name):
    assert errors(f"Email,Name\na@example.test,{name}")[2].startswith("Name: ")


def test_a_line_without_email_is_an_error():
    assert "Enter the email" in errors("Email,Name\n,Ada")[2]


def test_every_error_of_a_line_is_said():
    [why] = errors("Email,Role,Limit\nada,boss,much").values()
    assert "Email: " in why
    assert "boss" in why
    assert "Personal limit: " in why


def test_a_broken_line_spoils_no_other():
    text = (
        'Email,Name\na@x.test,"Ada\nb@x.test,Bob\nc@x.test,C,more\nd@x.test\n'
        'e@x.test,"E"F\ng@x.test,G\n'
    )
    assert errors(text) == {
        2: "A quotation mark is missing on this line.",
        4: "Cells on this line: 3; columns of the first line: 2.",
        5: "Cells on this line: 1; columns of the first line: 2.",
        6: "A quotation mark is missing on this line.",
    }
    assert [line.email for line in read(text).lines if not line.errors] == ["b@x.test", "g@x.test"]


def test_a_line_in_another_encoding_is_an_error_of_its_own():
    content = b"Email,Name\na@x.test,Jos\xe9\nb@x.test,Bob\nc@x.test,C\0"
    assert list(errors(content)) == [2, 4]
    assert "Save the file as UTF-8" in errors(content)[2]
    half = "Email,Name\na@x.test,Ada\nb@x.test,".encode("utf-16") + b"\x00\xd8B\x00\n\x00"
    assert list(errors(half)) == [3]


def test_utf_16_that_ends_within_a_letter_names_its_line():
    with pytest.raises(BadFile, match="Line 2 cannot be read"):
        read("Email\nada@x.test".encode("utf-16") + b"\x41")


def test_a_line_that_is_too_long_is_an_error_of_its_own():
    text = f"Email,Name\na@x.test,{'x' * lines.LONGEST_LINE}\nb@x.test,Bob"
    assert errors(text) == {2: "This line has more than 100,000 characters."}


def test_more_lines_than_the_most_are_refused(monkeypatch):
    monkeypatch.setattr(lines, "MOST_LINES", 3)
    assert len(read("Email\na@x.test\nb@x.test\nc@x.test\n").lines) == 3
    with pytest.raises(BadFile, match="more than 3 lines"):
        read("Email\na@x.test\nb@x.test\nc@x.test\n\nd@x.test")


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading(content):
    for each in (content, b"Email,Name,Role,Groups,Limit\n" + content):
        with suppress(BadFile):
            assert all(line.email or line.errors for line in read(each).lines)


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"]), max_size=20)


@given(
    st.lists(CELLS, min_size=1, max_size=5),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be"]),
)
def test_what_a_csv_says_is_what_was_written(names, delimiter, encoding):
    text = StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(["Email", "Name", "Notes"])
    writer.writerows(
        [[f"a{number}@x.test", guarded(name), ""] for number, name in enumerate(names)]
    )
    file = MembersFile(text.getvalue().encode(encoding))
    assert [line.name for line in file.lines] == [tidy(name) or None for name in names]


@given(st.text(st.sampled_from("'=+-@\t\ra"), max_size=6))
def test_what_is_guarded_can_be_read_again(text):
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in set("=+-@\t\r")


def shortened(email):
    """As long as is read at a glance; its parts keep their first and last characters."""
    name, domain = email.split("@")
    *labels, last = domain.split(".")
    short = [cut(label) for label in labels[:2]]
    return f"{cut(name)}@{'.'.join(short)}.{last[:8]}"


def cut(text):
    return text if len(text) <= 14 else f"{text[:6]}a0{text[-6:]}"


@given(st.from_regex(lines.PLAIN_EMAIL, fullmatch=True).map(shortened))
def test_an_email_that_is_taken_at_a_glance_is_one_for_the_field_too(email):
    assert lines.PLAIN_EMAIL.fullmatch(email)
    assert len(email) <= lines.LONGEST_PLAIN
    assert lines.EMAIL.clean(email) == email


@given(st.text(st.characters(max_codepoint=127), min_size=1, max_size=60))
def test_a_name_that_is_taken_at_a_glance_is_one_for_the_field_too(text):
    name = tidy(text)
    if name.isprintable() and name:
        assert lines.NAME.clean(name) == lines.READERS["name"](name) == name
