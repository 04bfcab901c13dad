"""What the style sheets and templates promise one another."""

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYERS = ["reset", "tokens", "base", "layout", "components", "print"]
SHEETS = {name: (ROOT / f"static/css/{name}.css").read_text() for name in LAYERS}
TEMPLATES = {path: path.read_text() for path in (ROOT / "templates").rglob("*.html")}
ICONS = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static/icons.svg").read_text()))


def rules(sheet):
    return re.sub(r"/\*.*?\*/", "", SHEETS[sheet], flags=re.S)


def components():
    return re.findall(r"^  /\* ([\w-]+): ", SHEETS["components"], flags=re.M)


def test_the_layers_are_named_in_their_order():
    assert SHEETS["reset"].startswith(f"@layer {', '.join(LAYERS)};")
    for name in LAYERS:
        assert f"@layer {name} {{" in SHEETS[name]


def test_all_css_is_under_12_kb_compressed():
    assert sum(len(gzip.compress(sheet.encode())) for sheet in SHEETS.values()) < 12_000


def test_the_components_stay_under_900_lines():
    assert SHEETS["components"].count("\n") < 900


@pytest.mark.parametrize("sheet", LAYERS)
def test_no_sheet_shouts_imports_or_selects_by_id(sheet):
    css = rules(sheet)
    assert "!important" not in css
    assert "@import" not in css
    assert not re.search(r"#[a-z]", css)


@pytest.mark.parametrize("sheet", ["base", "layout", "components", "print"])
def test_colours_and_times_are_tokens(sheet):
    assert not re.search(r"oklch|rgb\(|hsl\(|(?<![\w-])\d+m?s\b(?! var)", rules(sheet))


def test_components_stand_from_a_to_z():
    assert components() == sorted(components())


def test_a_component_names_no_block_but_its_own_and_says_what_it_is_for():
    defined = re.findall(r"^  \.([\w-]+)", rules("components"), flags=re.M)
    assert {name.split("__")[0].split("--")[0] for name in defined} == set(components())


@pytest.mark.parametrize("block", components())
def test_every_component_is_used(block):
    assert any(
        re.search(rf'class="[^"]*(?<![\w-]){block}(?![\w-])', text) for text in TEMPLATES.values()
    )


def test_icons_have_a_stroke_of_1_5():
    assert re.findall(r"stroke-width: ([^;]+);", SHEETS["components"]) == ["1.5"]
    assert "stroke-width" not in (ROOT / "static/icons.svg").read_text()


def test_every_icon_shown_is_in_the_sprite():
    for path, text in TEMPLATES.items():
        for name in re.findall(r'_icon\.html" with name="([\w-]+)"|icon="([\w-]+)"', text):
            assert set(name) - {""} <= ICONS, path


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_inline_style_or_script(path):
    text = TEMPLATES[path]
    assert not re.search(r"\sstyle=|<style|\son\w+=|hx-on|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
