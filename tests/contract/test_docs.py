"""docs/api.md: each of its calls works as it stands there, by curl on the real server."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from billing.periods import current_period
from tests.factories import BillingGroupFactory, MemberFactory, report

from ..factories import new_key
from .server import serving

TEXT = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
CALLS = [block for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL) if "curl" in block]
CURL = 'curl() { command curl --silent --show-error --fail-with-body "$@"; }\n'


@pytest.fixture
def environment(transactional_db):
    """What the calls name, and nothing of ours that curl would follow."""
    ada = MemberFactory(email="ada@example.com", is_unlimited=True, role="org_admin")
    organization = ada.organization
    report(ada, 20)
    with serving() as address:
        yield {
            "PATH": os.environ["PATH"],
            "API": f"{address}/v1/organizations/{organization.pk}",
            "KEY": new_key(ada).secret,
            "MEMBER_ID": str(ada.pk),
            "USER_ID": ada.user_key,
            "BILLING_GROUP_ID": BillingGroupFactory(organization=organization).key,
            "PERIOD_END": current_period(organization).ends_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "EVENT_ID": "event-1",
        }


def test_every_call_of_the_documentation_works(environment):
    assert len(CALLS) == 10
    answers = {}
    for call in CALLS:
        done = subprocess.run(
            ["bash", "-euc", CURL + call], env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{call}\n{done.stderr}{done.stdout}"
        answers |= json.loads(done.stdout)
    assert [each["outcome"] for each in answers["results"]] == ["recorded"]
    assert (answers["limitValue"], answers["limitAmount"]) == (1200.5, 50000)
    assert answers["moved"][0]["fromBillingGroupId"] == "unassigned"
    assert [row["credits"] for row in answers["usages"]] == [32.5]
    assert (answers["credits"], answers["reason"]) == (-2.5, "Sent twice")
