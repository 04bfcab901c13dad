"""An organization keeps an enabled admin, also when two requests race."""

import pytest

from members.models import Member
from members.operations import LastAdmin, change_role, disable_member, remove_member
from tests.factories import TESTS, MemberFactory, OrganizationFactory
from tests.racing import at_once, behind, result_or_error
from tests.sql import assert_refused, run

RAW = "UPDATE members_member SET "
DEMOTE = RAW + "role = 'org_member' WHERE id = %s"
DISABLE = RAW + "status = 'DISABLED' WHERE id = %s"
REMOVE = RAW + "status = 'DELETED', deleted_at = now() WHERE id = %s"
KEPT = "an organization keeps an enabled admin"


def demote(member):
    return change_role(actor=TESTS, member=member, role=Member.Role.MEMBER)


def disable(member):
    return disable_member(actor=TESTS, member=member)


def remove(member):
    return remove_member(actor=TESTS, member=member)


WAYS_TO_LEAVE = [demote, disable, remove]
leave_in_any_way = pytest.mark.parametrize("leave", WAYS_TO_LEAVE)


@pytest.fixture
def another(organization):
    return MemberFactory(organization=organization, role=Member.Role.ADMIN)


@leave_in_any_way
def test_the_last_admin_stays(admin, member, leave):
    with pytest.raises(LastAdmin):
        leave(admin)
    admin.refresh_from_db()
    assert admin.is_admin


@leave_in_any_way
def test_one_of_two_admins_may_go(admin, another, leave):
    leave(admin)
    admin.refresh_from_db()
    assert not admin.is_admin


@leave_in_any_way
@pytest.mark.parametrize("gone", [{"status": "DISABLED"}, {"role": "org_member"}])
def test_only_an_enabled_admin_counts_as_another(admin, organization, leave, gone):
    MemberFactory(organization=organization, **{"role": Member.Role.ADMIN, **gone})
    with pytest.raises(LastAdmin):
        leave(admin)


@leave_in_any_way
def test_an_admin_of_another_organization_is_none_of_this_one(admin, leave):
    MemberFactory(organization=OrganizationFactory(), role=Member.Role.ADMIN)
    with pytest.raises(LastAdmin):
        leave(admin)


@leave_in_any_way
def test_a_disabled_admin_may_go_as_they_are_not_the_last(admin, organization, leave):
    disabled = MemberFactory(
        organization=organization, role=Member.Role.ADMIN, status=Member.Status.DISABLED
    )
    leave(disabled)
    assert admin.is_admin


def test_the_last_admin_may_be_made_an_admin_again(admin):
    change_role(actor=TESTS, member=admin, role=Member.Role.ADMIN)
    admin.refresh_from_db()
    assert admin.is_admin


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", WAYS_TO_LEAVE)
@pytest.mark.parametrize("second", WAYS_TO_LEAVE)
def test_of_the_last_two_one_stays_however_they_race(organization, admin, another, first, second):
    _done, refusal = behind(lambda: first(admin), result_or_error(lambda: second(another)))
    assert isinstance(refusal, LastAdmin)
    assert list(organization.members.admins()) == [another]


@pytest.mark.parametrize("change", [DEMOTE, DISABLE, REMOVE])
def test_raw_sql_keeps_the_last_admin_too(admin, member, change):
    assert_refused(change, admin.pk, because=KEPT)


def test_raw_sql_lets_no_two_go_at_once(admin, another):
    assert_refused(RAW + "role = 'org_member'", because=KEPT)
    assert run(RAW + "role = 'org_member' WHERE id = %s", another.pk) == 1


def test_raw_sql_may_put_another_admin_in_the_place_of_the_last(admin, member):
    swap = "role = CASE WHEN id = %s THEN 'org_member' ELSE 'org_admin' END"
    assert run(RAW + swap, admin.pk) == 2


def test_an_organization_without_an_admin_may_stay_so(member):
    disable(member)
    assert run(RAW + "role = 'org_admin' WHERE id = %s", member.pk) == 1
    assert run(DEMOTE, member.pk) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", [DEMOTE, DISABLE, REMOVE])
@pytest.mark.parametrize("first", ["raw", "operation"])
def test_of_the_last_two_one_stays_though_one_comes_without_locks(
    organization, admin, another, change, first
):
    calls = [lambda: run(change, admin.pk), result_or_error(lambda: disable(another))]
    if first == "operation":
        calls = [lambda: disable(admin), result_or_error(lambda: run(change, another.pk))]
    _done, refusal = behind(*calls)
    assert KEPT in str(refusal)
    assert organization.members.admins().count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_that_go_at_once_without_locks_one_stays(organization):
    admins = MemberFactory.create_batch(8, organization=organization, role=Member.Role.ADMIN)
    at_once(*(result_or_error(lambda each=each: run(DEMOTE, each.pk)) for each in admins))
    assert organization.members.admins().count() == 1
