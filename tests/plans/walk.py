"""Asks for every page, dialog and list, and notes what the queries behind it read."""

from urllib.parse import parse_qsl

from django.contrib import admin
from django.db import connection

from audit.support import SupportAdmin

from ..contract.calls import CALLS
from ..contract.conftest import Api
from ..desk import Desk, address
from ..pages import signed_in, swap, url
from ..views import VIEWS
from .addresses import LOOKS, OF_CALLS, OF_DESK, OF_PAGES, OF_UNASSIGNED
from .reading import reading_of

QUERIES = ("SELECT", "WITH", "(SELECT")
PAGES = 3  # of a list of the API


class Walk:
    """`readings`: of each query that was asked, with what was asked for first: (place, Reading)."""

    def __init__(self, place):
        self.place, self.named = place, place.named
        self.client = signed_in(place.admin)
        self.api = Api(place.organization, place.secret)
        self.known, self.readings = set(), []

    def through_pages(self):
        for name, view in VIEWS.items():
            if view.downloads or view.answers != 200:  # exports aside
                continue
            address = self.place.url(name)
            self._get(f"{name}?", address, "")
            region = {"headers": swap(view.region)} if view.region else {}
            for query in ["", *OF_PAGES.get(name, ())] if region else OF_PAGES.get(name, ()):
                place = f"{name}?{query}" if query else f"{name}#"
                self._get(place, address, query, **region)  # what is around it was asked for
            for sent in LOOKS.get(name, ()):
                sent = {field: value.format(**self.named) for field, value in sent.items()}
                for query in ["", "everyone=9"] if "bulk" in name else [""]:
                    path = self._with(address, query)
                    self._ask(f"{name}!{query}", self.client.post, path, {"look": "1", **sent})
        unassigned = url("billing:detail", self.place.organization, "unassigned")
        for query in OF_UNASSIGNED:
            self._get(f"unassigned?{query}", unassigned, query)

    def through_calls(self):
        for name, call in CALLS.items():
            for query in ["", *OF_CALLS.get(name, ())] if call.method == "GET" else ():
                asked = dict(parse_qsl(query.format(**self.named)))
                for _page in range(PAGES):
                    answer = self._ask(
                        f"{name}?{query}", self.api.get, call.at(self.place), **asked
                    )
                    if "nextToken" not in answer.body:
                        break
                    asked["nextToken"] = answer.body["nextToken"]

    def through_the_desk(self):
        desk = Desk()
        for model, page in admin.site._registry.items():
            for query in OF_DESK[model.__name__] if isinstance(page, SupportAdmin) else ():
                path = self._with(address(model, "changelist"), query)
                self._ask(f"{model.__name__}?{query}", desk.get, path)

    def _get(self, place, address, query, **options):
        self._ask(place, self.client.get, self._with(address, query), **options)

    def _with(self, address, query):
        path, _mark, before = address.partition("?")
        if "everyone" in query:  # instead of those ticked
            before = ""
        return f"{path}?{'&'.join(filter(None, [before, query.format(**self.named)]))}"

    def _ask(self, place, get, *arguments, **options):
        asked = []

        def listen(execute, sql, parameters, many, context):
            if sql.startswith(QUERIES):
                asked.append((sql, parameters))
            return execute(sql, parameters, many, context)

        with connection.execute_wrapper(listen):
            answer = get(*arguments, **options)
        assert answer.status_code == 200, (place, answer.status_code)
        for query in asked:
            if repr(query) not in self.known:
                self.known.add(repr(query))
                self.readings.append((place, query[0], reading_of(*query)))
        return answer
