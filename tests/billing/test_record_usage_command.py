import io
import json
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from billing import metering
from billing.management.commands import record_usage as record_usage_command
from billing.totals import compare_totals
from members.operations import remove_member

from ..factories import TESTS, MemberFactory, limit

HEADER = "eventId,email,credits,occurredAt,source,operation"


@pytest.fixture
def ada(organization):
    return MemberFactory(organization=organization, email="Ada@acme.example", is_unlimited=True)


@pytest.fixture
def record_usage(organization, ada, tmp_path, capsys):
    """Run the command with a file of those lines; answers what it prints and if all is recorded."""

    def record_usage(*lines, name="usage.jsonl", admission="enforce", **options):
        path = tmp_path / name
        path.write_bytes(b"".join(as_bytes(line) + b"\n" for line in lines))
        return run(organization, str(path), capsys, admission=admission, **options)

    return record_usage


def run(organization, path, capsys, **options):
    everything = True
    try:
        call_command("record_usage", path, **{"organization": organization.slug, **options})
    except CommandError as error:
        everything = "not recorded" not in str(error)
        if everything:
            raise
    return capsys.readouterr().out, everything


def as_bytes(line):
    if isinstance(line, dict):
        line = json.dumps(line)
    return line if isinstance(line, bytes) else line.encode()


def usage(event_id="e1", email="ada@acme.example", **more):
    return {
        "eventId": event_id,
        "email": email,
        "credits": 1.5,
        "occurredAt": timezone.now().isoformat(),
        **more,
    }


def cells(event_id="e1", email="ada@acme.example", credits="1.5"):
    return f"{event_id},{email},{credits},{timezone.now().isoformat()},ide,chat"


def credits_of(member):
    return [each.credits for each in member.records.order_by("event_id")]


def test_json_lines_are_recorded_exactly(record_usage, ada):
    line = json.dumps(usage()).replace("1.5", "0.1234")
    long = json.dumps(usage("e2")).replace("1.5", "999999999.9999")
    out, everything = record_usage(line, long)
    assert everything
    assert credits_of(ada) == [Decimal("0.1234"), Decimal("999999999.9999")]
    assert "Credits recorded: 1,000,000,000.1233" in out


def test_csv_is_recorded_with_source_and_operation(record_usage, ada):
    _out, everything = record_usage(HEADER, cells(), name="usage.csv")
    [record] = ada.records.all()
    assert everything
    assert (record.event_id, record.source, record.operation) == ("e1", "ide", "chat")


@pytest.mark.parametrize(
    "header",
    [
        "event_id,email,credits,occurred_at,source,operation",
        "Event ID,Member Email,Credits,Occurred At,Source,Operation",
        "\ufeffeventId,email,credits,occurredAt,source,operation",
        '"eventId", "email", "credits", "occurredAt", "source", "operation"',
    ],
)
def test_columns_are_known_in_every_usual_spelling(record_usage, ada, header):
    _out, everything = record_usage(header, cells(), name="usage.csv")
    assert everything
    assert ada.records.count() == 1


def test_json_keys_are_known_in_snake_case_too(record_usage, ada):
    line = usage()
    line = {**line, "event_id": line.pop("eventId"), "occurred_at": line.pop("occurredAt")}
    assert record_usage(line)[1]
    assert ada.records.count() == 1


@pytest.mark.parametrize("name", ["usage", "usage.txt"])
def test_without_a_telling_ending_the_content_says_which_kind_a_file_is(record_usage, ada, name):
    assert record_usage(HEADER, cells("e1"), name=name)[1]
    assert record_usage(usage("e2"), name=name)[1]
    assert ada.records.count() == 2


def test_a_dash_reads_standard_input(organization, ada, monkeypatch, capsys):
    piped = io.TextIOWrapper(io.BytesIO(as_bytes(usage())))
    monkeypatch.setattr("sys.stdin", piped)
    assert run(organization, "-", capsys)[1]
    assert ada.records.count() == 1


BAD_LINES = [
    (b'{"eventId": "e1"', "not JSON"),
    (b"[" * 100_000, "not JSON"),
    (b"17", "not a JSON object"),
    (b'{"eventId": "\xff"}', "not UTF-8"),
    (usage(email="eve@acme.example"), "email nobody has it"),
    (usage(email="a\x00b@acme.example"), "email unprintable"),
    (usage(email="\ud800@acme.example"), "email unprintable"),
    (usage(email=7), "email not text"),
    (usage(eventId=""), "eventId missing"),
    (usage(eventId=12), "eventId not text"),
    (usage(eventId="\ud800"), "eventId unprintable"),
    (usage(eventId="e" * 201), "eventId length"),
    (usage(source=["ide"]), "source not text"),
    (usage(credits=None), "credits missing"),
    (usage(credits=True), "credits not text"),
    (usage(credits=float("nan")), "credits not a number"),
    (usage(credits=float("-inf")), "credits not a number"),
    (usage(credits="1_000"), "credits not a number"),
    (usage(credits=-1), "credits out of range"),
    (usage(credits="1e400"), "credits out of range"),
    (usage(credits="1e99999999999999999999"), "credits out of range"),
    (usage(credits=1e-5), "credits too many decimals"),
    (usage(credits="0.12340000000000000000000000000000001"), "credits too many decimals"),
    (usage(credits="1e-9999999"), "credits too many decimals"),
    (usage(occurredAt="2026-11-03T10:00:00"), "occurredAt time zone missing"),
    (usage(occurredAt="yesterday"), "occurredAt not a time"),
    (usage(occurredAt=1_793_700_000), "occurredAt not text"),
    (usage(occurredAt="0001-01-01T00:00:00+14:00"), "occurredAt before first period"),
    (usage(occurredAt="9999-12-31T23:59:59-14:00"), "occurredAt in the future"),
]


@pytest.mark.parametrize(("bad", "why"), BAD_LINES, ids=[why for _bad, why in BAD_LINES])
def test_a_line_that_says_nothing_is_named_and_the_rest_goes_on(record_usage, ada, bad, why):
    out, everything = record_usage(usage("first"), bad, usage("last"))
    assert not everything
    assert f"line 2: invalid: {why}" in out
    assert [each.event_id for each in ada.records.order_by("pk")] == ["first", "last"]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (b"e2,ada@acme.example", "2 cells in 6 columns"),
        (b"e2,ada@acme.example,1,200,2026-11-03T10:00:00Z,ide,chat", "7 cells in 6 columns"),
        (b'"e2,ada@acme.example,1,2026-11-03T10:00:00Z,ide,chat', "not CSV"),
        (b'"' + b"e" * 200_000, "not CSV"),
        (b"e2,ada@acme.example,NaN,2026-11-03T10:00:00Z,ide,chat", "credits not a number"),
        (b"e2,\xff@acme.example,1,2026-11-03T10:00:00Z,ide,chat", "not UTF-8"),
    ],
)
def test_a_broken_csv_line_swallows_no_other(record_usage, ada, bad, why):
    out, _everything = record_usage(HEADER, cells("first"), bad, cells("last"), name="usage.csv")
    assert f"line 3: invalid: {why}" in out
    assert ada.records.count() == 2


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([cells()], "must name these columns"),
        (["eventId,email,credits"], "once: occurredAt"),
        (["eventId,email,credits,credits,occurredAt"], "once: credits"),
        ([b"\xff\xfee\x00"], "not UTF-8"),
    ],
)
def test_a_csv_without_its_columns_is_refused(record_usage, ada, lines, why):
    with pytest.raises(CommandError, match=why):
        record_usage(*lines, name="usage.csv")


def test_every_outcome_is_counted_and_told_by_line(record_usage, organization, ada):
    poor = MemberFactory(organization=organization, email="poor@acme.example")
    limit(poor, 2)
    out, everything = record_usage(
        usage("e1"),
        "",
        usage("e2", "poor@acme.example", credits=3),
        usage("e3", "poor@acme.example", credits=3),
        usage("e1", credits=7),
        "{",
    )
    assert not everything
    assert "line 4: refused: personal limit reached" in out
    assert "line 5: conflict: another report has this event id" in out
    assert "line 6: invalid: not JSON" in out
    told = dict(line.split() for line in out.splitlines()[3:8])
    assert told == {
        "recorded": "2",
        "duplicate": "0",
        "conflict": "1",
        "refused": "1",
        "invalid": "1",
    }
    assert "Credits recorded: 4.5000" in out


def test_reporting_a_file_again_is_harmless_and_a_success(record_usage, ada):
    line = usage()
    record_usage(line)
    out, everything = record_usage(line)
    assert everything
    assert "line 1: duplicate: recorded before" in out
    assert ada.records.count() == 1


def test_force_records_in_spite_of_status_and_limits(record_usage, ada):
    limit(ada, 0)
    assert not record_usage(usage())[1]
    assert record_usage(usage(), admission="force")[1]


def test_usage_of_a_removed_member_still_arrives_under_their_email(record_usage, ada):
    remove_member(actor=TESTS, member=ada)
    out, _everything = record_usage(usage("e1"))
    assert "line 1: refused: member removed" in out
    assert record_usage(usage("e2"), admission="force")[1]


def test_a_long_file_goes_in_batches_that_agree_with_the_totals(record_usage, ada):
    lines = [usage(f"e{number}") for number in range(2_500)]
    out, everything = record_usage(*lines, "{", verbosity=0)
    assert not everything
    assert "line" not in out
    assert ada.records.count() == 2_500
    assert compare_totals().differences == []


def test_an_empty_file_is_nothing_to_record(record_usage):
    out, everything = record_usage("")
    assert everything
    assert "Credits recorded: 0.0000" in out


def test_what_was_recorded_before_the_database_failed_is_told(
    record_usage, ada, monkeypatch, capsys
):
    answers = iter([metering.record_usage])

    def fails_the_second_time(**call):
        return next(answers, broken)(**call)

    def broken(**call):
        raise OperationalError("the server went away")

    monkeypatch.setattr(record_usage_command, "record_usage", fails_the_second_time)
    with pytest.raises(CommandError, match="after line 1000: the server went away"):
        record_usage(*[usage(f"e{number}") for number in range(1_001)])
    assert "recorded         1,000" in capsys.readouterr().out
    assert ada.records.count() == 1_000


@pytest.mark.parametrize(
    ("path", "slug", "why"),
    [("usage.jsonl", "nowhere", "no organization nowhere"), ("missing.csv", None, "missing.csv")],
)
def test_a_wrong_address_or_file_is_said(organization, tmp_path, path, slug, why):
    with pytest.raises(CommandError, match=why):
        call_command("record_usage", str(tmp_path / path), organization=slug or organization.slug)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_sees_how_far_it_is(record_usage, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    record_usage(*[usage(f"e{number}") for number in range(100)])
    assert "100% line 100" in terminal.getvalue()
