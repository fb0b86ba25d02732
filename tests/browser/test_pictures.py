"""A picture made on the server looks like the page's own: both are laid over one another."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageFilter

from initopt_core import data
from initopt_core.figures import export, initialization, training
from initopt_core.initialization.observation import observe
from initopt_core.initialization.presets import PRESETS
from initopt_core.training.history import History
from initopt_core.training.runs.recorded import recorded_race

SIZE = (480, 240)
"""To which both are scaled; letters are strokes of a pixel then."""
CLOSE = 0.6
"""Share of a part's ink that may lie elsewhere: strokes and letters are smoothed otherwise by the
browser. A picture eight pixels aside has more than twice that of one in its place."""


def recorded(draw):
    history = History(recorded_race())
    history.poll()
    return lambda: draw(training.lines([("", history)]), "epochs")


def depth():
    return initialization.depth(observe(PRESETS["xavier-tanh"].settings, data.load()))


CASES = {
    "recorded-accuracy": ("/training?run=recorded", recorded(training.accuracy_figure)),
    "recorded-loss": ("/training?run=recorded", recorded(training.loss_figure)),
    "init-depth": (
        "/initialization?scheme=xavier&activation=tanh&seed=42&part=",
        depth,
    ),
}
ROOM = """e => [e.view.signal('plot_width'), e.view.signal('plot_height')]"""


def grey(file: bytes, aside: int = 0) -> np.ndarray:
    """A picture on white as numbers from 0 to 1, one size, a little out of focus.

    Args:
        aside: pixels by which it is moved to the right and down first.
    """
    image = Image.open(io.BytesIO(file)).convert("L")
    moved = Image.new("L", image.size, 255)
    moved.paste(image, (aside, aside))
    image = moved.resize(SIZE, Image.Resampling.BOX)
    return np.asarray(image.filter(ImageFilter.GaussianBlur(1.5)), dtype=float) / 255


def elsewhere(shown: np.ndarray, made: np.ndarray) -> float:
    """How much of the ink differs, as a share of all ink; 1 where one of both is blank."""
    return float(abs(shown - made).sum() / max((1 - made).sum(), (1 - shown).sum()))


def parts(room) -> dict[str, tuple[slice, slice]]:
    """Whole, left axis and lower axis, in the scaled picture."""
    across, down = room.across(room.width), room.down(room.width)
    left, low = int(room.left / across * SIZE[0]), int(room.bottom / down * SIZE[1])
    everything = slice(None)
    return {
        "whole": (everything, everything),
        "left axis": (everything, slice(0, left)),
        "lower axis": (slice(SIZE[1] - low, None), everything),
    }


@pytest.mark.parametrize("name", CASES)
def test_the_servers_picture_is_the_pages(page, app_url, name):
    path, make = CASES[name]
    page.goto(app_url + path)
    element = page.locator(f'.initopt-figure[data-figure="{name}"]')
    element.wait_for(timeout=60_000)
    page.wait_for_function("e => Number(e.dataset.drawn) > 0", arg=element.element_handle())
    page.wait_for_timeout(500)
    width, height = element.evaluate(ROOM)
    shown = grey(element.locator("canvas").screenshot())
    figure = make()
    room = replace(figure.room, width=round(width), height=round(height))
    file = export.to_png(replace(figure, room=room), export.ExportOptions(scale=1))
    made, aside = grey(file), grey(file, 8)
    for what, place in parts(room).items():
        near, far = elsewhere(shown[place], made[place]), elsewhere(shown[place], aside[place])
        assert near < CLOSE, f"{what}: {near:.2f} of the ink lies elsewhere"
        assert far > 2 * near, f"{what}: a picture eight pixels aside would not be noticed"
