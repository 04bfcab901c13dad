"""Measure, print the table and write it as JSON; see docs/performance.md."""

import argparse
import os
import secrets
import sys

import django

from config.postgres import find_binaries, running

from .slices import Broken

# As in production but for room: no checkpoint falls into one slice and not into the next.
SETTINGS = ["shared_buffers=1GB", "max_wal_size=8GB", "checkpoint_timeout=1h"]


def main():
    options = parse()
    settings = [*SETTINGS, f"synchronous_commit={options.synchronous_commit}"]
    try:
        with running(thrown_away=settings) as url:
            os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
            os.environ.setdefault("DEMO", "1")  # the server that is measured goes without
            os.environ.setdefault("SECRET_KEY", secrets.token_hex(64))  # of us and the server
            django.setup()
            measure(options, find_binaries(), url)
    except Broken as fault:
        sys.exit(str(fault))


def parse():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, help="how many members")
    parser.add_argument("--records", type=int, default=10, help="of each member")
    parser.add_argument("--runs", type=int, default=5, help="pairs of slices for each row")
    parser.add_argument("--seconds", type=int, default=3, help="of each slice")
    parser.add_argument("--synchronous-commit", default="on", choices=["on", "off"])
    parser.add_argument("--only", nargs="*", default=[""], help="rows with one of these texts")
    parser.add_argument("--json", metavar="PATH")
    parser.add_argument("--smaller", metavar="PATH", help="JSON of a tenth: says what grew")
    parser.add_argument("--page", action="store_true", help="rewrite docs/performance.md")
    return parser.parse_args()


def measure(options, binaries, url):
    from django.core.management import call_command  # these need the settings of Django
    from django.db import connection

    from . import place, printing, rows
    from .comparing import compare
    from .server import serving

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    where = place.load(options.size, options.records)
    said = printing.circumstances(
        connection,
        members=options.size,
        records=options.size * options.records,
        runs=options.runs,
        seconds=options.seconds,
    )
    results = []
    with serving() as server:
        for row in rows.of(where, binaries, url, server):
            if any(text in row.what for text in options.only):
                results.append(compare(row, options.runs, options.seconds))
                print(row.what, f"{results[-1].ratio:.3g}", flush=True)
    text = printing.markdown(said, results)
    if options.smaller:
        text += printing.growth(results, options.smaller)
    print(text)
    if options.json:
        printing.write_json(options.json, said, results)
    if options.page:
        printing.rewrite_page(text)


if __name__ == "__main__":
    main()
