"""PostgreSQL as Django has it, with connections that say if they live, and prepare statements."""

import select

from django.db.backends.postgresql import base, operations


class DatabaseOperations(operations.DatabaseOperations):
    def last_executed_query(self, cursor, sql, params):
        return super().last_executed_query(cursor, sql, params) or sql  # of a prepared one


class CursorDebugWrapper(base.CursorDebugWrapper):
    def copy(self, statement, params=None):
        """Django's own takes no parameters, and with DEBUG every export needs it."""
        with self.debug_sql(statement, params):
            return self.cursor.copy(statement, params)


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations

    def make_debug_cursor(self, cursor):
        return CursorDebugWrapper(cursor, self)

    def get_connection_params(self):
        """To compile a query takes longer than all but the longest run: `jit` is off."""
        given = super().get_connection_params()
        options = f"-c jit=off {given.get('options', '')}".strip()
        return given | {"prepare_threshold": 0, "options": options}

    def prepared(self):
        """A cursor for what is asked all day: PostgreSQL plans it once for each connection.

        Other cursors put the parameters into the text, and all of it is planned each time.
        """
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            return self._prepare_cursor(base.ServerBindingCursor(self.connection))

    def is_usable(self):
        """Asked at each request. A server that is gone has hung up, which can be read here."""
        return self._is_quiet() or super().is_usable()

    def _is_quiet(self):
        if self.errors_occurred or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0)
