"""A slice: a few seconds of one kind of work, and how fast it went."""

import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

SCRIPTS = Path(__file__).parent / "pgbench"


class Broken(Exception):
    """Something inside a slice went wrong: the whole run fails."""


@dataclass(frozen=True, slots=True)
class Slice:
    """So many records, or turns, each second; `records`: how many the product acknowledged.

    `client`: the share of one core that the load generator took, where that is ours; `grown`: by
    how many MB the server's memory grew, where that is looked at.
    """

    rate: float
    records: int = 0
    client: float = 0.0
    grown: float = 0.0

    @property
    def seconds(self):
        """How long one turn took."""
        return 1 / self.rate


def repeat(work, seconds):
    """Do `work` until the `seconds` are over, once at least; returns the Slice."""
    began, turns, took = time.monotonic(), 0, 0
    while not turns or took < seconds:
        work()
        turns += 1
        took = time.monotonic() - began
    return Slice(turns / took)


def once(work):
    """A slice of what is done but once, however long it takes."""
    return repeat(work, 0)


class Pgbench:
    """PostgreSQL's own load generator, with prepared statements, against the cluster of the run."""

    def __init__(self, binaries, url):
        self.program, self.url = binaries / "pgbench", url
        if not self.program.exists():
            raise Broken(f"There is no pgbench in {binaries}: install it, or set PG_BIN.")

    def run(self, script, *, seconds, clients=1, each=1, **variables):
        """Let `clients` repeat `script`, which records `each`; returns the Slice.

        In no seconds each of them does it once, which shows that it works.
        """
        how_long = f"--time={seconds}" if seconds else "--transactions=1"
        command = [self.program, "--no-vacuum", "--protocol=prepared", "--jobs=1"]
        command += [f"--client={clients}", how_long, f"--file={SCRIPTS / script}"]
        command += [f"--define={name}={value}" for name, value in variables.items()]
        done = subprocess.run([*command, self.url], capture_output=True, text=True)
        if done.returncode or int(_said("number of failed transactions: ", done.stdout)):
            raise Broken(f"{script} failed:\n{done.stdout}{done.stderr}")
        rate = float(_said("tps = ", done.stdout)) * each
        processed = int(_said("number of transactions actually processed: ", done.stdout))
        return Slice(rate, 0 if script.startswith("bare_") else processed * each)


def _said(name, printed):
    """The number that pgbench printed under `name`."""
    return re.match(r"[\d.]+", printed.partition(name)[2])[0]
