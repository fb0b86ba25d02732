"""The loss-surface component: a scene names its grid, and carries what the page adds."""

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.support.pages import mounted


def page():
    import streamlit as st

    from initopt_core.descent import Run
    from initopt_core.figures.loss_surfaces.scene import Showing, grid, scene
    from initopt_core.loss_surfaces.landmarks import landmarks
    from initopt_core.surfaces import Surface
    from initopt_core.ui.components.surface_canvas import surface_canvas

    bowl, ranges = Surface("quadratic"), (-2.0, 2.0, -1.0, 1.0)
    run = Run("SGD", (("lr", 0.1),), (1.0, 0.5))
    surface_canvas(
        scene(bowl, (run,), 10, 0.0, 0, ranges, landmarks(bowl, ())),
        grid(bowl, ranges),
        Showing(
            surface="bowl",
            title="A bowl",
            home=ranges,
            color="log",
            alt="A bowl with one path.",
            starts=[(-1, 1.0, 0.5)],
            ack=7,
            look=st.session_state.get("look"),
            wish=3,
        ),
        key="k",
    )


@pytest.mark.parametrize("look", [None, {"step": 4, "zoom": [-1, 1, 0, 1]}])
def test_grid_and_scene_are_messages_of_their_own(look):
    test = AppTest.from_function(page)
    test.session_state["look"] = look
    test.run()
    assert not test.exception
    grid, scene = (m.bytes.partition(b"\n")[::2] for m in mounted(test, "surface_canvas"))
    named, head = json.loads(grid[0]), json.loads(scene[0])
    assert head["grid"] == named["id"] and named["kind"] == "grid" and head["kind"] == "scene"
    assert head["starts"] == [{"run": -1, "x": 1.0, "y": 0.5}] and head["ack"] == 7
    assert head["home"] == [-2, 2, -1, 1] and head["alt"] == "A bowl with one path."
    assert (head.get("initial"), head.get("wish")) == ((None, None) if look is None else (look, 3))
    path = np.frombuffer(scene[1], "<f4")
    assert (path[0], path[11]) == (1, 0.5)  # eleven places across, then as many up
