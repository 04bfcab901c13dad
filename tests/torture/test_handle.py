"""Handle of many while metering goes on: who stays notices nothing, who moves waits for the move.

`make torture` moves 50,000 of 100,000 and compares the times; `make scale` moves a tenth of that.
"""

import contextlib
import http.client
import json
import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import quantiles
from threading import Event
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from ..sums import ATTRIBUTED_ELSEWHERE
from .machine import PATIENCE, Gateway, Machine

HANDLED = int(os.environ.get("TORTURE_HANDLED", "5000"))
IS_MEASURED = HANDLED >= 50_000
BEFORE = 1_000 if IS_MEASURED else 50  # reports of those who stay until the move begins
CLIENTS = 8  # of each half
WARM_UP = 2 * CLIENTS  # answers that a cold server gives
PAUSE = 0.05  # seconds from an answer to the next report
SLACK = 1  # seconds in which those who waited are answered, one after the other
TOKEN = "t" * 32
PLACES = """
SELECT billing_group_id = %s, count(*) FROM billing_usagerecord
WHERE member_id = ANY (%s) GROUP BY 1 ORDER BY 1
"""


@pytest.fixture
def machine():
    with Machine(threads=2 * CLIENTS + 4) as machine:
        yield machine


@pytest.fixture
def place(machine):
    return json.loads(machine.run("-m", "tests.torture.crowd", str(HANDLED)))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client was told, and when: `asked` and `took` are seconds."""

    asked: float
    took: float
    said: object

    @property
    def told(self):
        return self.asked + self.took


class Reporter(Gateway):
    """Reports on one of `members` after the other."""

    timeout = 60

    def __init__(self, machine, place, members):
        super().__init__(machine.port, place["organization"], place["secret"])
        self.members = members

    def ask(self):
        record = {
            "eventId": uuid4().hex,
            "memberId": str(random.choice(self.members)),
            "credits": 1.25,
            "occurredAt": datetime.now(UTC).isoformat(),
        }
        [result] = self.report([record])
        return result["outcome"]


class Admin:
    """The browser of an admin who looks at the members."""

    def __init__(self, machine, place):
        self.connection = http.client.HTTPConnection("127.0.0.1", machine.port, timeout=60)
        self.place, self.close = place, self.connection.close
        self.headers = {
            "Cookie": f"sessionid={place['session']}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Content-Type": "application/x-www-form-urlencoded",
        }

    def ask(self):
        return self.send("GET", "members/")

    def handle(self):
        """Assign all of Unassigned."""
        form = {
            "period": self.place["period"],
            "billing_group": self.place["target"],
            "everyone": len(self.place["moving"]),
        }
        return self.send("POST", "billing-groups/unassigned/handle/", urlencode(form))

    def send(self, method, address, body=None):
        self.connection.request(method, f"/o/{self.place['slug']}/{address}", body, self.headers)
        response = self.connection.getresponse()
        response.read()
        return response.status


def timed(ask):
    asked = time.monotonic()
    said = ask()
    return Answer(asked, time.monotonic() - asked, said)


def again_and_again(done, client, told):
    with contextlib.closing(client):
        while not done.wait(PAUSE):
            told.append(timed(client.ask))


def wait_for(told, number):
    give_up = time.monotonic() + PATIENCE
    while len(told) < number:
        assert time.monotonic() < give_up, "the clients are answered"
        time.sleep(PAUSE)


def story(machine, place):
    """The move, and what those who report on each half and another admin were told around it."""
    done = Event()
    clients = {
        half: [Reporter(machine, place, place[half]) for _ in range(CLIENTS)]
        for half in ("staying", "moving")
    } | {"pages": [Admin(machine, place)]}
    told = {kind: [] for kind in clients}
    with ThreadPoolExecutor(2 * CLIENTS + 1) as threads:
        running = [
            threads.submit(again_and_again, done, client, told[kind])
            for kind, each in clients.items()
            for client in each
        ]
        try:
            wait_for(told["staying"], BEFORE)
            with contextlib.closing(Admin(machine, place)) as admin:
                move = timed(admin.handle)
            wait_for(told["moving"], len(told["moving"]) + 3 * CLIENTS)
        finally:
            done.set()
        for each in running:
            each.result()
    assert not any(client.failures for half in ("staying", "moving") for client in clients[half])
    return move, told


def before_and_during(move, answers):
    """The times of those answers that came before the move, and of those that it touched."""
    before = [each.took for each in answers if each.told < move.asked]
    return before, [
        each.took for each in answers if move.asked < each.told and each.asked < move.told
    ]


def is_within(move, answer):
    return move.asked < answer.asked and answer.told < move.told


def p99(times):
    return quantiles(times, n=100)[98]


def test_a_move_of_many_holds_up_those_who_move_only(machine, place):
    move, told = story(machine, place)
    assert move.said == 302
    assert {answer.said for answer in told["staying"] + told["moving"]} == {"recorded"}
    assert {answer.said for answer in told["pages"]} == {200}
    before, during = before_and_during(move, told["staying"])
    waited = before_and_during(move, told["moving"])[1]
    looked = before_and_during(move, told["pages"])[1]
    print(
        f"Moved {HANDLED:,} in {move.took:.1f} s; their reports waited {max(waited):.1f} s at most;"
        f" p99 of the others {1000 * p99(before):.0f} ms before, {1000 * p99(during):.0f} during;"
        f" the slowest page of another admin {max(looked):.1f} s."
    )
    assert len([each for each in told["staying"] if is_within(move, each)]) > 3 * CLIENTS
    assert max(waited) < move.took + SLACK
    assert_attributed_by_time(machine, place)
    assert machine.manage("check_totals").startswith("equal:")
    if IS_MEASURED:
        assert move.took < 10
        assert p99(during) < 1.5 * p99(before)


def assert_attributed_by_time(machine, place):
    assert machine.ask(ATTRIBUTED_ELSEWHERE) == []
    [(_elsewhere, before), (_target, after)] = machine.ask(PLACES, place["target"], place["moving"])
    assert min(before, after) >= CLIENTS, "there were reports on both sides of the move"
    sql = "SELECT count(*) FROM members_member WHERE billing_group_id = %s AND id = ANY (%s)"
    assert machine.ask(sql, place["target"], place["moving"]) == [(HANDLED,)]
