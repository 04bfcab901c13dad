"""Time can be given where history is loaded, and no page, API operation or command gives it."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "members" / "demo"
FILES = [
    path
    for app in ("audit", "billing", "config", "groups", "members")
    for path in sorted((ROOT / app).rglob("*.py"))
]
TIMES = {"received_at", "opened_at", "invited_at"}
WRITES = {"edit_organization", "record_usage", "adjust_usage", "open_organization"}


def gives_another_time(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and "billing.assigned_at" in str(node.value):
            yield node.lineno
        if isinstance(node, ast.Call):
            verb = getattr(node.func, "id", getattr(node.func, "attr", ""))
            given = {keyword.arg for keyword in node.keywords}
            if given & TIMES or (verb in WRITES and given & {"now", None}):
                yield node.lineno


def test_only_the_demo_gives_it():
    giving = [path for path in FILES if list(gives_another_time(path))]
    assert giving
    assert [path for path in giving if DEMO not in path.parents] == []
