"""Colours and dashes for several lines: told apart by every eye."""

import itertools

import pytest

from initopt_core.figures import apart, theme
from initopt_core.figures.loss_surfaces.picture import looks
from initopt_core.optimizers import OPTIMIZERS
from tests.figures.test_theme import contrast


@pytest.mark.parametrize("color", apart.MORE)
def test_each_reads_on_light_and_dark_and_is_no_optimizers(color):
    assert contrast(color, theme.LIGHT["paper"]) >= 2
    assert contrast(color, theme.DARK["paper"]) >= 2.4
    assert color not in {entry.look.color for entry in OPTIMIZERS.values()}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_three_of_a_kind_have_other_hues_dashes_and_marks(name):
    found = looks([name] * 3)
    assert found[0][0] == theme.optimizer_style(name)[0]
    for a, b in itertools.combinations(found, 2):
        assert apart.distance(a[0], b[0]) > 20, (a, b)
        assert a[2] != b[2]
    assert len({tuple(dash) for _, dash, _ in found}) == 3


def test_every_line_of_a_figure_has_a_dash_of_its_own_and_keeps_it():
    solid, long, dots = apart.DASHES[:3]
    assert apart.dashes([solid, solid, dots, solid]) == [solid, long, dots, apart.DASHES[3]]
    many = apart.dashes([solid] * 8)
    assert len({tuple(dash) for dash in many}) == 8
    for n in range(8):
        assert apart.dashes([solid] * n) == many[:n]
    assert len(apart.dashes([solid] * 20)) == 20, "then some are alike"


def test_all_optimizers_differ_in_dashes_where_few_race():
    names = list(OPTIMIZERS)
    for first in range(len(names) - 5):
        found = looks(names[first : first + 6])
        assert len({tuple(dash) for _, dash, _ in found}) == 6


def test_one_of_another_kind_keeps_its_colour_beside_several_of_one():
    found = looks(["SGD", "SGD", "SGDMomentum"])
    assert found[2][0] == theme.optimizer_style("SGDMomentum")[0]
    assert len({color for color, *_ in found}) == 3


def test_a_distance_is_that_of_the_eye_that_tells_them_worst():
    assert apart.distance("#FF0000", "#FF0000") == 0
    assert apart.distance("#CC2222", "#228822") < 60 < apart.distance("#000000", "#FFFFFF")
