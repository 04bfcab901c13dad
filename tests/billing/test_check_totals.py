import pytest
from django.core.management import CommandError, call_command

from billing.models import GroupTotal, UsageTotal

from ..factories import BillingGroupFactory, MemberFactory, OrganizationFactory, assign, report


@pytest.fixture
def used(organization):
    """A member who consumed 5 Credits in Unassigned and 7 in a billing group of the same period."""
    member = MemberFactory(organization=organization, is_unlimited=True)
    report(member, 5)
    assign(member, BillingGroupFactory(organization=organization))
    report(member, 3)
    report(member, 4)
    return member


def check(**options):
    call_command("check_totals", **options)


def test_equal_totals_are_counted(used, capsys):
    check()
    told = capsys.readouterr().out
    assert told == "equal: 2 member totals and 2 billing group totals, 3 records\n"


def test_no_usage_at_all_is_equal(organization, capsys):
    check()
    assert "equal: 0 member totals" in capsys.readouterr().out


def test_a_wrong_member_total_is_told_with_both_sums(used, capsys):
    group = used.billing_group
    UsageTotal.objects.filter(member=used, billing_group=group).update(credits=6)
    with pytest.raises(CommandError, match="1 of 2 member totals and 2 billing group totals"):
        check()
    told = capsys.readouterr().out
    assert f"member {used.pk} in billing group {group.pk} has 6.0000" in told
    assert "its records have 7.0000" in told


def test_a_wrong_billing_group_total_is_told(used, capsys):
    GroupTotal.objects.filter(billing_group=used.billing_group).update(credits="7.0001")
    with pytest.raises(CommandError, match="differ"):
        check()
    assert f": billing group {used.billing_group_id} has 7.0001" in capsys.readouterr().out


def test_a_missing_and_a_needless_total_are_told(used, capsys):
    needless = BillingGroupFactory(organization=used.organization)
    lost = GroupTotal.objects.filter(billing_group=used.billing_group)
    GroupTotal.objects.create(
        organization=used.organization,
        period=lost.get().period,
        billing_group=needless,
        credits=2,
    )
    lost.delete()
    with pytest.raises(CommandError, match="2 of"):
        check()
    told = capsys.readouterr().out
    assert f"{used.billing_group_id} has 0, its records have 7.0000" in told
    assert f"{needless.pk} has 2.0000, its records have 0" in told


def test_a_total_of_0_without_records_is_no_difference(used):
    GroupTotal.objects.create(
        organization=used.organization,
        period=GroupTotal.objects.first().period,
        billing_group=BillingGroupFactory(organization=used.organization),
    )
    check()


def test_one_organization_can_be_checked_alone(used, capsys):
    other = OrganizationFactory()
    GroupTotal.objects.filter(billing_group=used.billing_group).update(credits=1)
    check(organization=other.slug)
    with pytest.raises(CommandError):
        check(organization=used.organization.slug)


def test_an_unknown_organization_is_said(db):
    with pytest.raises(CommandError, match="no organization nowhere"):
        check(organization="nowhere")
