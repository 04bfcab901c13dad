"""A CSV of members line by line: what each line says, or what is wrong with it."""

import csv
import re
from dataclasses import dataclass, field
from functools import lru_cache
from io import StringIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.csv_files import BadFile, cells, plain_name, unguarded
from members.form_fields import CleanCharField, CleanEmailField, CreditsField
from members.models import Member
from members.templatetags.console import count
from members.text import tidy

MOST_LINES = 100_000
LONGEST_LINE = 100_000
LONGEST_QUOTE = 60
UNSEEN = "\N{REPLACEMENT CHARACTER}"
DELIMITERS = (",", ";", "\t")
BETWEEN_GROUPS = ";"
NAMES = {
    "name": ["name", "membername", "fullname"],
    "email": ["email", "memberemail", "emailaddress"],
    "role": ["role", "memberrole"],
    "groups": ["groups", "group"],
    "billing_group": ["billinggroup"],
    "personal_limit": ["personallimit", "personalusagelimit", "limit", "usagelimit"],
}
LABELS = {
    "name": gettext_lazy("Name"),
    "email": gettext_lazy("Email"),
    "role": gettext_lazy("Role"),
    "groups": gettext_lazy("Groups"),
    "billing_group": gettext_lazy("Billing group"),
    "personal_limit": gettext_lazy("Personal limit"),
}
COLUMNS = {plain: column for column, names in NAMES.items() for plain in names}
PLAIN_EMAIL = re.compile(
    r"[a-z0-9]+([._+-][a-z0-9]+)*@([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,}", re.ASCII | re.IGNORECASE
)
LONGEST_PLAIN = 60
LONE_SURROGATE = re.compile("[\ud800-\udfff]")

NAME = CleanCharField(max_length=100)
EMAIL = CleanEmailField(max_length=254)
AMOUNT = CreditsField()
ROLES = {plain_name(word): role for role in Member.Role for word in (role.value, role.name)}
LIMITS = {"notset": (None, False), "unlimited": (None, True)}


def quoted(text):
    """`text` of somebody's file as a sentence can show it."""
    if not text.isprintable():
        text = "".join(each if each.isprintable() else UNSEEN for each in text)
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"


@dataclass(slots=True)
class Line:
    """What a line says of the member of its email: None, or no group, where it says nothing."""

    number: int
    cells: list
    who: str = ""  # the email as it stands there
    email: str | None = None
    name: str | None = None
    role: str | None = None
    groups: tuple = ()
    billing_group: str | None = None
    personal_limit: tuple | None = None  # Credits, and whether unlimited
    errors: list = field(default_factory=list)

    @property
    def is_blank(self):
        return not any(map(str.strip, self.cells))


class MembersFile:
    """The `content` of a CSV: its columns, and its lines but the blank ones.

    Each line stands for itself: what is wrong with one spoils no other. Raises BadFile.
    """

    def __init__(self, content):
        lines = _numbered(_decoded(content))
        _number, header = next(lines, (1, ""))
        self.delimiter, self.header = _delimiter_and_header(header)
        self.columns = _columns(self.header)
        read = (self._line(number, text) for number, text in lines)
        self.lines = [line for line in read if not line.is_blank]

    @property
    def ignored(self):
        """The names of the columns that say nothing to an import."""
        pairs = zip(self.header, self.columns, strict=True)
        return [quoted(name) for name, column in pairs if column is None and name]

    def _line(self, number, text):
        if wrong := _unreadable(text):
            return Line(number, [text[:LONGEST_LINE]], errors=[wrong])
        try:
            line = Line(number, cells(text, self.delimiter))
        except csv.Error:
            return Line(number, [text], errors=[_("A quotation mark is missing on this line.")])
        if len(line.cells) == len(self.columns):
            self._read(line)
        else:
            wrong = _("Cells on this line: %(found)s; columns of the first line: %(wanted)s.")
            numbers = {"found": count(len(line.cells)), "wanted": count(len(self.columns))}
            line.errors.append(wrong % numbers)
        return line

    def _read(self, line):
        for column, cell in zip(self.columns, line.cells, strict=True):
            if column and (text := tidy(unguarded(cell))):
                if column == "email":
                    line.who = quoted(text)
                try:
                    setattr(line, column, READERS[column](text))
                except ValidationError as error:
                    line.errors += [_wrong(column, message) for message in error.messages]
        if not line.who:
            line.errors.append(_("Enter the email: it says whom the line is about."))


def _wrong(column, message):
    return _("%(column)s: %(problem)s") % {"column": LABELS[column], "problem": message}


def _numbered(text):
    """The lines that are not blank, with their numbers. Raises BadFile if they are too many."""
    found = 0
    for number, line in enumerate(StringIO(text, newline=None), 1):
        if line.isspace():
            continue
        found += 1
        if found > MOST_LINES + 1:
            wrong = _("The file has more than %(count)s lines. Split it.")
            raise BadFile(wrong % {"count": count(MOST_LINES)})
        yield number, line.removesuffix("\n")


def _decoded(content):
    """The text of UTF-8 or UTF-16; what cannot be read stands in it as lone surrogates."""
    encoding = _encoding(content)
    how = "surrogateescape" if encoding == "utf-8" else "surrogatepass"
    try:
        text = content.decode(encoding, how)
    except UnicodeDecodeError as error:
        number = content[: error.start].decode(encoding, how).count("\n") + 1
        raise BadFile(_("Line %(number)s cannot be read.") % {"number": count(number)}) from None
    return text.removeprefix("\ufeff")


def _encoding(content):
    """UTF-16 shows itself by its first two bytes: a mark, or a letter of which one byte is 0."""
    if content.startswith(b"\xff\xfe") or content[1:2] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if content.startswith((b"\xfe\xff", b"\0")) else "utf-8"


def _delimiter_and_header(text):
    """That sign between cells which makes most columns known, and the cells of the first line."""
    if wrong := _unreadable(text):
        raise BadFile(_("The first line must name the columns. %(why)s") % {"why": wrong})
    headers = []
    for delimiter in DELIMITERS:
        try:
            headers.append((delimiter, [tidy(cell) for cell in cells(text, delimiter)]))
        except csv.Error:
            continue
    if not headers:
        raise BadFile(_("The first line must name the columns."))
    return max(headers, key=lambda each: (_known(each[1]), len(each[1])))


def _known(names):
    return sum(plain_name(name) in COLUMNS for name in names)


def _columns(header):
    columns = [COLUMNS.get(plain_name(name)) for name in header]
    if "email" not in columns:
        raise BadFile(_("The first line must name the columns; Email is missing."))
    for column in NAMES:
        if columns.count(column) > 1:
            text = _("The first line names the column %(column)s more than once.")
            raise BadFile(text % {"column": LABELS[column]})
    return columns


def _unreadable(text):
    if len(text) > LONGEST_LINE:
        wrong = _("This line has more than %(count)s characters.")
        return wrong % {"count": count(LONGEST_LINE)}
    if "\0" in text or not text.isascii() and LONE_SURROGATE.search(text):
        return _("This line holds what is no text. Save the file as UTF-8.")
    return ""


def _name(text):
    """A name; of most it is seen at a glance that the form's field would take it as it is."""
    is_plain = len(text) <= LONGEST_PLAIN and text.isascii() and text.isprintable()
    return text if is_plain else NAME.clean(text)


def _email(text):
    """An email; as with names."""
    is_plain = len(text) <= LONGEST_PLAIN and PLAIN_EMAIL.fullmatch(text)
    return text if is_plain else EMAIL.clean(text)


@lru_cache
def _role(text):
    try:
        return ROLES[plain_name(text)]
    except KeyError:
        wrong = _("There is no role “%(role)s”. Write Admin or Member.")
        raise ValidationError(wrong % {"role": quoted(text)}) from None


@lru_cache
def _groups(text):
    try:
        names = [tidy(name) for name in cells(text, BETWEEN_GROUPS)]
    except csv.Error:
        raise ValidationError(_("A quotation mark is missing.")) from None
    return tuple(dict.fromkeys(name for name in names if name))


@lru_cache(maxsize=10_000)  # amounts that many people have in common
def _personal_limit(text):
    return LIMITS.get(plain_name(text)) or (AMOUNT.clean(text), False)


READERS = {
    "name": _name,
    "email": _email,
    "role": _role,
    "groups": _groups,
    "billing_group": str,
    "personal_limit": _personal_limit,
}
