"""How Credits by day are drawn: bars, lines and words."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from billing.charts import Day, Scale, daily_chart, limit_chart

from ..factories import BillingGroupFactory, MemberFactory, assign, limit, report
from ..pages import url, words

AMOUNTS = st.decimals("-1e9", "1e9", places=4)


def days(*amounts, to_come=0):
    """Days from November 1 on, the last of which that is not to come is today, half over."""
    found, so_far = [], Decimal(0)
    for place in range(len(amounts) + to_come):
        is_past = place < len(amounts)
        on_it = Decimal(amounts[place] if is_past else 0)
        so_far += on_it
        state = "" if place < len(amounts) - 1 else "today" if is_past else "to-come"
        passed = {"": Decimal(1), "today": Decimal("0.5"), "to-come": Decimal(0)}[state]
        day = date(2026, 11, 1) + timedelta(days=place)
        found.append(Day(day, on_it, so_far, state, passed))
    return found


@pytest.mark.parametrize(
    ("highest", "lines"),
    [
        ("0.0003", ["0.0003", "0.0002", "0.0001", "0"]),
        ("1", ["1", "0.5", "0"]),
        ("1.1", ["1.5", "1", "0.5", "0"]),
        ("30", ["30", "20", "10", "0"]),
        ("31", ["40", "20", "0"]),
        ("812", ["1000", "500", "0"]),
        ("6000", ["6000", "4000", "2000", "0"]),
    ],
)
def test_lines_stand_at_steps_of_1_2_and_5(highest, lines):
    assert Scale(Decimal(0), Decimal(highest)).lines == [Decimal(line) for line in lines]


@pytest.mark.parametrize(
    ("lowest", "highest", "lines"),
    [(-1, 9, [10, 5, 0, -5]), (-9, 9, [10, 0, -10]), (-9, 0, [0, -5, -10])],
)
def test_lines_stand_below_zero_too(lowest, highest, lines):
    assert Scale(Decimal(lowest), Decimal(highest)).lines == lines


@given(AMOUNTS, AMOUNTS)
def test_a_scale_holds_every_amount_and_zero_within_four_lines(one, other):
    assume(one or other)
    lowest, highest = min(one, other, Decimal(0)), max(one, other, Decimal(0))
    scale = Scale(lowest, highest)
    lines = scale.lines
    assert lines[0] >= highest
    assert lines[-1] <= lowest
    assert 0 in lines
    assert 2 <= len(lines) <= 4
    assert lines[0] - scale.step < highest or highest == 0
    assert lines[-1] + scale.step > lowest or lowest == 0


def test_a_bar_stands_on_zero_and_takes_80_percent_of_its_day():
    bars = [mark["bar"] for mark in daily_chart(days(100, 25, 0, 50)).marks]
    assert bars[0] == {"x": "2.500%", "width": "20.000%", "y": "0.000%", "height": "100.000%"}
    assert bars[1] == {"x": "27.500%", "width": "20.000%", "y": "75.000%", "height": "25.000%"}
    assert bars[2]["height"] == "0.000%"


def test_a_day_with_more_taken_away_than_used_hangs_below_zero():
    chart = daily_chart(days(20, -10, 20))
    assert [line["label"] for line in chart.lines] == ["20", "10", "0", "-10"]
    bar = chart.marks[1]["bar"]
    assert (bar["y"], bar["height"]) == ("66.667%", "33.333%")


def test_every_seventh_day_is_named():
    labels = daily_chart(days(*range(1, 11), to_come=20)).labels
    assert len(labels) == 30
    assert [label for label in labels if label] == ["Nov 1", "Nov 8", "Nov 15", "Nov 22", "Nov 29"]


def test_the_sentence_says_what_one_would_see():
    chart = daily_chart(days(3, "812.5", 100, to_come=27))
    assert chart.sentence == "Daily Credits, Nov 1 to Nov 3; highest 812.5 on Nov 2"
    chart = limit_chart(days(3, "812.5", 100, to_come=27), Decimal(5000))
    assert chart.sentence == "Credits so far, Nov 1 to Nov 3: 915.5 of 5,000"


def test_each_day_says_its_credits_and_today_and_the_days_to_come_are_marked():
    marks = daily_chart(days(3, "1812.5", to_come=1)).marks
    titles = [mark["title"] for mark in marks]
    assert titles == ["Nov 1: 3 Credits", "Nov 2: 1,812.5 Credits", "Nov 3: 0 Credits"]
    assert [mark["state"] for mark in marks] == ["", "today", "to-come"]


def test_what_was_used_so_far_climbs_to_the_present_and_the_even_pace_to_the_limit():
    chart = limit_chart(days(25, 50, to_come=2), Decimal(100))
    first, second = (mark["line"] for mark in chart.marks)
    assert first == {"x1": "0.000%", "y1": "100.000%", "x2": "25.000%", "y2": "75.000%"}
    assert second == {"x1": "25.000%", "y1": "75.000%", "x2": "37.500%", "y2": "25.000%"}
    assert chart.pace == {"y1": "100.000%", "y2": "0.000%"}
    assert chart.limit == {"y": "0.000%"}


def test_more_than_the_limit_stands_above_its_line():
    chart = limit_chart(days(150), Decimal(100))
    assert chart.limit == {"y": "33.333%"}
    assert chart.marks[0]["line"]["y2"] == "0.000%"


@pytest.fixture
def group(organization):
    group = BillingGroupFactory(organization=organization)
    member = MemberFactory(organization=organization, is_unlimited=True)
    assign(member, group)
    report(member, 30)
    return group


@pytest.mark.parametrize(("cap", "charts"), [(None, 1), (0, 1), (100, 2)])
def test_a_limit_is_drawn_where_there_is_one(console, organization, group, cap, charts):
    limit(group, cap)
    page = console.get(url("billing:group-days", organization, group.pk))
    assert page.content.decode().count("<figure") == charts
    assert ("against the limit" in words(page)) == (charts == 2)


def test_the_table_has_the_days_that_have_begun(console, organization, group):
    page = console.get(url("billing:group-days", organization, group.pk))
    begun = [day for day in page.context["daily"].days if day.state != "to-come"]
    assert page.content.decode().count('<tr><th scope="row">') == len(begun) + 1
    assert f"{begun[-1]} 30 30 All days 30" in words(page)
