"""Pages as a browser gets them: their addresses, their words, and the queries they ask."""

import re
from html import unescape

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from billing.periods import current_period

DOOR = ('FROM "django_session"', 'FROM "members_user"', 'FROM "members_member" INNER JOIN')
ROW = re.compile(r'<tr role="row" id="(?P<id>[^"]+)">(?P<cells>.*?)</tr>', re.DOTALL)
SENT = re.compile(r'name="(?P<name>[^"]+)" value="(?P<value>[^"]*)"')


class Console(Client):
    """A browser in which `member` is signed in; forms name the current period unless told else."""

    def __init__(self, member):
        super().__init__(raise_request_exception=False)
        self.organization = member.organization
        self.force_login(member.user)

    def post(self, path, data=None, **extra):
        sent = {"period": today(self.organization), **(data or {})}
        return super().post(path, sent, **extra)


def signed_in(member):
    return Console(member)


def url(name, organization, *ids, **query):
    address = reverse(name, args=[organization.slug, *ids])
    return address + "?" + "&".join(f"{key}={value}" for key, value in query.items())


def swap(region):
    """The headers of htmx about to swap `region`."""
    return {"HX-Request": "true", "HX-Target": region}


def today(organization):
    """The value of a form's hidden `period`."""
    return str(current_period(organization).first_day)


def words(response):
    """What the page says, on one line."""
    return _plain(response.content.decode())


def rows(response):
    """The rows of the page's list, in order: {id: words}."""
    return {row["id"]: _plain(row["cells"]) for row in ROW.finditer(response.content.decode())}


def names(response):
    """What stands first in each row of the page's list, in order."""
    cells = [row["cells"] for row in ROW.finditer(response.content.decode())]
    return [_plain(re.search(r'class="table__line".*?>(.*?)</', cell)[1]) for cell in cells]


def queries(client, address, **headers):
    """The SQL that `address` asks for, beyond session, user and membership, asked once each."""
    with CaptureQueriesContext(connection) as asked:
        response = client.get(address, headers=headers)
    assert response.status_code == 200, address
    sql = [query["sql"] for query in asked]
    assert all(expected in one for expected, one in zip(DOOR, sql, strict=False))
    return sql[len(DOOR) :]


def _plain(html):
    return " ".join(unescape(strip_tags(html.replace("<", " <"))).split())
