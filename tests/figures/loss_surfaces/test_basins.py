"""Basin maps as figures for files."""

import io

from PIL import Image

from initopt_core.descent import Run
from initopt_core.figures import export
from initopt_core.figures import loss_surfaces as figures
from initopt_core.figures.loss_surfaces import basin_map as basins
from initopt_core.loss_surfaces.landmarks import landmarks
from initopt_core.surfaces import Surface

BOWLS = Surface("himmelblau")
MINIMA = landmarks(BOWLS, ()).minima


def the_map(run):
    return basins.basin_map(BOWLS, run, (-5.0, 5.0, -5.0, 5.0), 60, MINIMA, "log")


def test_maps_are_exported_as_one_picture_twice_the_pages_size():
    runs = (Run("Adam", (("lr", 0.3),)), Run("SGD", (("lr", 0.01),)))
    maps = [the_map(r).picture(r.optimizer) for r in runs]
    places = [(x, y) for x, y, _ in MINIMA]
    losses = tuple(z for _, _, z in MINIMA)
    key = figures.MapKey(None, basins.colours(list(losses)), losses)
    figure = figures.basin_maps(BOWLS, maps, places, (-5.0, 5.0, -5.0, 5.0), key)
    width, height = Image.open(io.BytesIO(export.to_png(figure))).size
    assert width > 2 * 2 * 300 and 2 * 300 < height < 2 * 450
    assert b"Adam" in export.to_svg(figure) and b"data:image" not in export.to_csv(figure)
