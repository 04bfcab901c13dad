"""A connection that the server closed is found out before it is used, and it can prepare."""

import gzip

import psycopg
import pytest
from django.db import DataError, connection
from django.db.backends.postgresql import base
from django.test.utils import CaptureQueriesContext

from members.csv_files import BYTE_ORDER_MARK, write_csv

pytestmark = pytest.mark.django_db(transaction=True)


def next_request():
    """What Django does when a request begins, of a connection kept from the last one."""
    connection.health_check_enabled = True
    connection.health_check_done = False


def process(ask=connection.cursor):
    with ask() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def end(pid):
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_a_living_one_is_kept_without_asking_the_server(monkeypatch):
    before = process()
    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", lambda wrapper: pytest.fail("asked"))
    next_request()
    assert process() == before


@pytest.mark.parametrize("ask", [connection.cursor, connection.prepared])
def test_one_that_the_server_ended_is_replaced_whoever_asks_first(ask):
    before = process()
    end(before)
    next_request()
    assert process(ask) != before


def test_one_that_failed_is_asked():
    process()
    connection.errors_occurred = True
    assert connection.is_usable()


def answer(cursor, *parameters):
    with cursor:
        cursor.execute("SELECT 60 / %s", parameters)
        return cursor.fetchone()[0]


def test_the_server_plans_once_what_is_prepared_and_nothing_else():
    connection.close()
    assert [answer(connection.prepared(), n) for n in (1, 2, 3)] == [60, 30, 20]
    assert answer(connection.cursor(), 5) == 12
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement, generic_plans + custom_plans FROM pg_prepared_statements")
        assert cursor.fetchall() == [("SELECT 60 / $1", 3)]


def test_no_query_is_compiled_and_other_options_hold(monkeypatch):
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "options", "-c work_mem=5MB")
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('jit'), current_setting('work_mem')")
        assert cursor.fetchone() == ("off", "5MB")
    connection.close()


def test_an_error_of_what_is_prepared_is_one_of_django():
    with pytest.raises(DataError):
        answer(connection.prepared(), 0)
    assert answer(connection.prepared(), 4) == 15


def test_a_file_is_written_where_queries_are_noted_too():
    """As they are with DEBUG=1."""
    with CaptureQueriesContext(connection) as asked:
        file, rows = write_csv(("Text",), "SELECT %s", ["given"])
    with file:
        assert (gzip.decompress(file.read()), rows) == (BYTE_ORDER_MARK + b"Text\r\ngiven\r\n", 1)
    assert asked[0]["sql"].startswith("COPY (SELECT")
