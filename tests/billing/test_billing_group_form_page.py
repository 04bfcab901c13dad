"""Creating and renaming billing groups: what a name may be, and what comes back when it may not."""

import pytest

from billing.models import BillingGroup
from billing.operations import delete_billing_group

from ..factories import TESTS, BillingGroupFactory
from ..pages import rows, swap, today, url, words


@pytest.fixture
def group(organization):
    return BillingGroupFactory(organization=organization, name="Platform")


@pytest.fixture
def create(console, organization):
    def post(name, description=""):
        sent = {"name": name, "description": description, "period": today(organization)}
        return console.post(url("billing:create", organization), sent)

    return post


@pytest.fixture
def edit(console, organization, group):
    def post(name, description=""):
        sent = {"name": name, "description": description, "period": today(organization)}
        return console.post(url("billing:edit", organization, group.pk), sent)

    return post


def test_a_new_billing_group_is_in_the_list_and_a_sentence_says_so(console, create, organization):
    response = create("Platform", "Cost center 12")
    page = console.get(response["Location"])
    assert "Platform was created." in words(page)
    group = organization.billing_groups.formal().get()
    assert "Platform Cost center 12" in rows(page)[f"billing-group-{group.key}"]
    assert group.created_by.user == page.wsgi_request.user


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "Enter a name."),
        ("   ", "Enter a name."),
        ("platform", "A billing group with this name already exists. Choose another name."),
        ("  PLATFORM ", "A billing group with this name already exists. Choose another name."),
        ("uNASSIGNED", "Unassigned is a reserved name. Choose another name."),
        ("Ｕｎassigned", "Unassigned is a reserved name. Choose another name."),
        ("un\u200bassigned", "Remove the invisible characters"),
        ("Plat\u202eform", "Remove the invisible characters"),
        ("Plat\tform", "Remove the invisible characters"),
        ("Plat\x00form", "Null characters are not allowed."),
        ("x" * 101, "at most 100 characters"),
    ],
)
@pytest.mark.parametrize("form", ["create", "edit"])
def test_a_name_that_may_not_be_comes_back_with_the_reason(
    request, organization, group, form, name, message
):
    other = BillingGroupFactory(organization=organization, name="Other")
    BillingGroup.objects.filter(pk=group.pk).update(name="Mine")
    BillingGroup.objects.filter(pk=other.pk).update(name="Platform")
    response = request.getfixturevalue(form)(name, "Typed by hand")
    assert response.status_code == 422
    assert message in words(response)
    assert words(response).count("Choose another name.") <= 1
    assert 'aria-invalid="true"' in response.content.decode()
    assert 'value="Typed by hand"' in response.content.decode()
    names = organization.billing_groups.formal().values_list("name", flat=True)
    assert set(names) == {"Mine", "Platform"}


def test_outer_space_is_cut_and_letters_are_composed(create, organization):
    create("  E\u0301quipe\u3000")
    assert organization.billing_groups.formal().get().name == "Équipe"


def test_the_name_of_a_deleted_billing_group_is_free_again(create, organization, group):
    delete_billing_group(actor=TESTS, billing_group=group)
    assert create("PLATFORM").status_code == 302
    assert organization.billing_groups.formal().get().name == "PLATFORM"


def test_another_organization_may_use_the_same_name(create, organization):
    BillingGroupFactory(name="Platform")
    assert create("Platform").status_code == 302


def test_markup_in_a_name_is_only_text(console, create, organization):
    page = console.get(create("<b>&amp;</b>")["Location"])
    assert "&lt;b&gt;&amp;amp;&lt;/b&gt;" in page.content.decode()
    assert "<b>&amp;</b>" not in page.content.decode()


def test_a_form_opens_with_what_is_stored(console, organization, group):
    page = console.get(url("billing:edit", organization, group.pk)).content.decode()
    assert 'value="Platform"' in page
    assert f'value="{today(organization)}"' in page


def test_renaming_keeps_everything_else(console, edit, group):
    page = console.get(edit("Engineering", "Cost center 7")["Location"])
    assert "Engineering was saved." in words(page)
    group.refresh_from_db()
    assert (group.name, group.description) == ("Engineering", "Cost center 7")


def test_a_group_may_change_the_case_of_its_own_name(edit, group):
    assert edit("PLATFORM").status_code == 302
    group.refresh_from_db()
    assert group.name == "PLATFORM"


def test_a_description_has_its_length_too(create):
    response = create("Platform", "x" * 501)
    assert response.status_code == 422
    assert "at most 500 characters" in words(response)


def test_a_save_in_the_dialog_returns_to_the_list_as_it_was_shown(console, organization):
    beneath = url("billing:list", organization, q="plat", sort="-used")
    headers = {**swap("dialog"), "HX-Current-URL": f"http://testserver{beneath}"}
    sent = {"name": "Platform", "period": today(organization)}
    response = console.post(url("billing:create", organization), sent, headers=headers)
    assert response["Location"] == beneath


@pytest.mark.parametrize(
    "beneath",
    [
        "http://evil.test/",
        "http://[",
        "//evil.test/",
        "x",
        "http://testserver//evil.test/o/{}/billing-groups/",
    ],
)
def test_a_save_never_leads_elsewhere(console, organization, beneath):
    headers = {**swap("dialog"), "HX-Current-URL": beneath.format(organization.slug)}
    sent = {"name": "Platform", "period": today(organization)}
    response = console.post(url("billing:create", organization), sent, headers=headers)
    assert response.status_code == 302
    assert response["Location"] == f"/o/{organization.slug}/billing-groups/"
