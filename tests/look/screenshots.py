"""Every screen of the demo at two widths, light and dark, in screenshots/: to be looked at."""

import shutil
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.look.demo import demo

FOLDER = Path("screenshots")
SIZES = [{"width": 390, "height": 844}, {"width": 1280, "height": 900}]
THEMES = ["light", "dark"]
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
LAST_MONTH = (date.today().replace(day=1) - timedelta(days=1)).replace(day=1)
SENT = b"Email,Name,Role\nnew@acme.example,New,\nadmin@acme.example,,\nnobody,,Boss\n"
SIGNED_OUT = {"sign-in": "/accounts/login/", "password-reset": "/accounts/password/reset/"}
LISTS = {
    "billing-groups": "/o/acme/billing-groups/",
    "billing-groups-found": "/o/acme/billing-groups/?q=an&sort=-consumption",
    "billing-groups-none": "/o/acme/billing-groups/?q=zebra",
    "billing-groups-past": f"/o/acme/billing-groups/?period={LAST_MONTH:%Y-%m-%d}",
    "members": "/o/acme/members/",
    "members-filtered": "/o/acme/members/?status=blocked",
    "groups": "/o/acme/groups/",
    "handle": "/o/acme/billing-groups/unassigned/handle/",
    "export": "/o/acme/billing-groups/export/",
    "create-billing-group": "/o/acme/billing-groups/create/",
    "create-group": "/o/acme/groups/create/",
    "invitations": "/o/acme/members/invitations/",
    "invite": "/o/acme/members/invite/",
    "add-member": "/o/acme/members/add/",
    "import": "/o/acme/members/import/",
    "bulk-assign": "/o/acme/members/assign/?member=2&member=3",
    "bulk-limit": "/o/acme/members/limit/?member=2&member=3",
    "bulk-add-to-group": "/o/acme/members/add-to-group/?member=2&member=3",
    "audit": "/o/acme/audit/",
    "audit-refused": "/o/acme/audit/?outcome=refused",
    "me": "/o/acme/me/",
    "security": "/accounts/2fa/",
    "change-password": "/accounts/password/change/",
    "sessions": "/accounts/sessions/",
    "passkeys": "/accounts/2fa/webauthn/",
    "settings": "/o/acme/settings/",
    "api-keys": "/o/acme/settings/api-keys/",
    "api-keys-create": "/o/acme/settings/api-keys/create/",
    "not-found": "/o/acme/nowhere/",
}
OF_ONE = {  # under the first row of a list: {name: what follows the address of its details}
    "billing-groups": ["", "?show=usage", "edit/", "limit/", "assign/", "delete/"],
    "members": ["", "edit/", "assign/", "limit/", "role/", "disable/", "remove/", "adjust/"],
    "groups": ["", "edit/", "add/", "delete/"],
}
OPENED = {"billing-groups": "Set Period Limit", "members": "Remove", "groups": "Delete"}


class Camera:
    def __init__(self, page, at):
        self.page, self.at = page, at

    def take(self, name):
        self.page.evaluate("Promise.allSettled(document.getAnimations().map((a) => a.finished))")
        self.page.screenshot(path=FOLDER / f"{name}-{self.at}.png", full_page=True)

    def visit(self, pages):
        for name, address in pages.items():
            self.page.goto(address)
            self.take(name)

    def send_file(self):
        """The dry run of an import."""
        self.page.goto(LISTS["import"])
        sent = {"name": "people.csv", "mimeType": "text/csv", "buffer": SENT}
        self.page.locator("input[type=file]").set_input_files(sent)
        self.page.locator(".form .button--primary").click()
        self.page.locator("#verdicts").wait_for()
        self.take("dry-run")

    def visit_one_of(self, list_name, parts):
        """The pages of the last row, which is no system row, and its drawer, menu and dialog."""
        self.page.goto(LISTS[list_name])
        last = self.page.locator("tbody tr").last
        link = last.locator("a[data-drawer]").first
        address = link.get_attribute("href")
        link.click()
        self.page.locator("dialog.drawer[open] h1").wait_for()
        self.take(f"{list_name}-drawer")
        self.page.goto(LISTS[list_name])
        last.locator("[popovertarget]").click()
        self.take(f"{list_name}-menu")
        last.get_by_role("link", name=OPENED[list_name], exact=True).click()
        self.page.locator("dialog.dialog[open] .form").wait_for()
        self.take(f"{list_name}-dialog")
        for part in parts:
            self.page.goto(address + part)
            self.take(f"{list_name}-one-{part.strip('/?').replace('=', '-') or 'details'}")


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    with demo() as (address, session), sync_playwright() as engines:
        browser = engines.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for size in SIZES:
            for theme in THEMES:
                take_all(browser, address, session, size, theme)
        browser.close()
    print(f"{len(list(FOLDER.glob('*.png')))} screens in {FOLDER}/")


def take_all(browser, address, session, size, theme):
    name, value = session
    context = browser.new_context(
        base_url=address, viewport=size, color_scheme=theme, has_touch=size["width"] < 640
    )
    camera = Camera(context.new_page(), f"{size['width']}-{theme}")
    camera.visit(SIGNED_OUT)
    context.add_cookies([{"name": name, "value": value, "url": address}])
    camera.visit(LISTS)
    camera.send_file()
    for list_name, parts in OF_ONE.items():
        camera.visit_one_of(list_name, parts)
    context.close()


if __name__ == "__main__":
    main()
