"""docs/scaling.md says what stands in the way of more than one database: as the schema has it."""

import re
from pathlib import Path

import pytest

from tests.sql import run

PAGE = (Path(__file__).parents[1] / "docs" / "scaling.md").read_text()
CODE = re.compile("`([^`]+)`")
TABLES = """
SELECT relname, EXISTS (
    SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'organization_id'
)
FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
"""
UNIQUE = """
SELECT table_of.relname, array(
    SELECT attname::text FROM unnest(indkey::smallint[]) WITH ORDINALITY AS key (number, place)
    JOIN pg_attribute ON attrelid = indrelid AND attnum = number ORDER BY place
)
FROM pg_index JOIN pg_class table_of ON table_of.oid = indrelid
WHERE (indisunique OR indisexclusion) AND relnamespace = 'public'::regnamespace
"""
FOREIGN = """
SELECT conrelid::regclass::text, confrelid::regclass::text, array(
    SELECT attname::text FROM unnest(conkey) WITH ORDINALITY AS key (number, place)
    JOIN pg_attribute ON attrelid = conrelid AND attnum = number ORDER BY place
)
FROM pg_constraint WHERE contype = 'f'
"""
STATEMENT_TRIGGERS = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgtype & 1 = 0"

pytestmark = pytest.mark.django_db


def listed(heading):
    """The rows of the table under `heading`: of each cell the names in it."""
    part = PAGE.partition(f"\n### {heading}\n")[2].partition("\n#")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")][2:]
    return [[CODE.findall(cell) for cell in line.strip("|").split("|")] for line in lines]


def distributed():
    return set(listed("Tables")[0][1])


def names(columns):
    return ", ".join(columns)


def test_every_table_has_its_place():
    placed = [table for row in listed("Tables") for table in row[1]]
    assert sorted(placed) == sorted(table for table, _owned in run(TABLES))
    owned = {table for table, is_owned in run(TABLES) if is_owned}
    assert distributed() == owned | {"members_importline"}


def test_every_unique_key_without_the_organization_is_listed():
    found = [
        (table, names(columns))
        for table, columns in run(UNIQUE)
        if table in distributed() and "organization_id" not in columns
    ]
    on_page = [(row[0][0], key) for row in listed("Unique keys") for key in row[1]]
    assert sorted(on_page) == sorted(found)


def test_every_foreign_key_without_the_organization_is_listed():
    found = [
        (table, names(columns), target)
        for table, target, columns in run(FOREIGN)
        if table in distributed() and "organization_id" not in columns
    ]
    assert sorted((row[0][0], row[1][0], row[2][0]) for row in listed("Foreign keys")) == sorted(
        found
    )


def test_what_is_kept_in_one_place_refers_to_nothing_that_is_distributed():
    assert not [
        (table, target)
        for table, target, _columns in run(FOREIGN)
        if table not in distributed() and target in distributed()
    ]


def test_every_trigger_of_whole_statements_is_listed():
    on_page = [row[0][0] for row in listed("Triggers of whole statements")]
    assert sorted(on_page) == sorted(name for (name,) in run(STATEMENT_TRIGGERS))


def test_every_unique_key_of_records_without_the_period_is_listed():
    found = [
        names(columns)
        for table, columns in run(UNIQUE)
        if table == "billing_usagerecord" and "period_id" not in columns
    ]
    assert sorted(row[0][0] for row in listed("Keys without the period")) == sorted(found)
