"""Raw SQL, which goes around everything but the database's own rules."""

import pytest
from django.db import DatabaseError, connection, transaction


def run(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def assert_refused(statement, *parameters, because):
    """The statement fails, at once or when its constraints are due, for the reason given."""
    with pytest.raises(DatabaseError, match=because):
        _run_to_the_end(statement, parameters)


@transaction.atomic
def _run_to_the_end(statement, parameters):
    assert run(statement, *parameters) != 0, "the statement met no row"
    run("SET CONSTRAINTS ALL IMMEDIATE")
