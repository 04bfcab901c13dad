"""The schema, tried out on the real server: what it says is true, whatever is sent."""

from collections import Counter

import hypothesis
import pytest
import requests
import schemathesis
from schemathesis import GenerationMode, openapi
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi import checks

from billing.periods import current_period
from members.models import Member
from tests.factories import BillingGroupFactory, GroupFactory, MemberFactory, report, unique
from tests.views import Place

from ..factories import new_key
from .calls import CALLS
from .server import serving

load_all_checks()
EXAMPLES = 12  # of each operation
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


@pytest.fixture
def place(transactional_db):
    """With records of two periods; the maker of the key is not met."""
    place = Place()
    Member.objects.filter(pk__in=[place.payer.pk, place.mate.pk]).update(is_unlimited=True)
    for member in (place.payer, place.mate):
        report(member, "0.1")
        report(member, "0.2", at=place.past.starts_at, received_at=place.past.ends_at)
    return place


@pytest.fixture
def address(place):
    with serving() as address:
        yield address


@pytest.fixture
def headers(place):
    return {"Authorization": f"Bearer {new_key(place.admin).secret}"}


def test_every_answer_is_one_that_the_schema_tells_of(place, address, headers):
    schema = openapi.from_url(f"{address}/v1/openapi.json")
    for name in CALLS:
        statuses = tried_out(schema.find_operation_by_id(name), place, headers)
        assert 200 in statuses, f"{name} never worked: {statuses}"
        assert 401 not in statuses


def tried_out(operation, place, headers):
    """The statuses that the operation answers with."""
    statuses, session = Counter(), requests.Session()

    @hypothesis.settings(max_examples=EXAMPLES)
    @hypothesis.given(case=cases(operation))
    def try_out(case):
        aim(case, place)
        case.headers = dict(headers)
        response = case.call_and_validate(session=session, checks=CHECKS)
        statuses[response.status_code] += 1

    with session:
        try_out()
    return statuses


def cases(operation):
    """What fits the schema, and what does not."""
    return operation.as_strategy() | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)


def aim(case, place):
    """Let most cases meet records that there are; how is told by what was made up."""
    chance = sum(map(ord, repr((case.path_parameters, case.query, case.body))))
    if chance % 10:
        case.path_parameters["organization_id"] = str(place.organization.pk)
    if chance % 4:
        for name in case.path_parameters.keys() - {"organization_id"}:
            case.path_parameters[name] = SOMEBODYS[name](place)
    body = case.body if isinstance(case.body, dict) else {}
    if chance % 3:
        for name in body.keys() & SOMEBODYS.keys():
            body[name] = SOMEBODYS[name](place)
        for record in body.get("records") or []:
            if isinstance(record, dict) and "memberId" in record:
                record["memberId"] = SOMEBODYS["memberId"](place)
    if chance % 2 and isinstance(case.query, dict) and "periodEnd" in case.query:
        case.query["periodEnd"] = current_period(place.organization).ends_at.isoformat()


def somebody(place):
    others = place.organization.members.present().exclude(role=Member.Role.ADMIN)
    return others.first() or MemberFactory(organization=place.organization)


def member_id(place):
    return str(somebody(place).pk)


def group_id(place):
    groups = place.organization.groups
    return str((groups.first() or GroupFactory(organization=place.organization)).pk)


def billing_group_id(place):
    groups = place.organization.billing_groups.formal()
    return (groups.first() or BillingGroupFactory(organization=place.organization)).key


def period_end(place):
    return current_period(place.organization).ends_at.isoformat()


SOMEBODYS = {
    "member_id": member_id,
    "memberId": member_id,
    "group_id": group_id,
    "billing_group_id": billing_group_id,
    "billingGroupId": billing_group_id,
    "periodEnd": period_end,
    "userIds": lambda place: [somebody(place).user_key],
    "eventId": lambda place: unique("event"),
    "credits": lambda place: 1,
}
