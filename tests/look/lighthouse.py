"""What Lighthouse says of the three tabs as a phone and a desktop have them; fails below the goals.

Needs Node and Debian's chromium; the report of each page is written beside the screenshots.
"""

import json
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from tests.look.demo import demo

LIGHTHOUSE = ["npx", "--yes", "lighthouse@12.8.2"]
AS_JSON = ["--output=json", "--quiet"]
DEVICES = {"phone": [], "desktop": ["--preset=desktop"]}
PAGES = ["billing-groups", "members", "groups"]
GOALS = {"accessibility": 100, "best-practices": 100, "performance": 98}  # at least
MOST_BYTES, MOST_SHIFT = 60_000, 0.01
REPORTS = Path("screenshots/lighthouse")


def main():
    REPORTS.mkdir(parents=True, exist_ok=True)
    missed = []
    with demo() as (address, session):
        for page in PAGES:
            for device in DEVICES:
                with signed_in(address, session) as port:
                    measured = judge(f"{address}/o/acme/{page}/", device, port)
                print(f"{page:16} {device:8} {measured}", flush=True)
                missed += [f"{page}, {device}: {name}" for name in misses(measured)]
    sys.exit("Missed: " + "; ".join(missed) if missed else 0)


@contextmanager
def signed_in(address, session):
    """The port of a new Chromium that has the session's cookie, and nothing in its cache."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with TemporaryDirectory() as profile, sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", f"--remote-debugging-port={port}"],
        )
        name, value = session
        browser.add_cookies([{"name": name, "value": value, "url": address}])
        yield port
        browser.close()


def judge(url, device, port):
    """Scores of 100, bytes over the wire and layout shift of a first visit."""
    report = REPORTS / f"{url.rstrip('/').rpartition('/')[2]}-{device}.json"
    options = [*AS_JSON, *DEVICES[device], f"--only-categories={','.join(GOALS)}"]
    kept = [f"--port={port}", "--disable-storage-reset", f"--output-path={report}"]
    subprocess.run([*LIGHTHOUSE, url, *options, *kept], check=True)
    said = json.loads(report.read_text())
    assert said["finalDisplayedUrl"] == url
    measured = {name: round(said["categories"][name]["score"] * 100) for name in GOALS}
    measured["bytes"] = said["audits"]["total-byte-weight"]["numericValue"]
    measured["shift"] = round(said["audits"]["cumulative-layout-shift"]["numericValue"], 4)
    return measured


def misses(measured):
    yield from (name for name, goal in GOALS.items() if measured[name] < goal)
    if measured["bytes"] > MOST_BYTES:
        yield "bytes"
    if measured["shift"] > MOST_SHIFT:
        yield "shift"


if __name__ == "__main__":
    main()
