"""CSV files, in and out: what a line holds, and rows written so that no spreadsheet runs them."""

import csv
import re
from functools import partial
from itertools import islice

from django.core.exceptions import EmptyResultSet
from django.db import connection

from .packed import write_packed

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
BLOCK = 100  # lines written at once: more are gone from the processor's caches before they are
NOTHING = "SELECT NULL::bigint WHERE false"
FORMULA = re.compile(r"'*[=+\-@\t\r]")


class BadFile(Exception):
    """No line of the file can be read; says why."""


def plain_name(name):
    """A column's name without case, spaces and signs: `eventId` and `Event ID` are one."""
    return re.sub(r"[\W_]", "", name).lower()


def cells(line, delimiter=","):
    """The cells of one line, which no quoted cell leaves. Raises csv.Error."""
    return next(csv.reader([line], delimiter=delimiter, strict=True, skipinitialspace=True))


def guarded(cell):
    """`cell` as the SQL function harmless_cell makes it: no spreadsheet takes it for a formula."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def unguarded(cell):
    """The cell that was guarded so."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def write_csv(columns, rows, parameters):
    """Write what the SQL `rows` gives; returns a packed file and how many rows.

    UTF-8 with BOM, CRLF and RFC 4180 quoting. One statement reads all rows, so they are of one
    moment.
    """
    return write_packed(partial(_copy, columns, rows, parameters))


def ids_of(records):
    """The SQL of the ids of `records`, an ordered queryset, and its parameters."""
    try:
        return records.values("pk").query.sql_with_params()
    except EmptyResultSet:  # so Django calls a filter that nothing can match
        return NOTHING, ()


def _copy(columns, rows, parameters, file):
    file.write(BYTE_ORDER_MARK + ",".join(columns).encode() + b"\r\n")
    count = 0
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({rows}) TO STDOUT (FORMAT csv)", parameters) as lines,
    ):
        lines = iter(lines)
        while block := list(islice(lines, BLOCK)):  # no stored text holds a line break
            file.write(b"".join(block).replace(b"\n", b"\r\n"))
            count += len(block)
    return count
