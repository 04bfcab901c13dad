"""The benchmark runs from end to end; what it measures here says nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.comparing import compare
from benchmarks.metering import Row
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
    assert len(rows) == 9
    assert all(row["ratio"] > 0 for row in rows)
    assert all(row["what"] in done.stdout for row in rows)


def a_row(candidate):
    return Row("", "", candidate, lambda seconds: Slice(rate=2, records=0), goal=0.5)


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
