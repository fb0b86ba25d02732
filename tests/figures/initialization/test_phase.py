"""The phase map as a picture."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from initopt_core.data import load_sample
from initopt_core.figures import export, theme
from initopt_core.figures import initialization as figures
from initopt_core.initialization import Settings, observe
from initopt_core.initialization.theory import PhaseMap


def test_the_brightest_line_of_the_picture_is_the_critical_one():
    w, b = np.linspace(0.5, 3, 51), np.linspace(0, 1, 5)
    chi = np.broadcast_to((w / 2) ** 2, (5, 51))  # one at 2, whatever the biases
    plane = PhaseMap(w, b, np.ones((5, 51)), chi, np.ones((5, 51)), np.full(5, 2.0))
    (row,) = figures.phase(plane).rows()["map"]
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(row["url"].partition(",")[2]))))
    brightest = picture[2].astype(int).sum(-1).argmax()
    assert w[brightest] == pytest.approx(2, abs=0.05)
    np.testing.assert_allclose(picture[2, brightest, :3], theme.viridis(np.array(1.0)), atol=1)


def test_a_network_lies_where_its_weights_and_biases_were_drawn():
    settings = Settings.make(
        "equal_variance", {"gain": 1.5, "bias_std": 0.3}, "tanh", hidden="3 x 16", batch=32
    )
    w, b = np.linspace(0.5, 3, 3), np.linspace(0, 1, 2)
    plane = PhaseMap(w, b, *(np.ones((2, 3)) for _ in range(3)), np.full(2, 2.0))
    figure = figures.phase(plane, observe(settings, load_sample()))
    (dot,) = figure.rows()["dots"]
    assert (dot["x"], dot["y"]) == pytest.approx((1.5, 0.3), rel=1e-3)
    assert "Round dot" not in str(figure.definition()), "the page says it beside the map"
    for shown, words in ((figure, ("White line", "Round dot")), (figures.phase(plane), ("White",))):
        svg = export.to_svg(shown).decode()
        assert all(word in svg for word in words) and ("Round dot" in svg) == (len(words) > 1)


def test_a_dot_at_the_edge_is_whole_and_none_lies_beyond():
    """Without biases it lay on the lower edge, and half of it was cut off."""
    settings = Settings.make("equal_variance", {"gain": 1.5}, "tanh", hidden="3 x 16", batch=32)
    seen = observe(settings, load_sample())
    for last, count in ((3.0, 1), (1.0, 0)):
        w, b = np.linspace(0.5, last, 3), np.linspace(0, 1, 2)
        plane = PhaseMap(w, b, *(np.ones((2, 3)) for _ in range(3)), np.full(2, 0.9))
        figure = figures.phase(plane, seen)
        assert len(figure.rows()["dots"]) == count
        dots = next(layer for layer in figure.spec()["layer"] if layer["data"]["name"] == "dots")
        assert not dots["mark"].get("clip")


def test_a_phone_in_a_hall_gives_the_map_its_width():
    """Letters are 1.5 times as large there; legend and words lie above and below the map."""
    room = figures.PHASE_ROOM
    letters, place = 1.5, 344
    assert place - (room.left + room.right) * letters > 0.65 * place
    plane = PhaseMap(
        *(np.ones(2) for _ in range(2)), *(np.ones((2, 2)) for _ in range(3)), np.ones(2)
    )
    layers = figures.phase(plane).spec()["layer"]
    (legend,) = [e["color"]["legend"] for e in (one["encoding"] for one in layers) if "color" in e]
    assert legend["orient"] == "none" and legend["gradientLength"] == {"expr": "plot_width"}
    marks = [one["mark"] for one in layers if isinstance(one["mark"], dict)]
    (title,) = [mark["text"]["expr"] for mark in marks if "text" in mark]
    assert "√fan-in" in title and title.endswith(': "weights\' spread"')
