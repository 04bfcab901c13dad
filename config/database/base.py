"""PostgreSQL as Django has it, but that a connection is found alive without a round trip."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self):
        """Asked at each request. A server that is gone has hung up, which can be read here."""
        return self._is_quiet() or super().is_usable()

    def _is_quiet(self):
        if self.errors_occurred or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0)
