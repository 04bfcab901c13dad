"""Text is clean by the same rule in forms and in the database."""

import sys
import unicodedata

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError

from billing.models import BillingGroup
from members.text import UNPRINTABLE, tidy, validate_printable
from tests.factories import BillingGroupFactory, GroupFactory, MemberFactory
from tests.sql import assert_refused, run

CHARACTERS = [chr(n) for n in range(1, sys.maxunicode + 1) if not 0xD800 <= n <= 0xDFFF]
CLEAN_ONES = "SELECT character FROM unnest(%s::text[]) character WHERE is_clean_text({})"


@pytest.fixture(scope="module")
def assigned():
    """Every character that this Python's Unicode knows."""
    return [each for each in CHARACTERS if unicodedata.category(each) != "Cn"]


def clean(characters, pattern):
    """Those that the database lets stand in the place of `character` in the SQL `pattern`."""
    return {character for [character] in run(CLEAN_ONES.format(pattern), characters)}


def test_within_text_the_database_refuses_what_forms_refuse(db, assigned):
    normal = [each for each in assigned if tidy(f"a{each}b") == f"a{each}b"]
    printable = {each for each in normal if unicodedata.category(each) not in UNPRINTABLE}
    assert clean(normal, "'a' || character || 'b'") == printable


@pytest.mark.parametrize("pattern", ["character || 'a'", "'a' || character"])
def test_around_text_the_database_refuses_the_spaces_that_forms_cut(db, assigned, pattern):
    spaces = [each for each in assigned if each.isspace()]
    assert len(spaces) > 20
    assert clean(spaces, pattern) == set()


@pytest.mark.parametrize("text", ["e\u0301", "\u212b", "\u1112\u1161\u11ab"], ids=ascii)
def test_the_database_keeps_text_in_nfc_alone(db, text):
    assert clean([text, tidy(text)], "character") == {tidy(text)}


@pytest.mark.parametrize("text", ["中文名", "日本語", "Zoë O’Brien", "=1+1", "👩🏽", "a  b", "ﷺ"])
def test_clean_text_is_left_as_it_is(db, text):
    assert tidy(text) == text
    validate_printable(text)
    assert clean([text], "character") == {text}


@pytest.mark.parametrize("text", ["a\0", "a\u200b", "\u202ea", "a\ufeff", "a\ud800", "a\u2028b"])
def test_text_that_hides_something_is_invalid(text):
    with pytest.raises(ValidationError):
        validate_printable(text)


TEXTS = [
    ("members_organization", "name"),
    ("members_user", "email"),
    ("members_member", "name"),
    ("members_member", "email"),
    ("groups_group", "name"),
    ("groups_group", "description"),
    ("billing_billinggroup", "name"),
    ("billing_billinggroup", "description"),
]


@pytest.fixture
def one_of_each(organization):
    MemberFactory(organization=organization)
    GroupFactory(organization=organization)
    BillingGroupFactory(organization=organization)


@pytest.mark.parametrize(("table", "column"), TEXTS)
@pytest.mark.parametrize("text", [" a", "a\u3000", "a\tb", "a\u200db", "e\u0301"], ids=ascii)
def test_no_column_takes_unclean_text(one_of_each, table, column, text):
    assert_refused(f"UPDATE {table} SET {column} = %s", text, because="is_clean_text|fixed")


@pytest.mark.parametrize(("table", "column"), [each for each in TEXTS if each[1] == "name"])
def test_no_name_is_empty(one_of_each, table, column):
    assert_refused(f"UPDATE {table} SET {column} = ''", because="name_required|fixed")


def test_a_form_says_the_rule_in_words(organization):
    group = BillingGroup(organization=organization, name="a\u200bb")
    with pytest.raises(ValidationError, match="invisible characters"):
        group.full_clean()
    with pytest.raises(DatabaseError, match="billing_group_name_is_clean_text"):
        group.save()
