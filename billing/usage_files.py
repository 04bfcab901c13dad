"""Files of usage, JSON lines or CSV, read line by line: a bad line never stops the others."""

import csv
import json
import re
from codecs import BOM_UTF8
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, DecimalException
from itertools import chain

from django.core.exceptions import ValidationError

from members.csv_files import BadFile, cells, plain_name
from members.text import validate_printable

NEEDED = {"eventid": "eventId", "email": "email", "credits": "credits", "occurredat": "occurredAt"}
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Usage:
    """What a line says: Credits consumed by the member of that email."""

    event_id: str
    email: str
    credits: Decimal
    occurred_at: datetime
    source: str = ""
    operation: str = ""


class BadLine(Exception):
    """The line says nothing that could be reported: why, and in which field."""

    def __init__(self, reason, field=""):
        self.reason, self.field = reason, field
        super().__init__(reason, field)


def read_usage(file, name):
    """Every line of the binary `file` that is not blank, as (number, Usage or BadLine).

    Raises BadFile when a CSV lacks a column.
    """
    lines = ((number, line) for number, line in enumerate(_lines(file), 1) if line.strip())
    first = next(lines, None)
    if first is None:
        return
    if _is_csv(name, first[1]):
        read = _csv_reader(first[1])
    else:
        read, lines = _read_json, chain([first], lines)
    for number, line in lines:
        try:
            yield number, _usage(read(_decode(line)))
        except BadLine as bad:
            yield number, bad


def _lines(file):
    for line in file:
        yield line.removeprefix(BOM_UTF8)
        break
    yield from file


def _is_csv(name, first_line):
    ending = name.lower().rpartition(".")[2]
    if ending in {"csv", "json", "jsonl", "ndjson"}:
        return ending == "csv"
    return not first_line.lstrip().startswith(b"{")


def _decode(line):
    try:
        return line.decode().strip()
    except UnicodeDecodeError:
        raise BadLine("not UTF-8") from None


def _csv_reader(header):
    """What reads one line of a CSV with that header. A report is one line, also where quoted."""
    try:
        columns = [_plain(cell) for cell in _cells(_decode(header))]
    except BadLine as bad:
        raise BadFile(f"The first line must name the columns: {bad.reason}.") from None
    missing = [shown for plain, shown in NEEDED.items() if columns.count(plain) != 1]
    if missing:
        raise BadFile(f"The first line must name these columns, once: {', '.join(missing)}.")

    def read(line):
        values = _cells(line)
        if len(values) != len(columns):
            raise BadLine(f"{len(values)} cells in {len(columns)} columns")
        return dict(zip(columns, values, strict=True))

    return read


def _cells(line):
    try:
        return cells(line)
    except csv.Error:
        raise BadLine("not CSV") from None


def _read_json(line):
    try:
        values = json.loads(line, parse_float=_number, parse_int=_number, parse_constant=Decimal)
    except (ValueError, RecursionError):
        raise BadLine("not JSON") from None
    if not isinstance(values, dict):
        raise BadLine("not a JSON object")
    return {_plain(key): value for key, value in values.items()}


def _plain(name):
    """`eventId`, `event_id` and `Event ID` are one, as are `email` and `Member Email`."""
    return plain_name(name).replace("memberemail", "email")


def _usage(values):
    return Usage(
        event_id=_text(values, "eventid"),
        email=_email(values),
        credits=_credits(values),
        occurred_at=_time(values),
        source=_text(values, "source"),
        operation=_text(values, "operation"),
    )


def _text(values, key):
    value = values.get(key)
    if value in (None, ""):
        if key in NEEDED:
            raise BadLine("missing", NEEDED[key])
        return ""
    if not isinstance(value, str):
        raise BadLine("not text", NEEDED.get(key, key))
    return value


def _email(values):
    email = _text(values, "email")
    try:
        validate_printable(email)
    except ValidationError:
        raise BadLine("unprintable", "email") from None
    return email


def _credits(values):
    value = values.get("credits")
    if isinstance(value, Decimal):
        return value
    return _number(_text(values, "credits"))


def _number(text):
    """An exact number: Credits never pass through a float."""
    if not NUMBER.fullmatch(text):
        raise BadLine("not a number", "credits")
    try:
        return Decimal(text)
    except DecimalException:
        raise BadLine("out of range", "credits") from None


def _time(values):
    try:
        return datetime.fromisoformat(_text(values, "occurredat"))
    except ValueError:
        raise BadLine("not a time such as 2026-11-03T14:05:00+08:00", "occurredAt") from None
