"""The catalogs: complete, fresh, and as a reader of each language expects them."""

import ast
import gettext
import re
from pathlib import Path

import polib
import pytest
from django.contrib import admin
from django.utils.functional import Promise
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[1]
LANGUAGES = ["zh_Hans", "ja"]
OURS = ["audit", "billing", "config", "groups", "members"]
MARKS = {
    f"{kind}gettext{when}": kind for kind in ("", "n", "p", "np") for when in ("", "_lazy", "_noop")
}
LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b(n?p?gettext|_)\(\s*({LITERAL}(?:\s*,\s*{LITERAL})*)")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd%]|\{\w+\}|</?\w+[^>]*>")
FULL_WIDTH = {".": "。", "?": "？", ":": "："}
NARROW = re.compile(r"[,;:?!()]|\.(?!\d)")
every_language = pytest.mark.parametrize("language", LANGUAGES)


def path_of(language, suffix):
    return ROOT / f"locale/{language}/LC_MESSAGES/django.{suffix}"


def catalog(language):
    return polib.pofile(path_of(language, "po"))


def key(entry):
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def said(entry):
    """All that an entry says in its language."""
    return list(entry.msgstr_plural.values()) or [entry.msgstr]


def marked(kind, words):
    """What a call with the literals `words` looks up: context, text, plural."""
    context = words.pop(0) if "p" in kind else None
    return context, words[0], words[1] if "n" in kind else ""


def in_python(source):
    """What the code marks as text to translate; only literals can be found."""
    tree = ast.parse(source)
    names = {
        name.asname or name.name: MARKS[name.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if name.name in MARKS
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) in names:
            kind = names[node.func.id]
            yield marked(kind, [each.value for each in node.args[: 1 + len(kind)]])


def in_template(source):
    for name, literals in CALL.findall(templatize(source)):
        yield marked(MARKS.get(name, ""), ast.literal_eval(f"[{literals}]"))


def used():
    """Every text of the product that is to be translated."""
    code = (path for app in OURS for path in ROOT.glob(f"{app}/**/*.py"))
    pages = (path for path in ROOT.glob("templates/**/*") if path.is_file())
    return {text for path in code for text in in_python(path.read_text())} | {
        text for path in pages for text in in_template(path.read_text())
    }


def patterns(entry):
    """Whether the entry is no text but the pattern of a date or a list."""
    return entry.msgctxt in {"day and month", "day and time", "time of day"} or (
        entry.msgctxt or ""
    ).startswith(("first day", "last day", "between"))


def test_every_call_and_tag_is_found():
    code = (
        "from django.utils.translation import gettext_lazy as _, ngettext, pgettext\n"
        "_('one ' 'text'), ngettext('a', 'b', 2), pgettext('where', 'what')"
    )
    assert set(in_python(code)) == {
        (None, "one text", ""),
        (None, "a", "b"),
        ("where", "what", ""),
    }
    page = (
        "{% translate 'It’s 5%' context 'where' %}{% if x == _('no') %}{% endif %}"
        "{% blocktranslate count n=2 %}a{% plural %}{{ n }} b{% endblocktranslate %}"
    )
    assert set(in_template(page)) == {
        ("where", "It’s 5%%", ""),
        (None, "no", ""),
        (None, "a", "%(n)s b"),
    }


def test_every_field_that_support_sees_has_a_name_to_translate():
    nameless = [
        f"{model.__name__}.{field.name}"
        for model in admin.site._registry
        if model.__module__.partition(".")[0] in OURS
        for field in (*model._meta.fields, *model._meta.many_to_many)
        if not field.primary_key and not isinstance(field.verbose_name, Promise)
    ]
    assert nameless == []


@every_language
def test_the_catalog_holds_what_the_product_says_and_nothing_else(language):
    held = {key(entry) for entry in catalog(language)}
    assert held == used(), "Run make messages, and translate what is new."


@every_language
def test_every_text_is_translated(language):
    missing = [
        entry.msgid
        for entry in catalog(language)
        if entry.fuzzy or entry.obsolete or not all(said(entry))
    ]
    assert missing == []


@every_language
def test_the_catalog_says_nothing_of_who_made_it_when(language):
    assert set(catalog(language).metadata) == {
        "Project-Id-Version",
        "Language",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
        "Plural-Forms",
    }


@every_language
def test_one_form_serves_every_count(language):
    several = [entry.msgstr_plural for entry in catalog(language) if entry.msgid_plural]
    assert several
    assert all(set(forms) == {0} for forms in several)


@every_language
def test_a_translation_keeps_all_placeholders(language):
    wrong = [
        entry.msgid
        for entry in catalog(language)
        for text in said(entry)
        if set(PLACEHOLDER.findall(text))
        != set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    ]
    assert wrong == []


@every_language
def test_what_is_read_is_what_was_compiled_from_the_catalog(language):
    with path_of(language, "mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    entries = catalog(language)
    for entry in entries:
        if entry.msgid_plural:
            read = compiled.ngettext(entry.msgid, entry.msgid_plural, 2)
        elif entry.msgctxt:
            read = compiled.pgettext(entry.msgctxt, entry.msgid)
        else:
            read = compiled.gettext(entry.msgid)
        assert [read] == said(entry), "Run make messages."
    assert len(polib.mofile(path_of(language, "mo"))) == len(entries)


@every_language
@pytest.mark.parametrize("name", ["Unassigned", "Credits"])
def test_names_that_are_never_translated_stand_as_they_are(language, name):
    wrong = [
        entry.msgid
        for entry in catalog(language)
        for text in said(entry)
        if name in entry.msgid and name not in text
    ]
    assert wrong == []


@every_language
def test_a_translation_has_white_space_outside_only_where_the_text_has(language):
    wrong = [
        entry.msgid
        for entry in catalog(language)
        for text in said(entry)
        if text != text.strip() and entry.msgid == entry.msgid.strip()
    ]
    assert wrong == []


@every_language
def test_a_translation_ends_as_the_text_does_in_full_width(language):
    ends = set(FULL_WIDTH.values())
    wrong = [
        entry.msgid
        for entry in catalog(language)
        for text in said(entry)
        if (text.strip()[-1:] if text.strip()[-1:] in ends else None)
        != FULL_WIDTH.get(entry.msgid.strip()[-1:])
    ]
    assert wrong == []


@every_language
def test_punctuation_among_the_words_is_full_width(language):
    wrong = [
        text
        for entry in catalog(language)
        if not patterns(entry)
        for text in said(entry)
        if NARROW.search(re.sub(r"(?<=\d),(?=\d)", "", PLACEHOLDER.sub("", text)))
    ]
    assert wrong == []
