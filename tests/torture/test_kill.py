"""Server and database are killed -9 under load: what was acknowledged is there exactly once.

`make torture` runs more rounds than `make scale`: each kills the server once and the database once.
"""

import json
import os
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from threading import Event

import pytest

from .machine import DURABLE, Gateway, Machine

ROUNDS = int(os.environ.get("TORTURE_ROUNDS", "1"))
CLIENTS = 8
BEFORE_A_KILL = (0.5, 1.5)  # seconds
MOST_A_BATCH = 20


@pytest.fixture
def machine():
    with Machine() as machine:
        yield machine


@pytest.fixture
def place(machine):
    return json.loads(machine.run("-m", "tests.torture.place"))


def report_until(done, gateway, place, client):
    """Report batches until told to stop; what was acknowledged, {event id: (credits, outcome)}."""
    chance, numbers, acknowledged = random.Random(client), count(), {}
    while not done.is_set():
        batch = [
            {
                "eventId": f"{client}-{next(numbers)}",
                "memberId": chance.choice(place["members"]),
                "credits": chance.randint(1, 30000) / 10000,
                "occurredAt": datetime.now(UTC).isoformat(),
            }
            for _ in range(chance.randint(1, MOST_A_BATCH))
        ]
        for record, result in zip(batch, gateway.report(batch), strict=True):
            acknowledged[record["eventId"]] = (record["credits"], result["outcome"])
    gateway.close()
    return acknowledged


def story(machine, place):
    """What the clients were told while there were kills, and how often they had to send again."""
    done, chance = Event(), random.Random(ROUNDS)
    gateways = [
        Gateway(machine.port, place["organization"], place["secret"]) for _ in range(CLIENTS)
    ]
    with ThreadPoolExecutor(CLIENTS) as threads:
        clients = [
            threads.submit(report_until, done, gateway, place, number)
            for number, gateway in enumerate(gateways)
        ]
        try:
            for kill in (machine.kill_server, machine.kill_database) * ROUNDS:
                done.wait(chance.uniform(*BEFORE_A_KILL))
                kill()
            done.wait(BEFORE_A_KILL[1])
        finally:
            done.set()
        told = [client.result() for client in clients]
    acknowledged = {event: answer for each in told for event, answer in each.items()}
    return acknowledged, sum(gateway.failures for gateway in gateways)


def test_what_was_acknowledged_is_there_exactly_once_whatever_is_killed(machine, place):
    for setting in DURABLE:
        assert machine.ask(f"SHOW {setting}") == [("on",)]
    acknowledged, failures = story(machine, place)
    assert failures >= 2 * ROUNDS, "each kill was felt"
    assert len(acknowledged) > 100 * ROUNDS, "work went on"
    assert_counted_once(machine, acknowledged)
    assert_crossed_by_one_at_most(machine, place)
    assert machine.manage("check_totals").startswith("equal:")


def assert_counted_once(machine, acknowledged):
    counted = {"recorded", "duplicate"}
    expected = {
        event: Decimal(str(credits))
        for event, (credits, outcome) in acknowledged.items()
        if outcome in counted
    }
    rows = machine.ask("SELECT event_id, credits FROM billing_usagerecord")
    assert len(rows) == len(expected)
    assert dict(rows) == expected
    assert {outcome for _credits, outcome in acknowledged.values()} <= counted | {"refused"}


def assert_crossed_by_one_at_most(machine, place):
    sql = "SELECT credits FROM billing_usagerecord WHERE billing_group_id = %s ORDER BY id"
    credits = [row[0] for row in machine.ask(sql, place["limited"])]
    assert sum(credits) - max(credits) < place["limit"]
