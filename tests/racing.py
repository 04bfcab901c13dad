"""Calls that race: each in a thread and on a connection of its own, begun at one instant."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

from django.db import connection


def at_once(*calls, patience=60):
    """Call them all together and return what they return, in order; raises what one raised."""
    start = Barrier(len(calls))

    def run(call):
        try:
            connection.ensure_connection()
            start.wait(patience)
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        running = [threads.submit(run, call) for call in calls]
        return [each.result(patience) for each in running]


def outcome_of(call):
    """What `call` returns, else the exception that it raised."""

    def run():
        try:
            return call()
        except Exception as error:
            return error

    return run


def meanwhile(work, *disturbances, patience=60):
    """Make the calls of `work` at once, and each disturbance again and again until they return."""
    done = Event()

    def repeat(disturb):
        def run():
            times = 0
            while not done.is_set():
                disturb()
                times += 1
            return times

        return run

    def then_stop(calls):
        def run():
            try:
                return at_once(*calls, patience=patience)
            finally:
                done.set()

        return run

    results, *times = at_once(
        then_stop(work), *(repeat(each) for each in disturbances), patience=patience
    )
    assert all(times), "each disturbance happened at least once"
    return results
