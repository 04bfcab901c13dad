"""An act on all who are blocked is on those who are when it is done, not when it was asked for."""

import pytest

from billing.operations import set_period_limit

from ..factories import TESTS, BillingGroupFactory, GroupFactory, MemberFactory, assign, limit
from ..pages import url, words
from ..racing import behind

pytestmark = pytest.mark.django_db(transaction=True)


class Act:
    """On four: two of a frozen billing group, one whose personal limit is 0, and the admin, who has
    none. Two more are in an open billing group."""

    def __init__(self, organization, name):
        self.organization = organization
        place = {"organization": organization}
        self.frozen, self.open, self.target = BillingGroupFactory.create_batch(3, **place)
        for group in (self.frozen, self.open):
            for member in MemberFactory.create_batch(2, **place, is_unlimited=True):
                assign(member, group)
        limit(self.frozen, 0)
        MemberFactory(**place, personal_limit=0)
        self.page = url(name, organization, status="blocked", everyone=4)
        self.sent = {
            "members:bulk-assign": {"billing_group": self.target.pk},
            "members:bulk-limit": {"kind": "amount", "amount": "5"},
            "members:bulk-add-to-group": {"group": GroupFactory(**place).pk},
        }[name]

    @property
    def members(self):
        """What of each member an act may change, by id."""
        what = ("billing_group", "personal_limit", "is_unlimited", "groups")
        return {row["pk"]: row for row in self.organization.members.values("pk", *what)}

    def behind(self, limits, console):
        """The answer to the act, that waited for members while `limits` were set."""

        def set_them():
            self.organization.members.all().held()
            for group, credits in limits.items():
                set_period_limit(actor=TESTS, billing_group=group, credits=credits)

        _nothing, answer = behind(set_them, lambda: console.post(self.page, self.sent))
        return answer


@pytest.fixture(params=["members:bulk-assign", "members:bulk-limit", "members:bulk-add-to-group"])
def act(request, organization, console):
    return Act(organization, request.param)


def test_who_is_no_longer_blocked_when_it_is_done_is_left_alone(act, console):
    before = act.members
    answer = act.behind({act.frozen: None}, console)
    assert answer.status_code == 409
    assert "now they are 2. Nothing was written." in words(answer)
    assert answer.context["notes"] == ["2 members chosen."]
    assert act.members == before


def test_who_is_blocked_only_when_it_is_done_was_not_shown(act, console):
    before = act.members
    answer = act.behind({act.open: 0}, console)
    assert answer.status_code == 409
    assert "now they are 6. Nothing was written." in words(answer)
    assert answer.context["notes"] == ["6 members chosen."]
    assert act.members == before


def test_of_as_many_as_were_shown_those_are_meant_who_are_blocked_when_it_is_done(act, console):
    left_alone, before = set(act.frozen.members.values_list("pk", flat=True)), act.members
    assert act.behind({act.frozen: None, act.open: 0}, console).status_code == 302
    changed = {pk for pk, what in act.members.items() if what != before[pk]}
    assert changed == before.keys() - left_alone
