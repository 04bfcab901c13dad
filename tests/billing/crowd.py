"""People who stand wherever one can: what is foreseen of them is compared with what happens."""

from billing.limits import with_standing
from billing.periods import current_period
from members.operations import disable_member

from ..factories import (
    TESTS,
    UNLIMITED,
    BillingGroupFactory,
    MemberFactory,
    assign,
    limit,
    report,
)


class Crowd:
    """In Unassigned and in a full, a frozen and a free group: who is free, and who is blocked."""

    def __init__(self, organization):
        self.organization = organization
        self.unassigned = organization.billing_groups.unassigned()
        self.full, self.frozen, self.free = BillingGroupFactory.create_batch(
            3, organization=organization
        )
        for group in (self.unassigned, self.full, self.frozen, self.free):
            for personal in (UNLIMITED, 8, 2, None):
                self.member = self._member(group, personal)
            disable_member(actor=TESTS, member=self._member(group, UNLIMITED))
        limit(self.full, 8)
        limit(self.frozen, 0)

    def _member(self, group, personal):
        member = MemberFactory(organization=self.organization, is_unlimited=True)
        assign(member, group)
        report(member, 2)
        limit(member, personal)
        return member

    @property
    def blocked(self):
        members = self.organization.members.present()
        members = with_standing(members, current_period(self.organization))
        return {member.pk for member in members if member.reasons}

    @property
    def places(self):
        return dict(self.organization.members.values_list("pk", "billing_group"))
