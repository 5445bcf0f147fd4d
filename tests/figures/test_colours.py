"""Colours are legible on their paper, and told apart, by colour-blind people too."""

import itertools

import numpy as np
import pytest

from wdcli.figures.colours import DARK, LIGHT, WHITE, rgb, shade, surface_colours
from wdcli.figures.model import Axis, Surface

PALETTES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
SIGHT = {
    "normal": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
"""How people see linear red, green and blue, by Machado, Oliveira and Fernandes (2009)."""
LMS = [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
       [0.0883024619, 0.2817188376, 0.6299787005]]  # fmt: skip
OKLAB = [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
         [0.0259040371, 0.7827717662, -0.8086757660]]  # fmt: skip


def linear(colour):
    share = np.array(colour) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def contrast(a, b):
    """As the Web Content Accessibility Guidelines define it."""
    dark, light = sorted(0.05 + linear(each) @ [0.2126, 0.7152, 0.0722] for each in (a, b))
    return light / dark


def distance(a, b, sight="normal"):
    """In Oklab, of which black and white are 100 apart."""
    seen = [np.clip(np.array(SIGHT[sight]) @ linear(each), 0, 1) for each in (a, b)]
    places = [np.array(OKLAB) @ np.cbrt(np.array(LMS) @ each) for each in seen]
    return 100 * np.linalg.norm(places[0] - places[1])


@PALETTES
def test_ten_hues_and_all_words_stand_out_from_what_is_behind_them(palette):
    assert len(palette.hues) == 10
    assert all(contrast(rgb(hue), rgb(palette.paper)) >= 3 for hue in (*palette.hues, palette.lost))
    assert all(contrast(rgb(palette.words[name]), rgb(tint)) >= 4.5 for name, tint in palette.tints.items())
    assert all(contrast(rgb(ink), rgb(palette.paper)) >= 4.5 for ink in (palette.ink, palette.soft))


@PALETTES
@pytest.mark.parametrize("sight, least", [("normal", 12), ("protan", 4), ("deutan", 4), ("tritan", 2.8)])
def test_hues_are_told_apart(palette, sight, least):
    pairs = itertools.combinations(map(rgb, palette.hues), 2)
    assert min(distance(a, b, sight) for a, b in pairs) >= least


@pytest.mark.parametrize("levels", [1, 3, 9, 16])
def test_shades_grow_darker_and_the_palest_is_not_white(levels):
    shades = [shade(level, levels) for level in range(levels + 1)]
    assert shades[0] == WHITE
    assert distance(shades[0], shades[1]) >= 16
    assert all(contrast(a, WHITE) < contrast(b, WHITE) for a, b in itertools.pairwise(shades))


@pytest.mark.parametrize("count", [2, 3, 8, 10])
def test_every_class_of_a_surface_has_tints_of_its_own(count):
    axis, row = Axis("x", 0, 1), tuple(range(count))
    tints = surface_colours(Surface("", axis, axis, (row,), 5, (row,), (), ()))
    assert len(tints) == 5 * count
    surest = tints[4::5]
    assert min(distance(a, b) for a, b in itertools.combinations(surest, 2)) >= 6
