"""Settings: the periods that a calendar makes are shown while it is typed."""

import re

from playwright.sync_api import expect

from .screen import stop_the_clock


def test_typing_on_while_a_preview_is_awaited_shows_that_of_what_was_typed_last(page, organization):
    page.clock.install()
    page.goto("/o/acme/settings/")
    stop_the_clock(page)
    awaited = []
    page.route(re.compile("period_start_day=1&"), lambda each: awaited.append(each))
    page.get_by_label("Time zone").select_option("Asia/Tokyo")
    page.clock.run_for(1_000)
    page.get_by_label("Period start day").fill("15")
    page.clock.run_for(200)  # less than the pause after which it is asked for
    [answer] = awaited
    answer.continue_()
    preview = page.locator("#period-preview")
    expect(preview.get_by_text("The periods, once saved")).to_be_visible()
    page.clock.run_for(1_000)
    expect(preview).to_contain_text(re.compile("– .* 14, "))
