"""An act on all who are blocked is on those who are when it is done, not when it was asked for."""

import pytest

from billing.operations import set_period_limit

from ..factories import TESTS, BillingGroupFactory, GroupFactory, MemberFactory, assign, limit
from ..pages import url
from ..racing import behind

pytestmark = pytest.mark.django_db(transaction=True)


class Act:
    """On four: two of a frozen billing group, one whose personal limit is 0, and the admin, who
    has none."""

    def __init__(self, organization, name):
        self.frozen, self.target = BillingGroupFactory.create_batch(2, organization=organization)
        self.team = GroupFactory(organization=organization)
        two = MemberFactory.create_batch(2, organization=organization, is_unlimited=True)
        for member in two:
            assign(member, self.frozen)
        limit(self.frozen, 0)
        MemberFactory(organization=organization, personal_limit=0)
        self.page = url(name, organization, status="blocked", everyone=4)
        self.sent = {
            "members:bulk-assign": {"billing_group": self.target.pk},
            "members:bulk-limit": {"kind": "unlimited"},
            "members:bulk-add-to-group": {"group": self.team.pk},
        }[name]


def everything(organization):
    members = organization.members.order_by("pk")
    return [*members.values("billing_group", "personal_limit", "is_unlimited", "groups")]


@pytest.fixture(params=["members:bulk-assign", "members:bulk-limit", "members:bulk-add-to-group"])
def act(request, organization):
    return Act(organization, request.param)


def test_who_is_no_longer_blocked_when_it_is_done_is_left_alone(console, organization, act):
    before = everything(organization)

    def lift_the_limit():  # of the frozen one, while what the act locks is held
        organization.members.held()
        set_period_limit(actor=TESTS, billing_group=act.frozen, credits=None)

    _held, answer = behind(lift_the_limit, lambda: console.post(act.page, act.sent))
    assert answer.status_code == 409
    assert everything(organization) == before
    assert answer.context["notes"] == ["2 members chosen."]


def test_who_is_blocked_when_it_is_done_is_meant(console, organization, act):
    before = everything(organization)
    assert console.post(act.page, act.sent).status_code == 302
    assert everything(organization) != before
