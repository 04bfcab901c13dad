"""Choosing members among thousands: search, pages and the choice, all of it in the address."""

from functools import cached_property
from urllib.parse import urlencode

from django.db.models.functions import Lower

from .tables import BothEndsPaginator, search_words
from .text import is_number

PAGE = 25
MOST_ONE_BY_ONE = 200


class Picker:
    """What was looked for and chosen among `candidates`, a queryset of members.

    `data` is the query of the page or its submitted form; ids of others are left out.
    `chosen_by`: the filters that found `candidates`, for the audit; without them it is the words.
    """

    def __init__(self, candidates, data, chosen_by=None):
        self.candidates = candidates
        self.data = data
        self.chosen_by = chosen_by
        self.q = search_words(data)
        self.everyone = data.get("everyone", "")  # the number of all that match, as it was shown
        self.ids = sorted({int(pk) for pk in data.getlist("member") if is_number(pk)})
        look = data.get("look", "")
        self.looks = "look" in data
        self.number = look if is_number(look) else data.get("page", "1")
        self.target = data.get("billing_group", "")

    @property
    def matching(self):
        return self.candidates.matching(self.q) if self.chosen_by is None else self.candidates

    @cached_property
    def pages(self):
        """The ids of all that match, page by page."""
        ids = self.matching.order_by(Lower("name"), "pk").values_list("pk", flat=True)
        return BothEndsPaginator(ids, PAGE)

    def chosen(self):
        """The members chosen, as a queryset; evaluate it under locks."""
        if self.everyone:
            return self.matching
        return self.candidates.filter(pk__in=self.ids)

    def elsewhere(self, shown):
        """Those chosen one by one that the page of results, the ids `shown`, does not show."""
        others = [pk for pk in self.ids[:MOST_ONE_BY_ONE] if pk not in shown]
        return self.candidates.filter(pk__in=others).order_by(Lower("name"), "pk")

    @cached_property
    def there(self):
        """The ids of those chosen who are candidates still."""
        return list(self.chosen().values_list("pk", flat=True))

    @cached_property
    def count(self):
        """How many are chosen now: the number that the page shows, wherever it does."""
        return self.pages.count if self.everyone else len(self.there)

    def counted(self, number):
        """Take it from who looked at those chosen that they are a `number`: no need to count."""
        if self.everyone:
            self.pages.count = number

    @property
    def gone(self):
        """How many of those chosen one by one are no candidates any more."""
        return 0 if self.everyone else len(self.ids) - self.count

    @property
    def expected(self):
        """How many the admin was shown; -1 where all that match are chosen and none was."""
        if not self.everyone:
            return len(self.ids)
        return int(self.everyone) if is_number(self.everyone) else -1

    @property
    def arguments(self):
        """The choice as the operations on members take it."""
        chosen_by = self.chosen_by or {"q": self.q}
        return {
            "members": self.chosen(),
            "expected": self.expected,
            "chosen_by": chosen_by if self.everyone else {},
        }

    def context(self, members):
        """What the page shows: the page of results, as `members` have them, and who is chosen."""
        page = self.pages.get_page(self.number)
        ids = list(page.object_list)
        rows = {row.pk: row for row in members.filter(pk__in=ids)}
        page.object_list = [rows[pk] for pk in ids if pk in rows]
        return {
            "page_obj": page,
            "elsewhere": self.elsewhere(ids),
            "chosen_count": self.count,
        }

    @property
    def too_many(self):
        return not self.everyone and len(self.ids) > MOST_ONE_BY_ONE

    @property
    def as_shown(self):
        """The query of an act's page; it holds those, or the number of all, that is shown now."""
        query = self.data.copy()
        if self.everyone:
            query["everyone"] = self.count
        else:
            query.setlist("member", self.there)
        return "?" + query.urlencode()

    @property
    def address(self):
        """The query of the same page with the choice kept."""
        query = [("q", self.q), ("page", self.number), ("billing_group", self.target)]
        query += [("everyone", self.everyone)]
        query += [("member", pk) for pk in self.ids]
        return "?" + urlencode([(name, value) for name, value in query if value])
