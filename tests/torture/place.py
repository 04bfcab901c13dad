"""Opens an organization in the database of DATABASE_URL and prints what clients need, as JSON."""

import json
import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()

from members.models import Member  # noqa: E402
from tests.factories import (  # noqa: E402
    UNLIMITED,
    BillingGroupFactory,
    MemberFactory,
    OrganizationFactory,
    assign,
    limit,
    new_key,
)

LIMIT = 300

organization = OrganizationFactory()
admin = MemberFactory(organization=organization, role=Member.Role.ADMIN)
limited, free = BillingGroupFactory.create_batch(2, organization=organization)
limit(limited, LIMIT)
members = MemberFactory.create_batch(16, organization=organization)
for number, member in enumerate(members):
    limit(member, UNLIMITED)
    assign(member, limited if number % 4 == 0 else free)
place = {
    "organization": organization.pk,
    "secret": new_key(admin).secret,
    "members": [str(member.pk) for member in members],
    "limited": limited.pk,
    "limit": LIMIT,
}
print(json.dumps(place))
