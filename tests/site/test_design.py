"""The stylesheet's colours are those of docs/design.md, and can be read."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

STYLE = (settings.ROOT / "newsroom" / "static" / "site.css").read_text()
DESIGN = (settings.ROOT / "docs" / "design.md").read_text()
COLOURS = {name: pair for name, *pair in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", STYLE)}
READ_ON = [("ink", "paper"), ("soft", "paper"), ("accent", "paper"), ("ink", "wash"), ("soft", "wash"), ("accent", "wash"),
           ("ink", "mark"), ("soft", "mark"), ("ink", "removed"), ("ink", "added"), ("paper", "ink")]  # fmt: skip


def contrast(first: str, second: str) -> float:
    """WCAG 2.2, relative luminance."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_has_a_contrast_of_four_and_a_half(scheme):
    for text, ground in READ_ON:
        assert contrast(COLOURS[text][scheme], COLOURS[ground][scheme]) >= 4.5, (text, ground)
    assert contrast(COLOURS["edge"][scheme], COLOURS["paper"][scheme]) >= 3


def test_the_design_page_tells_the_colours_and_contrasts_of_the_stylesheet():
    for name, (light, dark) in COLOURS.items():
        assert light in DESIGN, name
        assert dark in DESIGN, name
    for name in ("ink", "soft", "edge", "accent"):
        told = " / ".join(f"{contrast(COLOURS[name][at], COLOURS['paper'][at]):.1f}" for at in (0, 1))
        assert re.search(rf"\| `--{name}` \|.*{re.escape(told)} \|", DESIGN), f"{name} {told}"


def test_no_colour_stands_outside_the_tokens():
    rest = STYLE[STYLE.index("*, ::before") : STYLE.rindex("@media print")]
    assert not re.findall(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl)a?\(", rest)


def test_every_block_of_the_stylesheet_is_closed_and_the_one_for_paper_stands_last():
    rules = re.sub(r"/\*.*?\*/", "", STYLE, flags=re.DOTALL)
    depths = [0]
    for line in rules.splitlines():
        depths.append(depths[-1] + line.count("{") - line.count("}"))
    assert depths[-1] == 0
    assert max(depths) == 1  # a block of conditions that is left open would take all that follows with it
    assert rules.rindex("@media") == rules.rindex("@media print")
