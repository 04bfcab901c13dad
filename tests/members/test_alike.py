"""Rows that are rendered once for each kind: what is put in, what stays out, what is refused."""

from types import SimpleNamespace as Row

import pytest
from django.template import Context, Template, TemplateSyntaxError

from ..factories import BillingGroupFactory, MemberFactory, assign, limit
from ..pages import url

LOOP = "{% load console i18n %}{% for row in rows %}ROW{% endfor %}"
CELL = "{% alike kind=row.kind but name=row.name %}INSIDE{% endalike %}"


def render(row, *rows, **context):
    return Template(LOOP.replace("ROW", row)).render(Context({"rows": rows, **context}))


def cells(inside, *rows, **context):
    return render(CELL.replace("INSIDE", inside), *rows, **context)


def row(name, kind="a"):
    return Row(name=name, kind=kind)


def test_each_row_has_its_own_values():
    html = cells("<b>{{ name }}</b>", row("Ada"), row("Bo"), row("Ada"))
    assert html == "<b>Ada</b><b>Bo</b><b>Ada</b>"


def test_rows_of_another_kind_are_rendered_by_themselves():
    inside = "{% if kind == 'a' %}+{% else %}-{% endif %}{{ name }}"
    assert cells(inside, row("1"), row("2", "b"), row("3")) == "+1-2+3"


def test_rows_of_a_kind_are_rendered_once():
    asked = []
    cells("{{ ask }}{{ name }}", *map(row, "12345"), ask=lambda: asked.append(1))
    assert len(asked) == 1


def test_another_page_is_rendered_anew():
    template = Template(LOOP.replace("ROW", CELL.replace("INSIDE", "{{ word }} {{ name }}")))
    pages = [{"rows": [row("Ada")], "word": word} for word in ("one", "two")]
    assert [template.render(Context(page)) for page in pages] == ["one Ada", "two Ada"]


@pytest.mark.parametrize(
    "name", ["<script>", '" onclick="', "%(name)s", "100 %s", "&amp;", "{{ x }}"]
)
def test_values_are_escaped_as_ever(name):
    shown = Template("{{ name }}").render(Context({"name": name}))
    assert cells('<a title="{{ name }}">', row(name)) == f'<a title="{shown}">'


def test_signs_of_the_page_around_the_values_stay():
    assert cells("100 % {{ word }} {{ name }}", row("Ada"), word="%(name)s") == "100 % %(name)s Ada"


def test_a_value_stands_in_addresses_and_sentences():
    sentence = "{% blocktranslate %}Select {{ name }}{% endblocktranslate %};"
    inside = "{% url 'billing:edit' 'acme' name %} " + sentence
    html = cells(inside, row(7), row(8))
    assert (
        html == "/o/acme/billing-groups/7/edit/ Select 7;/o/acme/billing-groups/8/edit/ Select 8;"
    )


@pytest.mark.parametrize("nothing", ["", None, 0])
def test_an_empty_value_is_empty_inside_too(nothing):
    inside = "{% if name %}{{ name }}{% else %}nobody{% endif %} "
    assert cells(inside, row("Ada"), row(nothing), row("Bo")) == "Ada nobody Bo "
    assert cells("{{ name }}", row("Ada"), row(nothing)) == f"Ada{nothing}"


@pytest.mark.parametrize("inside", ["{{ row.email }}", "{% if x %}{% elif row.kind %}{% endif %}"])
def test_the_row_itself_is_refused_inside(inside):
    with pytest.raises(TemplateSyntaxError, match="asks the row"):
        cells(inside, row("Ada"))


def test_what_is_included_does_not_see_the_row_either():
    included = Template("[{{ row.name }}]")
    assert cells("{% include included %}{{ name }}", row("Ada"), included=included) == "[]Ada"


@pytest.mark.parametrize(
    "tag",
    ["alike", "alike kind=1", "alike kind=1 but", "alike but name=1 kind", "alike x but name=1"],
)
def test_what_differs_must_be_said(tag):
    with pytest.raises(TemplateSyntaxError, match="alike: "):
        Template("{% load console %}{% " + tag + " %}{% endalike %}")


LIMITS = [0, 8, None]  # frozen, limited, unlimited


@pytest.mark.parametrize("sort", ["name", "-name"])
@pytest.mark.parametrize("name", ["members:list", "billing:detail"])
def test_members_of_each_kind_of_limit_stand_on_one_page(console, organization, name, sort):
    group = BillingGroupFactory(organization=organization)
    for most in LIMITS:
        limited = {"personal_limit": most, "is_unlimited": most is None}
        assign(MemberFactory(organization=organization, **limited), group)
    of = [group.pk] if name == "billing:detail" else []
    page = console.get(url(name, organization, *of, sort=sort))
    assert page.status_code == 200
    assert page.content.decode().count('<rect width="0%"') == 2


@pytest.mark.parametrize("sort", ["name", "-name"])
def test_billing_groups_of_each_kind_of_limit_stand_on_one_page(console, organization, sort):
    for most in LIMITS:
        limit(BillingGroupFactory(organization=organization), most)
    page = console.get(url("billing:list", organization, sort=sort))
    assert page.status_code == 200
    assert page.content.decode().count('<rect width="0%"') == 2
