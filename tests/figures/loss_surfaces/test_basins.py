"""Basin maps as figures for files."""

import io
import re
from dataclasses import replace

import pytest
from PIL import Image

from initopt_core.descent import Run
from initopt_core.figures import export
from initopt_core.figures import loss_surfaces as figures
from initopt_core.figures.loss_surfaces import basin_map as basins
from initopt_core.figures.loss_surfaces.basins import NARROW
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


def test_in_a_column_of_a_text_two_maps_stand_side_by_side_and_all_fits_a_page(figure):
    """Three below one another were longer than a page, and only the first one's axis was named."""
    width, height = size_of(figure, shape="column", scale=1)
    assert width == 440 and height < 2 * width
    svg = export.to_svg(figure, export.ExportOptions(shape="column")).decode()
    maps = [float(x) for x in re.findall(r'<image[^>]*? width="(\d+)"', svg)]
    assert maps[:2] == [NARROW, NARROW] and svg.count("weight w₂") == len(maps) - 1 == 2


def test_the_first_map_of_a_row_names_the_axis_of_all(figure):
    assert export.to_svg(figure).decode().count("weight w₂") == 1


def test_titles_of_maps_stand_on_one_line_however_much_they_say():
    """That of the map of which less is told stood lower than the others."""
    run = Run("Adam", (("lr", 0.3),))
    one, losses = the_map(run).picture("Adam, η 0.3"), tuple(z for _, _, z in MINIMA)
    maps = [replace(one, label="SGD, η 1", summary="0 % of starts reach a minimum"), one]
    places = [(x, y) for x, y, _ in MINIMA]
    key = figures.MapKey(None, basins.colours(list(losses)), losses, updates=60)
    figure = figures.basin_maps(BOWLS, maps, places, (-5.0, 5.0, -5.0, 5.0), key)
    for text in export.TEXTS:
        look = export.ExportOptions(shape="16:9", text=text, title="Maps", caption="Words. " * 20)
        svg = export.to_svg(figure, look).decode()
        places = re.findall(r'<g class="mark-group role-title"><g transform="([^"]*)"', svg)
        heights = {round(float(place.strip(")").split(",")[1])) for place in places[:2]}
        assert len(places) >= 2 and len(heights) == 1, heights


@pytest.mark.parametrize(
    ("maps", "across"), [(1, 1), (3, 3), (4, 4), (5, 3), (6, 3), (7, 4), (8, 4)]
)
def test_rows_of_maps_are_about_equally_long(maps, across):
    assert figures.in_row(maps) == across
