"""Deep networks as strips, and all figures of networks that are sick."""

from __future__ import annotations

import base64
import io
import json
import re

import numpy as np
import pytest
import vl_convert
from PIL import Image

from initopt_core.data import load_sample
from initopt_core.figures import export
from initopt_core.figures import initialization as figures
from initopt_core.figures.initialization import Display
from initopt_core.initialization import Settings, observe


@pytest.fixture(scope="module")
def dataset():
    return load_sample()


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize(
    "settings",
    [
        {"scheme": "constant"},
        {"scheme": "zeros"},
        {"scheme": "constant_variance", "scheme_settings": {"std": 10.0}},
    ],
    ids=["constant", "zeros", "overflow"],
)
def test_figures_of_the_sick(dataset, settings, deep):
    hidden = "40 x 256" if deep else "30, 20"
    seen = observe(Settings.make(hidden=hidden, batch=64, **settings), dataset)
    made = [figures.depth(seen)]
    if deep:
        made += [figures.strips(seen, Display(shared=s)) for s in (True, False)]
        made += [figures.one_layer(seen, i, Display()) for i in (0, 40)]
    else:
        made += [figures.grid(seen, Display(log=log)) for log in (True, False)]
    for figure in made:
        json.loads(figure.message)
    # The second of two kinds is drawn by the same marks.
    for figure in made[::2]:
        assert "<svg" in vl_convert.vegalite_to_svg(figure.spec())
    if deep and settings["scheme"] == "constant_variance":
        assert made[0].rows()["activations_bad"] == [
            {"layer": int(seen.probe.broken_at.name.split()[1])}
        ]


def test_a_strips_ink_is_darkest_where_values_are_dense(dataset):
    seen = observe(Settings.make(hidden="10 x 16", batch=64), dataset)
    (row,) = figures.strips(seen, Display(shared=True)).rows()["strip0"]
    file = base64.b64decode(row["url"].partition(",")[2])
    alpha = np.asarray(Image.open(io.BytesIO(file)))[..., 3].astype(float)
    assert alpha.shape[1] % len(seen.names) == 0
    middle = alpha.shape[0] // 2
    svg = export.to_svg(figures.strips(seen)).decode()
    assert len(re.findall("√\\(density / layer.{1,5}s highest\\)", svg)) == 3  # what ink means
    assert alpha[middle - 30 : middle + 30].mean() > 3 * alpha[:30].mean()  # weights gather at 0


def test_the_frame_is_around_the_chosen_layer(dataset):
    seen = observe(Settings.make(hidden="10 x 8", batch=16), dataset)
    strips = figures.strips(seen)
    marked = figures.marked(strips, 4)
    assert marked.signals["chosen"] == 4 and marked.key == strips.key
    assert marked.data is strips.data
