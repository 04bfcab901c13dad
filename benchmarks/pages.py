"""How long each page takes at size: asked in this process, one after the other; docs/pages.md."""

import argparse
import json
import os
import subprocess
import sys
from datetime import date
from functools import partial
from importlib import import_module
from math import ceil
from pathlib import Path
from statistics import median
from time import perf_counter

import django

from config.postgres import running

from .__main__ import SETTINGS

PAGE = Path(__file__).parents[1] / "docs" / "pages.md"
BEGIN, END = "<!-- make pages writes from here -->", "<!-- to here -->"
SLOW = 200  # ms: no page may take longer
LINES = 1_000  # of the file whose dry run is shown


def main():
    options = parse()
    given = os.environ.get("DATABASE_URL")
    os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings"}
    os.environ.setdefault("DEMO", "1")
    if given:
        return run(options)
    with running(thrown_away=SETTINGS) as url:
        os.environ["DATABASE_URL"] = url
        load = [sys.executable, "-m", "benchmarks.pages", "--load", "--size", str(options.size)]
        subprocess.run(load, check=True)  # what that leaves in memory would slow each page down
        return run(options)


def parse():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, help="how many members")
    parser.add_argument("--times", type=int, default=20, help="that each page is asked for")
    parser.add_argument("--only", default="", help="pages whose name contains this text")
    parser.add_argument("--load", action="store_true", help="load what is not there, ask nothing")
    parser.add_argument("--json", metavar="PATH")
    parser.add_argument("--beside", metavar="PATH", help="the JSON of a smaller size: growth")
    parser.add_argument("--page", action="store_true", help="rewrite docs/pages.md")
    return parser.parse_args()


def run(options):
    django.setup()
    from django.conf import settings
    from django.core.management import call_command  # these need the settings of Django

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    settings.ALLOWED_HOSTS = ["*"]  # not by the environment of tests: that slows templates down
    place = make_place(options.size)
    if options.load:
        return False
    import_module("config.wsgi")  # as a server: garbage is not looked for in what is loaded
    wanted = (each for each in requests(place) if options.only in each[0])
    results = [measure(what, ask, options.times) for what, ask in wanted]
    beside = json.loads(Path(options.beside).read_text()) if options.beside else {}
    text = markdown(options, results, beside)
    print(text)
    if options.json:
        by_name = {each["what"]: each for each in results}
        Path(options.json).write_text(json.dumps(by_name, indent=1) + "\n")
    if options.page:
        rewrite_page(text)
    return any(map(is_slow, results))


def make_place(size):
    """The large organization of the demo, loaded if it is not there, and a file sent to it."""
    from django.utils import timezone

    from members.demo.large import MERIDIAN, Size, load_large
    from members.models import Organization
    from tests.factories import send_members
    from tests.meridian import Meridian

    from .place import settle

    if not Organization.objects.filter(slug=MERIDIAN.slug).exists():
        load_large(Size(size, ceil(size / 100), size * 10), timezone.now())
    place = Meridian()
    place.sent = send_members(place.admin, file_of(place))
    settle()
    return place


def file_of(place):
    """A CSV of half new people, half members who change."""
    emails = place.organization.members.present().order_by("pk").values_list("email", flat=True)
    known = [f"{email},Renamed" for email in emails[: LINES // 2]]
    new = [f"new-{n}@meridian.example,New {n}" for n in range(LINES // 2)]
    return "\n".join(["Email,Name", *known, *new])


def requests(place):
    """All that is measured, as (what, a function that does it)."""
    from tests.contract.conftest import Api
    from tests.pages import signed_in

    from .asked import asks, calls

    client, api = signed_in(place.admin), Api(place.organization, place.secret)
    for ask in asks(place):
        yield ask.what, partial(ask.of, client)
    for what, path, query in calls(place):
        yield what, partial(api.get, path, **query)


def measure(what, ask, times):
    """The milliseconds of each of the `times`, after one that warms up and counts queries."""
    from django.db import connection

    asked = []

    def note(execute, sql, *arguments):
        asked.append(sql)
        return execute(sql, *arguments)

    with connection.execute_wrapper(note):
        _seconds, is_file = answer(what, ask)
    taken = sorted(answer(what, ask)[0] * 1000 for _time in range(times))
    return {
        "what": what,
        "file": is_file,
        "queries": len(asked),
        "median": median(taken),
        "p95": taken[ceil(0.95 * times) - 1],
        "least": taken[0],
    }


def answer(what, ask):
    """Seconds until the answer is there, of a file until its first bytes are; and if it is one."""
    began = perf_counter()
    response = ask()
    if response.streaming:
        next(iter(response.streaming_content), b"")
    taken = perf_counter() - began
    response.close()
    if response.status_code not in (200, 302):
        sys.exit(f"{what}: {response.status_code}")
    return taken, response.streaming


def markdown(options, results, beside):
    """The pages, the slowest first, and the files apart: these grow with what is in them."""
    pages = [each for each in results if not each["file"]]
    files = [each for each in results if each["file"]]
    slow = sum(map(is_slow, pages))
    return (
        f"{date.today()}: {options.size:,} members, each of {len(results)} requests"
        f" {options.times} times; {slow} pages with a p95 over {SLOW} ms.\n\n"
        f"{table('page', pages, beside)}\n\n{table('file', files, beside)}\n"
    )


def table(what, results, beside):
    rows = [
        [what, "queries", "median", "p95", "", *(["growth"] if beside else [])],
        ["---", "--:", "--:", "--:", "---", *(["--:"] if beside else [])],
        *(cells(each, beside) for each in sorted(results, key=lambda each: -each["median"])),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def cells(result, beside):
    what = result["what"].replace("|", "\\|")
    row = [f"`{what}`", f"{result['queries']}", f"{result['median']:.0f}", f"{result['p95']:.0f}"]
    row.append("**slow**" if is_slow(result) else "")
    if beside:
        before = beside.get(result["what"])
        row.append(f"{result['median'] / before['median']:.1f}" if before else "")
    return row


def is_slow(result):
    return result["p95"] > SLOW and not result["file"]


def rewrite_page(text):
    """Put `text` between the two marks of the page."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n{text}{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    sys.exit(main())
