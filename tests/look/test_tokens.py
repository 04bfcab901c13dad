"""The palette keeps the contrasts that it promises, computed from tokens.css as browsers do."""

import re
from math import cos, radians, sin
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "static/css/tokens.css"
OKLCH = r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)"
PALETTE = {
    name: (tuple(map(float, values[:3])), tuple(map(float, values[3:])))
    for name, *values in re.findall(
        rf"--([\w-]+): light-dark\({OKLCH}, {OKLCH}\);", CSS.read_text()
    )
}
SIX = ("canvas", "surface", "sunken", "raised", "hover", "accent-soft")
FIVE = SIX[:-1]
SOFTS = tuple(name for name in PALETTE if name.endswith("-soft"))
PROMISES = [
    ("line-strong", SIX, 3.35, 3.18),
    ("text", SIX, 14.07, 11.83),
    ("muted", SIX + SOFTS, 6.09, 6.09),
    ("disabled", ("surface",), 3.37, 3.26),
    ("accent", SIX, 5.49, 6.12),
    ("accent", ("track",), 4.77, 5.50),
    ("accent-strong", SIX, 7.42, 7.83),
    ("on-accent", ("accent",), 6.24, 7.83),
    ("focus", SIX + SOFTS, 4.68, 6.96),
    ("ok", (*FIVE, "ok-soft"), 5.00, 7.35),
    ("warn", ("track",), 3.14, 6.44),
    ("warn-text", (*FIVE, "warn-soft"), 6.26, 8.57),
    ("error", ("track",), 3.85, 4.82),
    ("error-text", (*FIVE, "error-soft"), 6.44, 7.68),
    ("blocked", ("track",), 5.78, 3.71),
    ("danger", (*SIX, "danger-soft"), 5.78, 4.89),
    ("on-danger", ("danger",), 6.63, 6.44),
    ("chart-2", ("canvas", "surface"), 4.46, 8.73),
    ("chart-rest", ("canvas", "surface"), 3.23, 3.25),
]


def linear_srgb(color):
    lightness, chroma, hue = color[0] / 100, color[1], radians(color[2])
    a, b = chroma * cos(hue), chroma * sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def rounded_srgb(color):
    def channel(value):
        value = min(1, max(0, value))
        value = 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
        return round(value * 255)

    return tuple(channel(value) for value in linear_srgb(color))


def luminance(color):
    def channel(value):
        value /= 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (channel(value) for value in rounded_srgb(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("token", "backgrounds", "light", "dark"), PROMISES)
def test_a_colour_keeps_its_contrast_on_the_worst_of_its_backgrounds(
    token, backgrounds, light, dark
):
    for scheme, promised in enumerate((light, dark)):
        worst = min(contrast(PALETTE[token][scheme], PALETTE[name][scheme]) for name in backgrounds)
        assert round(worst, 2) == promised, ("light", "dark")[scheme]


@pytest.mark.parametrize("token", PALETTE)
def test_every_colour_is_inside_srgb(token):
    for color in PALETTE[token]:
        assert all(-0.001 <= value <= 1.001 for value in linear_srgb(color))
