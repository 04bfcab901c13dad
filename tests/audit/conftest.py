import pytest

from tests.factories import BillingGroupFactory


@pytest.fixture
def platform(organization):
    return BillingGroupFactory(organization=organization, name="Platform")


@pytest.fixture
def entries(organization):
    """The entries of `organization` but the one of its opening, the oldest first."""

    def read():
        return list(organization.audit_entries.exclude(event="OpenOrganization").order_by("pk"))

    return read
