from copy import deepcopy

import pytest

from ..factories import OrganizationFactory
from .crowd import Crowd


@pytest.fixture(scope="module")
def stored_crowd(stored):
    return stored(lambda: Crowd(OrganizationFactory()))


@pytest.fixture
def crowd(stored_crowd, db):
    return deepcopy(stored_crowd)
