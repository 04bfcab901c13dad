"""The description of the API: it can be tried out where it stands, under our strict rules."""

from playwright.sync_api import expect

from members.models import Member
from tests.factories import MemberFactory, new_key


def test_an_operation_is_tried_out_with_a_key(page, organization):
    admin = MemberFactory(organization=organization, name="Zed", role=Member.Role.ADMIN)
    page.goto("/v1/docs")
    page.get_by_role("button", name="Authorize").first.click()
    page.get_by_label("auth-bearer-value").fill(new_key(admin).secret)
    page.get_by_role("button", name="Apply credentials").click()
    page.get_by_role("button", name="Close").click()
    operation = page.locator(".opblock", has_text="/members").filter(has_text="List Members")
    operation.locator("button").first.click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_placeholder("organization_id").fill(str(organization.pk))
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table .response").first
    expect(answer).to_contain_text("200")
    expect(answer).to_contain_text('"name": "Zed"')
