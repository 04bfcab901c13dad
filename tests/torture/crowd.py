"""Opens an organization of many, half of them unassigned, and prints what clients need, as JSON.

The argument says how many there are in each half.
"""

import json
import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()

from django.db import connection  # noqa: E402

from members.models import Member  # noqa: E402
from tests.factories import (  # noqa: E402
    BillingGroupFactory,
    MemberFactory,
    OrganizationFactory,
    many_members,
    new_key,
)
from tests.pages import signed_in, today  # noqa: E402

HALF = int(sys.argv[1])
GROUPS = 50

organization = OrganizationFactory()
target, *groups = BillingGroupFactory.create_batch(GROUPS, organization=organization)
admin = MemberFactory(organization=organization, role=Member.Role.ADMIN, billing_group=target)
staying = [
    member.pk
    for number, group in enumerate(groups, start=1)
    for member in many_members(
        organization,
        HALF * number // len(groups) - HALF * (number - 1) // len(groups),
        billing_group=group,
        is_unlimited=True,
    )
]
moving = [member.pk for member in many_members(organization, HALF, is_unlimited=True)]
with connection.cursor() as cursor:
    cursor.execute("VACUUM ANALYZE")
print(
    json.dumps(
        {
            "organization": organization.pk,
            "slug": organization.slug,
            "secret": new_key(admin).secret,
            "session": signed_in(admin).cookies["sessionid"].value,
            "period": today(organization),
            "target": target.pk,
            "staying": staying,
            "moving": moving,
        }
    )
)
