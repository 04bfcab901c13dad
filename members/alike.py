"""Parts of a page that differ in a few values: rendered once, and for each the values put in."""

import re
from secrets import randbelow

from django.template import Node, TemplateSyntaxError
from django.template.base import TokenType, render_value_in_context, token_kwargs
from django.utils.safestring import mark_safe


def filled(context, part, kind, values, render):
    """What `render(values)` makes, called once on the page for each `kind` of `part` there is.

    `kind`: a tuple of all that decides what it makes. `values`: what it puts in as it is, escaped
    here; one that is empty or missing is so in `render`, too, and `{% if %}` can ask for it.
    """
    shape = tuple((name, None if value else str(value)) for name, value in values.items())
    patterns = context.render_context.dicts[0].setdefault(part, {})  # as {% include %}
    if (pattern := patterns.get((kind, shape))) is None:
        pattern = patterns[kind, shape] = _pattern(values, render)
    shown = {name: render_value_in_context(value, context) for name, value in values.items()}
    return mark_safe(pattern % shown)


def _pattern(values, render):
    """What `render` makes of the names of `values`, for the operator %."""
    marks = {name: str(10**30 + randbelow(10**30)) for name, value in values.items() if value}
    text = render(values | marks).replace("%", "%%")
    for name, mark in marks.items():
        text = text.replace(mark, f"%({name})s")
    return text


class Alike(Node):
    child_nodelists = ("inside",)

    def __init__(self, kind, values, inside):
        self.kind, self.values, self.inside = kind, values, inside
        self.hidden = dict.fromkeys(rows_of([*kind.values(), *values.values()]), "")

    def render(self, context):
        kind = {name: value.resolve(context) for name, value in self.kind.items()}
        values = {name: value.resolve(context) for name, value in self.values.items()}

        def render(values):
            with context.push(self.hidden | kind | values):
                return self.inside.render(context)

        return filled(context, self, tuple(kind.values()), values, render)


def alike(parser, token):
    """{% alike status=member.status but id=member.pk name=member.name %}…{% endalike %}

    What stands inside is rendered once on the page for each kind (what is named before `but`), and
    the other values are put in: as they are, so no filter and no condition but `{% if name %}` may
    stand on them. The row they are of is not seen inside.
    """
    _tag, *bits = token.split_contents()
    kind = token_kwargs(bits, parser)
    if bits[:1] != ["but"]:
        raise TemplateSyntaxError("alike: name what differs after “but”.")
    del bits[0]
    values = token_kwargs(bits, parser)
    if bits or not values:
        raise TemplateSyntaxError(f"alike: not a name and a value: {' '.join(bits)}")
    require_no(rows_of([*kind.values(), *values.values()]), parser)
    inside = parser.parse(["endalike"])
    parser.delete_first_token()
    return Alike(kind, values, inside)


def rows_of(expressions):
    """The first names of the `expressions` that ask something for an attribute."""
    lookups = (getattr(expression.var, "lookups", None) or () for expression in expressions)
    return {each[0] for each in lookups if len(each) > 1}


def require_no(rows, parser):
    """Raise TemplateSyntaxError if what stands inside asks one of `rows` itself."""
    for token in reversed(parser.tokens):
        if token.contents == "endalike":
            break
        for row in rows:
            if token.token_type != TokenType.TEXT and re.search(rf"\b{row}\.", token.contents):
                raise TemplateSyntaxError(f"alike: “{token.contents}” asks the row: name it.")
