"""The colours of all pictures: told apart by colour-blind readers too, each with an ink that can be read on it."""

from __future__ import annotations

COLOURS = (
    "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#882255", "#F0E442",
    "#0000E0", "#800000", "#E0E0A0", "#0060E0", "#E02040", "#000060",
)  # fmt: skip
"""Okabe and Ito's seven, wine, and six more, each the farthest from all before it in CIELAB, for colour-blind readers
too (protanopia and deuteranopia of Machado et al., 2009); yellow, faint as a line on white, is the eighth."""
NEUTRAL = "#BDBDBD"
"""What belongs to no group, or to several."""
IDLE = "#F4F4F4"
"""Where nothing happens."""
LINK = "#444444"
"""What leads from one bar to another."""


def colour(index: int | None) -> str:
    """The colour of the ``index``-th group, :data:`NEUTRAL` for None; beyond the palette they come again."""
    return NEUTRAL if index is None else COLOURS[index % len(COLOURS)]


def ink(fill: str) -> str:
    """Black or white, whichever contrasts more with ``fill``: by at least 4.58 to 1 (the root of 21)."""
    return max("#000000", "#ffffff", key=lambda text: contrast(fill, text))


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio" and "relative luminance")."""
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(paint: str) -> float:
    shares = [int(paint[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in shares]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
