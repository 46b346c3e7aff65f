"""Colours can be told apart, by colour-blind readers too, and what is written on them can be read."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wnpopt.plotting.palette import COLOURS, LINK, NEUTRAL, colour, contrast, ink

# Machado, Oliveira and Fernandes (2009), severity 1, on linear light.
SIGHT = {
    "usual": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(paint: str, sight: str) -> tuple[float, float, float]:
    parts = np.array([int(paint[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    x, y, z = (XYZ @ np.clip(np.array(SIGHT[sight]) @ linear, 0, 1)) / (0.9505, 1.0, 1.089)
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize("sight", SIGHT)
def test_colours_stay_apart(sight: str) -> None:
    for first, second in itertools.combinations((*COLOURS, NEUTRAL), 2):
        assert math.dist(lab(first, sight), lab(second, sight)) > 15, (first, second)


def test_the_measures_are_those_of_known_pairs() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)  # WCAG's example of just too little
    # Blue and violet that meet under protanopia.
    assert math.dist(lab("#0072B2", "protanopia"), lab("#8A6FBF", "protanopia")) < 5


@pytest.mark.parametrize("paint", [*COLOURS, NEUTRAL, LINK])
def test_ink_on_bars_can_be_read(paint: str) -> None:
    assert contrast(ink(paint), paint) >= 4.5


@settings(deadline=None)
@given(st.integers(0, 2**24 - 1))
def test_ink_on_any_colour_can_be_read(paint: int) -> None:
    text = f"#{paint:06x}"
    assert contrast(ink(text), text) >= 4.5


def test_a_group_beyond_the_palette_has_a_colour() -> None:
    assert [colour(index) for index in range(len(COLOURS))] == list(COLOURS)
    assert colour(len(COLOURS)) == COLOURS[0]
    assert colour(None) == NEUTRAL not in COLOURS
