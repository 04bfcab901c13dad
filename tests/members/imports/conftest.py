import csv
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from members.imports.judging import Verdicts
from members.imports.lines import MembersFile
from members.imports.operations import import_members
from members.models import Member

from ...factories import TESTS, send_members
from ...pages import url


@pytest.fixture
def judged(organization):
    """The verdict on each line of a text, as (verdict, in words)."""

    def judge(text):
        verdicts = Verdicts(organization, MembersFile(text.encode()).lines)
        return [(each.verdict.value, each.what) for each in verdicts.all]

    return judge


@pytest.fixture
def verdict(judged):
    """The verdict on a file of one line, given as {column: cell}."""

    def judge(**cells):
        text = StringIO()
        csv.writer(text).writerows([cells.keys(), cells.values()])
        [found] = judged(text.getvalue())
        return found

    return judge


@pytest.fixture
def apply(organization, admin):
    """Send a text and apply it; returns the number of each verdict."""

    def send_and_apply(text):
        sent = send_members(admin, text)
        return import_members(actor=TESTS, organization=organization, sent=sent, digest=sent.digest)

    return send_and_apply


@pytest.fixture
def found(organization):
    """The member of an email, read anew."""

    def find(email):
        return Member.objects.get(organization=organization, email__iexact=email)

    return find


@pytest.fixture
def send(console, organization):
    """Send a file by the form; returns the answer."""

    def post(content, name="people.csv", **also):
        content = content if isinstance(content, bytes) else content.encode()
        sent = {"file": SimpleUploadedFile(name, content), **also}
        return console.post(url("members:import", organization), sent)

    return post
