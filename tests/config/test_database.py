"""A connection that the server has closed is found out before it is used."""

import psycopg
import pytest
from django.db import connection
from django.db.backends.postgresql import base

pytestmark = pytest.mark.django_db(transaction=True)


def next_request():
    """What Django does when a request begins, of a connection kept from the last one."""
    connection.health_check_done = False
    connection.close_if_health_check_failed()


def process():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def end(pid):
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_a_living_one_is_kept_without_asking_the_server(monkeypatch):
    before = process()
    connection.health_check_enabled = True
    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", lambda wrapper: pytest.fail("asked"))
    next_request()
    assert process() == before


def test_one_that_the_server_ended_is_replaced():
    before = process()
    connection.health_check_enabled = True
    end(before)
    next_request()
    assert process() != before


def test_one_that_failed_is_asked():
    process()
    connection.errors_occurred = True
    assert connection.is_usable()
