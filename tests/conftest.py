import os
from copy import deepcopy

import hypothesis
import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.commands import flush
from django.test import override_settings
from django.utils import translation

from members.models import Member

from .factories import MemberFactory, OrganizationFactory
from .pages import signed_in
from .views import Place

suite = hypothesis.settings(
    deadline=None,
    derandomize=True,
    max_examples=50,
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)
phases = [*suite.phases, hypothesis.Phase.shrink]
hypothesis.settings.register_profile("suite", suite)
hypothesis.settings.register_profile("shrink", suite, phases=phases)  # a failure made small
hypothesis.settings.register_profile(
    "long", suite, phases=phases, derandomize=False, max_examples=400
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


@pytest.fixture(scope="session", autouse=True)
def settings_for_tests():
    """No collected static files, and passwords that are cheap to check."""
    with override_settings(
        STORAGES={
            "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        WHITENOISE_AUTOREFRESH=True,  # else it warns that nothing was collected
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def flush_what_tests_write():
    """Content types and permissions stay: making them anew takes four times as long as the rest."""

    def sql(style, connection, **options):
        tables = connection.introspection.django_table_names(only_existing=True)
        written = set(tables) - {ContentType._meta.db_table, Permission._meta.db_table}
        return connection.ops.sql_flush(style, sorted(written), **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "sql_flush", sql)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *args: None)
        yield


@pytest.fixture(autouse=True)
def english():
    """What a request of another language leaves behind in its thread ends with the test."""
    with translation.override("en"):
        yield


@pytest.fixture
def organization(db):
    return OrganizationFactory()


@pytest.fixture
def admin(organization):
    return MemberFactory(organization=organization, role=Member.Role.ADMIN)


@pytest.fixture
def member(organization):
    """Not an admin, and free to use Credits until a test says otherwise."""
    return MemberFactory(organization=organization, is_unlimited=True)


@pytest.fixture
def console(admin):
    """A browser in which the admin is signed in."""
    return signed_in(admin)


@pytest.fixture(scope="module")
def stored(django_db_setup, django_db_blocker):
    """Store what all tests of a module begin with: none of them may be transactional."""

    def store(make):
        with django_db_blocker.unblock():
            return make()

    yield store
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="module")
def stored_place(stored):
    return stored(Place)


@pytest.fixture
def place(stored_place, db):
    return deepcopy(stored_place)
