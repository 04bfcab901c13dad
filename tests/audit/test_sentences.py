"""Every entry is a sentence, and its details are named and readable."""

import pytest

from audit.details import FIELDS, UNSAID, details
from audit.models import AuditEntry
from audit.names import Names
from audit.operations import Refused, record
from audit.refusals import REASONS, reason
from audit.sentences import EVENTS, sentence
from billing.operations import assign_members, edit_billing_group
from groups.operations import create_group, delete_group
from members.imports.operations import import_members
from members.models import Organization
from members.operations import edit_organization, set_personal_limits
from members.settings_forms import SETTINGS
from tests.factories import (
    TESTS,
    BillingGroupFactory,
    MemberFactory,
    OrganizationFactory,
    UserFactory,
    adjust,
    assign,
    limit,
    many_members,
    new_key,
    report,
    send_members,
)

from .operations import DONE, declared, perform, recorded, refusals


def told(entry):
    names = Names(entry.organization, [entry])
    return str(sentence(entry, names)), reason(entry), dict(details(entry, names))


def last_of(organization):
    return told(organization.audit_entries.latest("pk"))


def test_every_event_has_a_label_and_a_sentence():
    assert set(EVENTS) == {*declared().values(), *recorded()}
    assert all(event.label and event.refused for event in EVENTS.values())
    assert {name for name, event in EVENTS.items() if not event.done} == recorded()


def test_every_refusal_has_a_reason():
    assert refusals() - {"refused"} <= set(REASONS)


@pytest.mark.parametrize(
    ("verb", "arguments"), DONE, ids=[verb.__name__ for verb, _arguments in DONE]
)
def test_whatever_is_done_or_refused_is_told_in_a_sentence_with_named_details(
    place, verb, arguments
):
    before = AuditEntry.objects.latest("pk").pk
    perform(verb, arguments, place)
    if verb.event != "OpenOrganization":
        with pytest.raises(Refused):
            perform(verb, arguments, place, opened_in=place.past)
    for entry in AuditEntry.objects.filter(pk__gt=before):
        text, why, said = told(entry)
        assert text.startswith("Command tests ")
        assert text.endswith(".")
        assert "%" not in text
        assert bool(why) == (entry.outcome == "refused")
        assert text.endswith(": refused.") == (entry.outcome == "refused")
        assert set(entry.changes) <= FIELDS.keys() | UNSAID
        assert all(said.values())


def test_a_limit_says_from_what_to_what(organization):
    platform = BillingGroupFactory(organization=organization, name="Platform")
    for credits in (5000, 8000, None, None):
        limit(platform, credits)
    sentences = [told(each)[0] for each in organization.audit_entries.order_by("pk")[1:]]
    begin = "Command tests set the Period Usage Limit of Platform"
    assert sentences == [
        f"{begin} from no limit to 5,000.",
        f"{begin} from 5,000 to 8,000.",
        f"{begin} from 8,000 to no limit.",
        "Command tests saved Platform as it was.",
    ]
    assert last_of(organization)[2] == {}


def test_a_personal_limit_says_from_what_to_what(organization):
    ada = MemberFactory(organization=organization, name="Ada")
    for credits in ("unlimited", "1.5", "unlimited", None):
        limit(ada, credits)
    sentences = [told(each)[0] for each in organization.audit_entries.order_by("pk")[1:]]
    begin = "Command tests set the personal limit of Ada"
    assert sentences == [
        f"{begin} from not set to unlimited.",
        f"{begin} from unlimited to 1.5.",
        f"{begin} from 1.5 to unlimited.",
        f"{begin} from unlimited to not set.",
    ]


def test_a_bulk_act_says_how_many_and_names_the_first(organization):
    members = organization.members.filter(
        pk__in=[each.pk for each in many_members(organization, 12)]
    )
    platform = BillingGroupFactory(organization=organization, name="Platform")
    assign_members(actor=TESTS, billing_group=platform, members=members, chosen_by={"q": "crowd"})
    text, _why, said = last_of(organization)
    assert text == "Command tests assigned 12 members to Platform."
    assert said[FIELDS["members"]].startswith(members.order_by("pk")[0].name)
    assert said[FIELDS["members"]].endswith(" and 2 more")
    assert said[FIELDS["sources"]] == "Unassigned: 12"
    assert said[FIELDS["chosen_by"]] == "q: crowd"
    set_personal_limits(actor=TESTS, organization=organization, members=members, is_unlimited=True)
    assert (
        last_of(organization)[0]
        == "Command tests set the personal limit of 12 members to unlimited."
    )


def test_who_was_assigned_alone_is_named_and_unassigned_stays_english(organization):
    ada = MemberFactory(organization=organization, name="Ada")
    assign(ada, BillingGroupFactory(organization=organization, name="Platform"))
    assert last_of(organization)[0] == "Command tests assigned Ada to Platform."
    assign(ada, organization.billing_groups.unassigned())
    english = '<span lang="en" translate="no">Unassigned</span>'
    assert last_of(organization)[0] == f"Command tests assigned Ada to {english}."


def test_an_adjustment_names_the_billing_group_and_the_period(member):
    report(member, 5)
    adjust(member, -2)
    text, _why, said = last_of(member.organization)
    assert text.endswith("</span> from 5 to 3 Credits.")
    assert said[FIELDS["credits"]] == "5 → 3"
    assert " – " in said[FIELDS["period"]]


def test_a_renamed_thing_goes_by_its_name_of_today(organization):
    group = BillingGroupFactory(organization=organization, name="Platform")
    limit(group, 1)
    edit_billing_group(actor=TESTS, billing_group=group, name="Base")
    renamed, first = [told(each)[0] for each in organization.audit_entries.order_by("-pk")[:2]]
    assert renamed == "Command tests renamed Platform to Base."
    assert " of Base from " in first


def test_a_deleted_group_goes_by_its_last_name_and_what_is_unknown_by_kind_and_id(organization):
    group = create_group(actor=TESTS, organization=organization, name="Guild")
    delete_group(actor=TESTS, group=group)
    created = organization.audit_entries.get(event="CreateGroup")
    assert told(created)[0] == "Command tests created the group Guild."
    assert Names(organization, []).name("Group", 7) == "Group 7"


def test_actors_are_named_by_what_they_are(organization, admin):
    key = new_key(admin).key
    user = UserFactory(email="help@vendor.example")
    actors = [("user", admin.pk), ("key", key.pk), ("support", user.pk), ("support", 10**17)]
    entries = [
        AuditEntry(actor_kind=kind, actor_id=str(pk), target_kind="Organization", target_id=1)
        for kind, pk in actors
    ]
    names = Names(organization, entries)
    assert [names.actor(each) for each in entries] == [
        admin.name,
        "API key Gateway",
        "Support (help@vendor.example)",
        f"Support ({10**17})",
    ]


def test_nobody_of_another_organization_is_named(organization):
    stranger = MemberFactory(name="Stranger")
    entry = AuditEntry(actor_kind="command", target_kind="Member", target_id=stranger.pk)
    assert Names(organization, [entry]).target(entry) == f"Member {stranger.pk}"


def test_a_name_is_no_markup(organization):
    limit(BillingGroupFactory(organization=organization, name="<b>Bold</b>"), 1)
    assert "&lt;b&gt;Bold&lt;/b&gt;" in last_of(organization)[0]


def test_an_event_of_which_nothing_is_known_is_still_told(organization):
    record(TESTS, "Juggle", organization, {"balls": 3, "colors": ["red", "blue"]})
    text, _why, said = last_of(organization)
    assert text == f"Command tests: Juggle, {organization.name}."
    assert said == {"balls": "3", "colors": "red → blue"}


def test_settings_are_told_one_by_one(db):
    organization = OrganizationFactory()
    edit_organization(
        actor=TESTS, organization=organization, time_zone="Asia/Tokyo", default_personal_limit=7
    )
    text, _why, said = last_of(Organization.objects.get(pk=organization.pk))
    assert text == "Command tests edited the settings."
    assert said == {
        FIELDS["time_zone"]: "UTC → Asia/Tokyo",
        FIELDS["default_personal_limit"]: "– → 7",
    }


def test_every_setting_has_a_name():
    assert set(SETTINGS) <= set(FIELDS)


def test_an_import_says_how_many_it_added_and_how_many_it_changed(organization):
    admin = MemberFactory(organization=organization, role="org_admin")
    ada = MemberFactory(organization=organization)
    sent = send_members(admin, f"Email,Name\n{ada.email},King\nnew@x.test,New\nat@x.test,At")
    import_members(actor=TESTS, organization=organization, sent=sent, digest=sent.digest)
    text, _why, said = last_of(organization)
    assert text == "Command tests imported members: 2 added, 1 changed."
    assert said[FIELDS["added"]] == "New, At"


def test_the_reason_of_a_constraint_is_its_own(organization):
    create_group(actor=TESTS, organization=organization, name="Guild")
    with pytest.raises(Refused):
        create_group(actor=TESTS, organization=organization, name="GUILD")
    assert last_of(organization)[1] == "A group with this name already exists."
