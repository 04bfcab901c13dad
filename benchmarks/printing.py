"""The figures as a table, as JSON, and in docs/performance.md."""

import json
import os
import platform
from datetime import date
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- make bench writes from here -->", "<!-- to here -->"
HEADS = ["what", "beside", "ratio", "lowest to highest", "goal", "excellent", "", "figures", "also"]


def markdown(circumstances, results):
    """What `make bench` prints: the circumstances, and a row for each result."""
    rows = [HEADS, ["---"] * len(HEADS), *map(_cells, results)]
    return f"{_sentence(circumstances)}\n\n{_table(rows)}\n"


def growth(results, path):
    """By what factor the time of each row grew since the run that is stored at `path`."""
    smaller = json.loads(Path(path).read_text())
    before = {row["what"]: row["medians"] for row in smaller["rows"]}
    rows = [["what", "time grew", "its limit's"], ["---"] * 3]
    for each in results:
        pairs = zip(each.medians, before[each.row.what], strict=True)
        rows.append([each.row.what, *(_factor(each.row, *pair) for pair in pairs)])
    return (
        f"\nBeside {smaller['members']:,} members and {smaller['records']:,} records:\n\n"
        f"{_table(rows)}\n"
    )


def _factor(row, now, before):
    return f"× {now / before if row.timed else before / now:.2f}"


def _table(rows):
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cells(result):
    row = result.row
    return [
        row.what,
        row.against,
        f"**{_short(result.ratio)}**",
        f"{_short(min(result.ratios))} to {_short(max(result.ratios))}",
        f"{'≤' if row.timed else '≥'} {row.goal}",
        f"{row.excellent or ''}",
        result.verdict,
        " / ".join(map(_time if row.timed else _rate, result.medians)),
        _also(result),
    ]


def _short(ratio):
    return f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.2g}"


def _rate(records):
    return f"{records:,.0f}/s"


def _time(seconds):
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


def _also(result):
    if result.row.memory is not None:
        return f"memory +{result.grown:.1f} MB"
    return f"client {result.client:.0%}" if result.client else ""


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
            "good": "at most" if each.row.timed else "at least",
            "goal": each.row.goal,
            "excellent": each.row.excellent,
            "verdict": each.verdict,
            "unit": "seconds" if each.row.timed else "records in a second",
            "figures": each.figures,
            "medians": each.medians,
            "client": each.client,
            "memory": each.grown,
        }
        for each in results
    ]
    Path(path).write_text(json.dumps({**circumstances, "rows": rows}, indent=1) + "\n")


def rewrite_page(text, page=PAGE):
    """Put `text` between the two marks of the page."""
    before, _, rest = page.read_text().partition(BEGIN)
    page.write_text(f"{before}{BEGIN}\n{text}{END}{rest.partition(END)[2]}")
