"""What an import would do and what it did, in sentences and figures."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.models import ImportLine
from members.templatetags.console import count

ADD, CHANGE, UNCHANGED, ERROR = ImportLine.Verdict.values


def strip_of(counts):
    """The figures above the verdicts, each with the way to its lines."""
    labels = {
        ADD: _("To add"),
        CHANGE: _("To change"),
        UNCHANGED: _("Unchanged"),
        ERROR: _("Errors"),
    }
    for verdict, label in labels.items():
        way = {"url": f"?verdict={verdict}", "action": _("Show")} if counts[verdict] else {}
        yield {"label": label, "figure": count(counts[verdict]), **way}


def outlook_of(counts):
    """What Apply would do, or why there is none."""
    if counts[ERROR]:
        return ngettext(
            "%(count)s line has an error, and an import is applied whole or not at all. "
            "Mend the line and send the file again.",
            "%(count)s lines have errors, and an import is applied whole or not at all. "
            "Mend the lines and send the file again.",
            counts[ERROR],
        ) % {"count": count(counts[ERROR])}
    if not any(counts.values()):
        return _("The file names its columns and holds no line beneath: there is nothing to apply.")
    if not can_apply(counts):
        return _("Every line says what is so already: there is nothing to apply.")
    return _(
        "Nothing is done yet. Apply does all of it or nothing; nobody is removed, disabled, made "
        "less than an admin or taken out of a group."
    )


def can_apply(counts):
    return not counts[ERROR] and bool(counts[ADD] or counts[CHANGE])


def done_in_words(counts):
    """What Apply did, in a sentence for those added and one for those changed."""
    added = ngettext("%(count)s member was added.", "%(count)s members were added.", counts[ADD])
    altered = ngettext(
        "%(count)s member was changed.", "%(count)s members were changed.", counts[CHANGE]
    )
    sentences = [(counts[ADD], added), (counts[CHANGE], altered)]
    said = [text % {"count": count(number)} for number, text in sentences if number]
    return " ".join(said) or _("There was nothing to apply.")
