"""Among 20 organizations of equal size no query reads more than 20 times the rows it is for.

Who reads the rows of all twenty to show those of one is over that. Exports are aside. The support
desk reads across organizations: beside its pages as far as it counts.
"""

import pytest

from audit.support import MOST_COUNTED

from .addresses import OF_DESK
from .bounds import BOUNDS, is_allowed
from .place import Plenty, database_of_its_own, load
from .walk import Walk

pytestmark = pytest.mark.django_db

TIMES = 20
FEW = 100  # rows, as they lie on a page or two of a table: no index is looked into for less


@pytest.fixture(scope="module")
def plenty(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), database_of_its_own():
        load()
        yield Plenty()


def test_no_query_reads_more_than_20_times_the_rows_it_is_for(plenty):
    walk = Walk(plenty)
    walk.through_pages()
    walk.through_calls()
    over = [
        (place, reading, sql)
        for place, sql, reading in walk.readings
        if not reading.is_within(TIMES, FEW)
    ]
    assert [each for each in over if not is_allowed(*each[:2])] == []
    used = {bound for bound in BOUNDS for each in over if bound.allows(*each[:2])}
    assert used == set(BOUNDS)  # none is left that nothing needs


def test_no_list_of_the_desk_reads_more_than_its_page_or_than_it_counts(plenty):
    walk = Walk(plenty)
    walk.through_the_desk()
    assert {place.partition("?")[0] for place, _sql, _reading in walk.readings} == set(OF_DESK)
    over = [
        (place, reading, sql)
        for place, sql, reading in walk.readings
        if not reading.is_within(TIMES, MOST_COUNTED)
    ]
    assert over == []
