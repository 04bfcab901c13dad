"""Gives the tests a private PostgreSQL where no DATABASE_URL names another; a plugin of pytest."""

import os
from contextlib import ExitStack

import pytest

from config.postgres import running


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config):
    """Before pytest-django reads the settings; the workers of xdist inherit the environment."""
    os.environ.setdefault("DEMO", "1")
    if not os.environ.get("DATABASE_URL"):
        cluster = ExitStack()
        early_config.add_cleanup(cluster.close)
        os.environ["DATABASE_URL"] = cluster.enter_context(running())
    return (yield)
