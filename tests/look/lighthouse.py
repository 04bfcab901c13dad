"""What Lighthouse says of the three tabs as a phone and a desktop have them; fails below the goals.

Needs Node and Debian's chromium; the report of each page is written beside the screenshots.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.look.demo import demo

LIGHTHOUSE = ["npx", "--yes", "lighthouse@12.8.2"]
AS_JSON = ["--output=json", "--quiet"]
CHROME = "--chrome-flags=--headless=new --no-sandbox --disable-gpu"
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
                measured = judge(f"{address}/o/acme/{page}/", device, session)
                print(f"{page:16} {device:8} {measured}", flush=True)
                missed += [f"{page}, {device}: {name}" for name in misses(measured)]
    sys.exit("Missed: " + "; ".join(missed) if missed else 0)


def judge(url, device, session):
    """Scores of 100, bytes over the wire and layout shift of a first visit."""
    report = REPORTS / f"{url.rstrip('/').rpartition('/')[2]}-{device}.json"
    cookie = json.dumps({"Cookie": "=".join(session)})
    options = [*AS_JSON, *DEVICES[device], f"--only-categories={','.join(GOALS)}", CHROME]
    subprocess.run(
        [*LIGHTHOUSE, url, *options, f"--extra-headers={cookie}", f"--output-path={report}"],
        env=os.environ | {"CHROME_PATH": shutil.which("chromium")},
        check=True,
    )
    said = json.loads(report.read_text())
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
