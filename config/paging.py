"""Lists of the HTTP API, page by page: by keys, never by counting rows off."""

from django.core import signing
from django.db.models import Q
from django.utils.translation import gettext as _
from pydantic import Field

from .api import ApiError
from .schemas import In, Out

BY_AGE = ("created_at", "pk")  # of few rows: by `pk` alone all organizations' might be read


class Paging(In):
    """How much of a list is asked for, and after which answer."""

    max_results: int = Field(20, ge=1, le=100, description="Rows of a page.")
    next_token: str = Field("", description="`nextToken` of the answer before: its next page.")


class Page(Out):
    """What the answer with a page of a list says besides its rows."""

    max_results: int = Field(examples=[20])
    next_token: str | None = Field(
        None, description="Of the next page; left out on the last.", examples=["WzQ3MTFd:1vZ:Xu"]
    )


def page_of(request, rows, paging, key=("pk",), period=None, shown=None):
    """The rows that `paging` asks for of the queryset `rows`, and what the Page says.

    `key`: the fields that order the rows and tell them apart; `-` before one for descending. A
    token fits the same list with the same filters, of the same `period` where there is one: else,
    or where it was tampered with, 400. `shown` adds what an answer needs to the page's rows.
    """
    return page_over(request, lambda first: [rows], paging, key, period, shown)


def page_over(request, parts, paging, key, period=None, shown=None):
    """As `page_of`, of rows that stand in several querysets, all of each before the next.

    `parts` gives them: it takes the first value of the key behind which the page begins, or None.
    """
    salt = _list(request, period)
    last = _read(paging.next_token, salt) if paging.next_token else None
    beyond = _beyond(key, last) if last else Q()
    found, wanted = [], paging.max_results + 1
    for rows in parts(last and last[0]):
        rows = rows.filter(beyond).order_by(*key)[: wanted - len(found)]
        found += shown(_again(rows)).order_by(*key) if shown else rows
        if len(found) == wanted:
            break
    page = found[: paging.max_results]
    token = None
    if len(found) > len(page):
        last = [getattr(page[-1], name.removeprefix("-")) for name in key]
        token = signing.dumps([_plain(value) for value in last], salt=salt)
    return page, {"max_results": paging.max_results, "next_token": token}


def _again(rows):
    """The same rows of the model, found by their ids: what is joined to them, only to them."""
    return rows.model.objects.filter(pk__in=rows.values("pk"))


def _beyond(key, last):
    """The condition for the rows after that with the values `last`."""
    condition, same = Q(), {}
    for field, value in zip(key, last, strict=True):
        name, sign = field.removeprefix("-"), "lt" if field.startswith("-") else "gt"
        condition |= Q(**same, **{f"{name}__{sign}": value})
        same[name] = value
    first, sign = key[0].removeprefix("-"), "lte" if key[0].startswith("-") else "gte"
    return Q(**{f"{first}__{sign}": last[0]}) & condition  # what an index is read from


def _list(request, period):
    """Names the list that is read: its address and filters, and the period that it is of."""
    asked = request.GET.copy()
    for name in ("nextToken", "maxResults"):
        asked.pop(name, None)
    filters = "&".join(sorted(asked.urlencode().split("&")))
    return f"{request.path}?{filters}#{period.pk if period else ''}"


def _read(token, salt):
    try:
        return signing.loads(token, salt=salt)
    except signing.BadSignature:
        raise ApiError(400, _("This nextToken is not one of this list."), "nextToken") from None


def _plain(value):
    return value if isinstance(value, int | str) else value.isoformat()
