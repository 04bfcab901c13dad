"""Stored text is NFC, without outer white space, control or format characters."""

import unicodedata

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, CheckConstraint, Func
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

UNPRINTABLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def tidy(text):
    """`text` in NFC, outer white space cut."""
    return unicodedata.normalize("NFC", text).strip()


def validate_printable(text):
    """Raise ValidationError if `text` holds a control or format character."""
    if text.isascii() and text.isprintable():  # most text, told without a look at each character
        return
    if any(unicodedata.category(character) in UNPRINTABLE for character in text):
        raise ValidationError(
            _("Remove the invisible characters (line breaks, tabs, direction marks)."),
            code="unprintable",
        )


def is_number(text):
    """Whether `text` is digits that fit an id, written in the one way that there is."""
    return text.isascii() and text.isdigit() and len(text) < 19 and (text[0] != "0" or text == "0")


def listed(words):
    """Words one after another, as the language divides them."""
    return pgettext("between the words of a list", ", ").join(map(str, words))


class IsCleanText(Func):
    function = "is_clean_text"
    output_field = BooleanField()


def clean_text_constraint(model, *fields):
    """A database check that each of the text `fields` of `model` is clean."""
    return [
        CheckConstraint(
            condition=IsCleanText(field),
            name=f"{model}_{field}_is_clean_text",
            violation_error_message=_("Remove the invisible characters and outer spaces."),
        )
        for field in fields
    ]
