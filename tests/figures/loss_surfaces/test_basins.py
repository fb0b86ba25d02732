"""Basin maps as figures for files."""

import io
import re

import pytest
from PIL import Image

from initopt_core.descent import Run
from initopt_core.figures import export
from initopt_core.figures import loss_surfaces as figures
from initopt_core.figures.loss_surfaces import basin_map as basins
from initopt_core.loss_surfaces.landmarks import landmarks
from initopt_core.surfaces import Surface
from initopt_core.wording import number

BOWLS = Surface("himmelblau")
MINIMA = landmarks(BOWLS, ()).minima


def the_map(run):
    return basins.basin_map(BOWLS, run, (-5.0, 5.0, -5.0, 5.0), 60, MINIMA, "log")


@pytest.fixture(scope="module")
def figure():
    runs = (Run("Adam", (("lr", 0.3),)), Run("SGD", (("lr", 0.01),)))
    maps = [the_map(r).picture(r.optimizer) for r in runs]
    places = [(x, y) for x, y, _ in MINIMA]
    losses = tuple(z for _, _, z in MINIMA)
    key = figures.MapKey(None, basins.colours(list(losses)), losses, updates=60)
    return figures.basin_maps(BOWLS, maps, places, (-5.0, 5.0, -5.0, 5.0), key)


def size_of(figure, **look):
    return Image.open(io.BytesIO(export.to_png(figure, export.ExportOptions(**look)))).size


def test_maps_are_exported_as_one_picture_twice_the_pages_size(figure):
    width, height = size_of(figure)
    assert width > 2 * 2 * 300 and 2 * 300 < height < 2 * 600
    assert b"Adam" in export.to_svg(figure) and b"data:image" not in export.to_csv(figure)


@pytest.mark.parametrize("theme", export.THEMES)
def test_the_key_has_the_colours_of_the_maps_and_numbers_for_their_darkness(figure, theme):
    svg = export.to_svg(figure, export.ExportOptions(theme=theme)).decode()
    for hue in basins.colours([z for _, _, z in MINIMA]):
        r, g, b = (int(hue[k : k + 2], 16) for k in (1, 3, 5))
        assert f"rgb({r}, {g}, {b})" in svg  # also in print, whose series get other greys
    assert "(3, 2), loss 0" in svg and "updates until a start arrives" in svg
    assert all(f">{step}</text>" in svg for step in (0, 30, 60))


def test_each_star_has_the_number_of_its_minimum_in_the_key(figure):
    """Colours are not told apart in a grey print."""
    svg = export.to_svg(figure, export.ExportOptions("print")).decode()
    assert len(MINIMA) == 4 and "where a start ends (star)" in svg
    for n, (x, y, _) in enumerate(MINIMA, 1):
        assert f"{n}: ({number(x)}, {number(y)}), loss" in svg
        assert len(re.findall(rf'font-weight="bold"[^>]*>{n}</text>', svg)) == 4  # two maps, edges


def test_in_one_column_maps_stand_below_one_another(figure):
    width, height = size_of(figure, shape="column", scale=1)
    assert width == 440 and height > 2 * 300


def test_maps_fill_a_column_and_have_one_title_for_all_their_axes(figure):
    for text in export.TEXTS:
        sheet = export.picture(figure, export.ExportOptions(shape="column", text=text))
        assert 300 * sheet.zoom > 0.6 * sheet.width
    svg = export.to_svg(figure).decode()
    assert svg.count("weight w₂ at the start") == 1


@pytest.mark.parametrize(
    ("maps", "across"), [(1, 1), (3, 3), (4, 4), (5, 3), (6, 3), (7, 4), (8, 4)]
)
def test_rows_of_maps_are_about_equally_long(maps, across):
    assert figures.in_row(maps) == across
