"""Calls that race: each in a thread and on a connection of its own."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

from django.db import connection, transaction

PATIENCE = 60
SOMEBODY_WAITS_FOR_US = """
SELECT EXISTS (
    SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))
)
"""


def at_once(*calls):
    """Begin them all at one instant and return what they return, in order; raises their errors."""
    start = Barrier(len(calls))

    def run(call):
        connection.ensure_connection()
        start.wait(PATIENCE)
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        running = [threads.submit(_alone, lambda call=call: run(call)) for call in calls]
        return [each.result(PATIENCE) for each in running]


def behind(first, second):
    """Begin `second` after `first` and before its commit; returns what both return."""
    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            before = first()
            running = thread.submit(_alone, second)
            while not (running.done() or _somebody_waits_for_us()):
                time.sleep(0.001)
        return before, running.result(PATIENCE)


def meanwhile(work, *disturbances):
    """Make the calls of `work` at once, and each disturbance again and again until they return."""
    done = Event()

    def all_work():
        try:
            return at_once(*work)
        finally:
            done.set()

    def again_and_again(disturb):
        times = 0
        while not done.is_set():
            disturb()
            times += 1
        return times

    results, *times = at_once(
        all_work, *(lambda disturb=each: again_and_again(disturb) for each in disturbances)
    )
    assert all(times), "each disturbance came through"
    return results


def result_or_error(call):
    """`call`, returning the exception that it raises."""

    def run():
        try:
            return call()
        except Exception as error:
            return error

    return run


def _alone(call):
    try:
        return call()
    finally:
        connection.close()


def _somebody_waits_for_us():
    with connection.cursor() as cursor:
        cursor.execute(SOMEBODY_WAITS_FOR_US)
        return cursor.fetchone()[0]
