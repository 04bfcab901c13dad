"""Credits by day of a period, and the geometry in which _chart.html draws them."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

from django.contrib.postgres.fields import ArrayField
from django.db.models import DateTimeField, F, Func, IntegerField, Sum, Value
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from members.templatetags.console import credits

from .periods import local_days

TODAY = "today"
TO_COME = "to-come"
MOST_STEPS = 3
WEEK = 7


class Place(Func):
    """The number, from 1, of the last of the `starts` that is not after an instant."""

    function = "width_bucket"
    output_field = IntegerField()

    def __init__(self, instant, starts):
        super().__init__(F(instant), Value(starts, output_field=ArrayField(DateTimeField())))


@dataclass(frozen=True, slots=True)
class Day:
    """Credits used on a local day, and from the start of the period to its end."""

    date: date
    credits: Decimal
    so_far: Decimal
    state: str
    passed: Decimal  # the part of it that is over, from 0 to 1

    def __str__(self):
        return date_format(self.date, pgettext("day and month", "M j"))


def days_of(period, now, group=None):
    """Every local day of `period` with what was used on it, by all, or under `group` alone.

    Summed from the records, so that late usage and adjustments stand on the day they are for: they
    add up to the totals. As slow as the period has records: for a page that can be waited for.
    """
    starts = local_days(period)
    used = _used_by_place(_records(period, group), list(starts.values()))
    ends = [*starts.values(), period.ends_at][1:]
    days, so_far = [], Decimal(0)
    for place, (day, start) in enumerate(starts.items()):
        end, on_it = ends[place], used.get(place + 1, Decimal(0))
        so_far += on_it
        state = TO_COME if start > now else TODAY if now < end else ""
        days.append(Day(day, on_it, so_far, state, _share_passed(start, end, now)))
    return days


def _records(period, group):
    """Of one group by way of its users: most groups have few of the period's records."""
    if group is None:
        return period.records.order_by()
    users = group.usage_totals.filter(period=period).values("member")
    return period.records.filter(billing_group=group, member__in=users).order_by()


def _used_by_place(records, starts):
    records = records.annotate(place=Place("occurred_at", starts)).values_list("place")
    return dict(records.annotate(used=Sum("credits")))


def _share_passed(start, end, now):
    if now >= end:
        return Decimal(1)
    return Decimal(0) if now <= start else Decimal((now - start) / (end - start))


class Scale:
    """An axis from `low` to `high`, in steps of 1, 2 or 5 times a power of ten, at most three."""

    def __init__(self, lowest, highest):
        self.step = _step(lowest, highest)
        self.low = -self.step * _steps(lowest, -self.step)
        self.high = self.step * _steps(highest, self.step)

    @property
    def lines(self):
        """The amounts at which there is a line, from the top down."""
        number = int((self.high - self.low) / self.step)
        return [self.high - self.step * place for place in range(number + 1)]

    def from_top(self, amount):
        return percent((self.high - amount) / (self.high - self.low))

    def length(self, amount):
        return percent(abs(amount) / (self.high - self.low))


def _step(lowest, highest):
    """The smallest with which the lines reach `lowest` and `highest`, one of which is not 0."""
    power = Decimal(10) ** max(highest, -lowest).adjusted()
    steps = [power * factor for factor in (Decimal("0.5"), 1, 2, 5, 10)]
    return next(
        step for step in steps if _steps(highest, step) + _steps(lowest, -step) <= MOST_STEPS
    )


def _steps(amount, step):
    return int((amount / step).to_integral_value(ROUND_CEILING))


def percent(share):
    """A share as SVG reads it, whatever the language."""
    return f"{share * 100:.3f}%"


@dataclass(frozen=True, slots=True)
class Chart:
    """What _chart.html draws: `marks` are one shape for each day, the rest may be missing."""

    name: str
    sentence: str
    lines: list
    marks: list
    labels: list
    days: list = ()
    pace: dict | None = None
    limit: dict | None = None

    @property
    def total(self):
        return self.days[-1].so_far


def daily_chart(days):
    """A bar for each day; None where nothing was used."""
    if not any(day.credits for day in days):
        return None
    scale = Scale(min(0, *(day.credits for day in days)), max(0, *(day.credits for day in days)))
    marks = [
        _mark(place, day, len(days), _("%(day)s: %(credits)s Credits"), day.credits)
        | {"bar": _bar(place, day.credits, len(days), scale)}
        for place, day in enumerate(days)
    ]
    past = [day for day in days if day.state != TO_COME]
    name, sentence = (
        _("Daily Credits"),
        _("Daily Credits, %(first)s to %(last)s; highest %(most)s on %(day)s"),
    )
    highest = max(past, key=lambda day: day.credits)
    sentence %= {
        "first": past[0],
        "last": past[-1],
        "most": credits(highest.credits),
        "day": highest,
    }
    return Chart(name, sentence, _lines(scale), marks, _labels(days), days)


def limit_chart(days, limit):
    """What was used so far, day by day, with the even pace towards `limit` and the limit itself."""
    scale = Scale(min(0, *(day.so_far for day in days)), max(limit, *(day.so_far for day in days)))
    past = [day for day in days if day.state != TO_COME]
    marks = [
        _mark(place, day, len(days), _("%(day)s: %(credits)s Credits so far"), day.so_far)
        | {"line": _segment(place, day, len(days), scale)}
        for place, day in enumerate(past)
    ]
    sentence = _("Credits so far, %(first)s to %(last)s: %(used)s of %(limit)s")
    used = {"used": credits(past[-1].so_far), "limit": credits(limit)}
    sentence %= {"first": past[0], "last": past[-1], **used}
    pace = {"y1": scale.from_top(0), "y2": scale.from_top(limit)}
    top = {"y": scale.from_top(limit)}
    name = _("Credits so far, against the limit")
    return Chart(name, sentence, _lines(scale), marks, _labels(days), pace=pace, limit=top)


def _mark(place, day, number, title, amount):
    """A day's column and its words."""
    return {
        "x": percent(Decimal(place) / number),
        "width": percent(Decimal(1) / number),
        "state": day.state,
        "title": title % {"day": day, "credits": credits(amount)},
    }


def _bar(place, amount, number, scale):
    """From zero up, or down, over 80 % of the day's width."""
    return {
        "x": percent((place + Decimal("0.1")) / number),
        "width": percent(Decimal("0.8") / number),
        "y": scale.from_top(max(amount, Decimal(0))),
        "height": scale.length(amount),
    }


def _segment(place, day, number, scale):
    """From where the day before ended to this one's end, or to the present."""
    return {
        "x1": percent(Decimal(place) / number),
        "y1": scale.from_top(day.so_far - day.credits),
        "x2": percent((place + day.passed) / number),
        "y2": scale.from_top(day.so_far),
    }


def _lines(scale):
    return [{"y": scale.from_top(amount), "label": credits(amount)} for amount in scale.lines]


def _labels(days):
    """What stands under each day: every seventh is named."""
    return [str(day) if place % WEEK == 0 else "" for place, day in enumerate(days)]
