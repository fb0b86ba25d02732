"""How far a chart reaches."""

import pytest

from initopt_core.figures import export, loss_surfaces
from initopt_core.figures.export import extent
from initopt_core.figures.export.drawing import PAD
from initopt_core.figures.export.sheet import picture
from initopt_core.surfaces import Surface

PLOT = '<path class="background" d="M0,0h100v50h-100Z"/>'


def test_plots_and_texts_count_where_they_stand():
    text = '<text text-anchor="{}" font-size="10px" transform="translate(100,3)">{}</text>'
    inside = f'<g transform="translate(20,7)"><g transform="translate(5,0)">{PLOT}</g></g>'
    assert extent.across(inside) == (25, 125)
    low, high = extent.across(inside + text.format("start", "words to the right"))
    assert low == 25 and 150 < high < 200
    low, high = extent.across(inside + text.format("end", "longer words far to the left of it"))
    assert low < 0 and high == 125
    turned = (
        '<text font-size="10px" transform="translate(8,50) rotate(-90) translate(0,-3)">w</text>'
    )
    assert extent.across(inside + turned)[0] == -2


def test_the_unseen_ground_of_a_legend_does_not_count():
    """A picture was wider by what the converter takes its words too wide: empty at the right."""
    wide = PLOT.replace("h100", "h900")
    legend = f'<g class="mark-group role-legend"><g class="role-scope">{wide}</g></g>'
    assert extent.across(PLOT + legend) == (0, 100)


def test_nothing_is_left_at_the_sides_of_a_chart_nor_cut():
    surface = Surface("quadratic")
    figure = loss_surfaces.paths(surface, (), (), (-2.0, 2.0, -2.0, 2.0), "linear")
    sheet = picture(figure, export.ExportOptions())
    body = sheet.svg[sheet.svg.index("<g") : sheet.svg.rindex("</svg>")]
    low, high = extent.across(body)
    assert low == pytest.approx(PAD, abs=0.1) and sheet.width - PAD - 1 < high <= sheet.width - PAD
