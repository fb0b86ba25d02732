"""A chart alone, out of Vega's SVG."""

import pytest

from initopt_core.figures import loss_surfaces
from initopt_core.figures.export import ExportOptions, sheet
from initopt_core.figures.export.drawing import PAD, taken, trimmed
from initopt_core.figures.fonts import converter
from initopt_core.loss_surfaces.flatness import TwoMinima


@pytest.fixture(scope="module")
def svg():
    figure = loss_surfaces.two_minima(TwoMinima(), 0.1)
    return converter().vega_to_svg(
        converter().vegalite_to_vega(sheet.plain(figure, ExportOptions()))
    )


def test_it_has_lost_its_outer_tag_and_knows_its_size(svg):
    drawing = taken(svg)
    assert "<svg" not in drawing.body and f'width="{drawing.width:g}"' in svg
    assert 0 < drawing.left < drawing.width and 0 <= drawing.top < drawing.height


def test_names_are_counted_from_its_own_first(svg):
    other = svg.replace("clip1", "clip81").replace("gradient_1", "gradient_81")
    assert taken(other).body == taken(svg).body


def test_what_it_does_not_reach_is_cut(svg):
    wide = svg.replace('width="', 'width="9', 1)
    assert trimmed(wide).width == trimmed(svg).width < taken(wide).width and PAD > 0
