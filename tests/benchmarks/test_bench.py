"""The benchmark runs from end to end; what it measures here says nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.comparing import Compared, Row, compare
from benchmarks.printing import growth, write_json
from benchmarks.slices import Broken, Slice
from billing.models import UsageTotal
from config.postgres import find_binaries
from tests.factories import report

ROOT = Path(__file__).parents[2]


def bench(*arguments, **variables):
    ours = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=ROOT,
        env=ours | variables,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.skipif(
    not (find_binaries() / "pgbench").exists(), reason="pgbench is not beside the server"
)
def test_every_row_is_measured_and_its_totals_are_exact(tmp_path):
    results = tmp_path / "results.json"
    done = bench("--size", "1000", "--runs", "1", "--seconds", "0", "--json", str(results))
    assert done.returncode == 0, done.stderr
    rows = json.loads(results.read_text())["rows"]
    assert len(rows) == 20
    assert all(row["ratio"] > 0 for row in rows)
    assert all(row["what"] in done.stdout for row in rows)
    assert [row["good"] for row in rows] == ["at least"] * 9 + ["at most"] * 11


def a_row(candidate=None, **more):
    return Row("row", "", candidate, lambda seconds: Slice(rate=2), **{"goal": 0.5} | more)


def compared(row, grown=0):
    return Compared(row, [(Slice(rate=1, grown=grown), Slice(rate=2))])


def test_rates_must_reach_the_goal_and_times_stay_under_it():
    assert compared(a_row(goal=0.5)).verdict == "reached"
    assert compared(a_row(goal=0.6)).verdict == "missed"
    assert compared(a_row(goal=2, timed=True)).verdict == "reached"
    assert compared(a_row(goal=1.9, timed=True)).verdict == "missed"


def test_a_server_that_grows_too_much_misses_the_goal():
    row = a_row(goal=2, timed=True, memory=10)
    assert compared(row, grown=10).verdict == "reached"
    assert compared(row, grown=11).verdict == "missed"


@pytest.mark.parametrize("timed", [True, False])
def test_growth_is_a_factor_of_the_time(tmp_path, timed):
    smaller, row = tmp_path / "tenth.json", a_row(timed=timed)
    half = [(Slice(rate=4), Slice(rate=2))]
    write_json(smaller, {"members": 10, "records": 100}, [Compared(row, half)])
    assert "| row | × 4.00 | × 1.00 |" in growth([compared(row)], smaller)


def test_a_record_that_was_acknowledged_and_is_not_stored_fails_the_run(db):
    with pytest.raises(Broken, match="0 records are stored, 2 were acknowledged"):
        compare(a_row(lambda seconds: Slice(rate=1, records=1)), runs=1, seconds=1)


def test_a_total_that_is_not_the_sum_of_its_records_fails_the_run(member):
    def candidate(seconds):
        report(member)
        UsageTotal.objects.update(credits=5)
        return Slice(rate=1, records=1)

    with pytest.raises(Broken, match="totals differ"):
        compare(a_row(candidate), runs=1, seconds=1)
