"""The figures as a table, as JSON, and in docs/performance.md."""

import json
import os
import platform
from datetime import date
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- make bench writes from here -->", "<!-- to here -->"
HEADS = ["what", "beside", "ratio", "lowest to highest", "goal", "excellent", "", "rates", "client"]


def markdown(circumstances, results):
    """What `make bench` prints: the circumstances, and a row for each result."""
    rows = [HEADS, ["---"] * len(HEADS), *map(_cells, results)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{_sentence(circumstances)}\n\n{table}\n"


def _cells(result):
    row, (candidate, limit) = result.row, result.rates
    return [
        row.what,
        row.against,
        f"**{result.ratio:.2f}**",
        f"{min(result.ratios):.2f} to {max(result.ratios):.2f}",
        f"{row.goal}",
        f"{row.excellent or ''}",
        result.verdict,
        f"{candidate:,.0f} / {limit:,.0f}",
        f"{result.client:.0%}" if result.client else "",
    ]


def _sentence(said):
    return (
        f"{said['date']}, {said['cores']} cores ({said['processor']}), {said['server']}, "
        f"synchronous_commit {said['synchronous_commit']}: {said['members']:,} members, "
        f"{said['records']:,} records, {said['runs']} pairs of {said['seconds']} s slices."
    )


def circumstances(connection, **more):
    """Where and how it was measured."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT split_part(version(), ' (', 1), current_setting('synchronous_commit')"
        )
        server, synchronous_commit = cursor.fetchone()
    return {
        "date": date.today().isoformat(),
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "server": server,
        "synchronous_commit": synchronous_commit,
        **more,
    }


def _processor():
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def write_json(path, circumstances, results):
    rows = [
        {
            "what": each.row.what,
            "against": each.row.against,
            "ratio": each.ratio,
            "ratios": each.ratios,
            "goal": each.row.goal,
            "excellent": each.row.excellent,
            "verdict": each.verdict,
            "rates": [[candidate.rate, limit.rate] for candidate, limit in each.pairs],
            "client": each.client,
        }
        for each in results
    ]
    Path(path).write_text(json.dumps({**circumstances, "rows": rows}, indent=1) + "\n")


def rewrite_page(text, page=PAGE):
    """Put `text` between the two marks of the page."""
    before, _, rest = page.read_text().partition(BEGIN)
    page.write_text(f"{before}{BEGIN}\n{text}{END}{rest.partition(END)[2]}")
