"""The rows of the metering: what is measured, and the limit that it is compared with."""

import random

from . import cursor, gateway
from .comparing import Row

BATCH = 1_000


def rows(place, pgbench, server):
    of = Work(place, pgbench, server.port)
    return [*of.one_report(), *of.batches(), *of.through_django(), *of.over_http()]


class Work:
    """The slices of which the rows are made."""

    def __init__(self, place, pgbench, port):
        self.place, self.pgbench, self.port = place, pgbench, port

    def one_report(self):
        spread, one_group = self.place.spread, self.place.one_group
        bare = "pgbench, bare INSERT"
        yield Row(
            "function, one report, 1 client",
            bare,
            self.function(1, spread),
            self.insert(1, spread),
            0.5,
            0.65,
        )
        yield Row(
            "function, one report, 16 clients spread over groups",
            bare,
            self.function(16, spread),
            self.insert(16, spread),
            0.3,
            0.4,
        )
        yield Row(
            "function, one report, 16 clients in one limited group",
            bare,
            self.function(16, one_group),
            self.insert(16, one_group),
            0.11,
            0.17,
        )

    def batches(self):
        for callers, excellent, who in (
            (1, 0.4, "1 caller"),
            (4, 0.37, "4 callers with no member in common"),
        ):
            yield Row(
                f"function, batch of 1,000, {who}",
                "pgbench, bare INSERT of 1,000",
                self.batch(callers),
                self.batch_insert(callers),
                0.28,
                excellent,
            )

    def through_django(self):
        yield Row(
            "Django cursor and function, one report, 1 client",
            "pgbench, same function",
            self.django(),
            self.function(1, self.place.spread),
            0.45,
        )

    def over_http(self):
        spread, one_group = self.place.spread, self.place.one_group
        yield Row(
            "HTTP, one report, 16 clients spread over groups",
            "pgbench, same function",
            self.http(spread),
            self.function(16, spread),
            0.18,
        )
        yield Row(
            "HTTP, one report, 16 clients in one limited group",
            "HTTP, spread",
            self.http(one_group),
            self.http(spread),
            0.8,
        )
        yield Row(
            "HTTP, batch of 1,000, 1 caller",
            "pgbench, same function",
            self.http_batch(),
            self.batch(1),
            0.6,
        )

    def function(self, clients, chosen):
        return self._pgbench("one_report.sql", clients, 1, chosen)

    def insert(self, clients, chosen):
        return self._pgbench("bare_record.sql", clients, 1, chosen)

    def batch(self, callers):
        return self._pgbench("batch.sql", callers, BATCH, self.place.shared_by(callers))

    def batch_insert(self, callers):
        return self._pgbench("bare_batch.sql", callers, BATCH, self.place.shared_by(callers))

    def _pgbench(self, script, clients, each, chosen):
        return lambda seconds: self.pgbench.run(
            script, seconds=seconds, clients=clients, each=each, **chosen
        )

    def django(self):
        members = at_random(self.place.spread)
        return lambda seconds: cursor.report(self.place, members=members, seconds=seconds)

    def http(self, chosen, clients=16):
        return self._gateway(at_random(chosen), clients, 1)

    def http_batch(self):
        return self._gateway(in_turn(self.place.spread), 1, BATCH)

    def _gateway(self, members, clients, each):
        return lambda seconds: gateway.report(
            self.port, self.place, members=members, seconds=seconds, clients=clients, each=each
        )


def at_random(chosen):
    """Ids of the chosen members without end."""
    while True:
        yield chosen["first_member"] + chosen["step"] * random.randrange(chosen["choices"])


def in_turn(chosen):
    while True:
        for n in range(chosen["choices"]):
            yield chosen["first_member"] + chosen["step"] * n
