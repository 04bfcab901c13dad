"""All rows, in the order of the table: what only reads stands before what moves members."""

from . import exporting, handling, importing, lists, metering, totals
from .exporting import Psql
from .slices import Pgbench


def of(place, binaries, url, server):
    yield from metering.rows(place, Pgbench(binaries, url), server)
    yield from lists.rows(place, server)
    yield from totals.rows(place)
    yield from exporting.rows(place, Psql(binaries, url), server)
    yield from importing.rows(place)
    yield from handling.rows(place)
