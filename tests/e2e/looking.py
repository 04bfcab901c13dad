"""Looking at a page in languages, widths and themes: what axe finds, and what is too wide."""

from axe_playwright_python.sync_playwright import Axe

from .screen import WIDE

AXE = Axe()
NOTHING_MOVES = "Promise.allSettled(document.getAnimations().map((each) => each.finished))"
NEEDED = "document.documentElement.scrollWidth"
LANGUAGES = ["en-US", "zh-CN", "ja-JP"]
THEMES = ["light", "dark"]
WIDTHS = [360, 768, 1280]
ROOMS = [360, 640, 704, 1024, 1280]
"""640: 1280 at 200 %; 704: tables at their narrowest; 1024: beside the rail."""


class Look:
    """Looks at each place in every language, and in any two of width, theme and language.

    `problems`: what is wrong with each place, {place: [what]}.
    """

    def __init__(self, pages):
        self.pages = pages  # by language
        self.number = 0
        self.problems = {}

    def __call__(self, place, reach):
        """Judge what `reach` brings before each language's page, in another width."""
        self.number += 1
        for turn in range(self.number, self.number + len(LANGUAGES)):
            language = LANGUAGES[(turn + self.number // len(WIDTHS)) % len(LANGUAGES)]
            width, theme = WIDTHS[turn % len(WIDTHS)], THEMES[turn % len(THEMES)]
            page = self.pages[language]
            page.set_viewport_size({**WIDE, "width": width})
            page.emulate_media(color_scheme=theme)
            reach(page)
            self._note(f"{place}, {language}, {width}, {theme}", self._violations(page))
            self._note(f"{place}, {language}", self._too_wide(page))

    def at(self, address):
        self(address, lambda page: page.goto(address))

    def _note(self, place, wrong):
        if wrong := list(wrong):
            self.problems[place] = wrong

    def _violations(self, page):
        page.evaluate(NOTHING_MOVES)
        found = AXE.run(page, options={"resultTypes": ["violations"]})
        for each in found.response["violations"]:
            yield from (f"{each['id']}: {node['target']}" for node in each["nodes"])

    def _too_wide(self, page):
        for room in ROOMS:
            page.set_viewport_size({**WIDE, "width": room})
            if (width := page.evaluate(NEEDED)) > room:
                yield f"{width} wide in {room}"
