"""What the surface's canvas is sent."""

import json

import numpy as np
import torch

from initopt_core.descent import Run, race
from initopt_core.figures.loss_surfaces.scene import pack_grid, scene
from initopt_core.loss_surfaces.landmarks import landmarks
from initopt_core.loss_surfaces.presets import RACES
from initopt_core.surfaces import FORMULA, Surface

RAVINE = Surface("pathological")


def runs_of(name):
    preset = RACES[name]
    return tuple(Run(n, tuple(s.items()), preset.begin) for n, s in preset.runs)


def test_a_scene_holds_the_whole_race_in_the_order_the_script_reads():
    runs = (*runs_of("ravine"), Run("Adam", (("lr", 0.5),), (1.0, 1.0)))
    made = scene(RAVINE, runs, 30, 0.0, 0, (-6, 6, -14, 6), landmarks(RAVINE, ()))
    floats = np.frombuffer(made.floats, dtype="<f4")
    at = 0

    def take(n):
        nonlocal at
        at += n
        return floats[at - n : at]

    for trace, head in zip(race(RAVINE, runs, 30), made.head["runs"], strict=True):
        for column in trace.points.T:
            np.testing.assert_array_equal(take(31), column)
        np.testing.assert_array_equal(take(60).reshape(30, 2), trace.gradient)
        np.testing.assert_array_equal(take(60).reshape(30, 2), trace.update)
        np.testing.assert_array_equal(take(30), trace.lr)
        take(150)  # sharpness, meter, curvature across the step, its meter, limit
        if head["divides"]:
            v_hat = trace.state["v_hat"]
            np.testing.assert_allclose(take(60).reshape(30, 2), np.sqrt(v_hat) + 1e-8, rtol=1e-6)
        for name in head["kept"]:
            np.testing.assert_array_equal(take(60).reshape(30, 2), trace.state[name])
    assert at == len(floats)
    assert made.labels == ("SGD", "SGD + momentum", "Adam 1", "Adam 2")
    colors = [r["color"] for r in made.head["runs"]]
    assert len(set(colors)) == 4
    json.dumps(made.head, allow_nan=False)


def test_a_diverged_scene_can_still_be_sent():
    run = Run("SGD", (("lr", 1.0),), (1.0, 1.0))
    bowl = Surface("quadratic")
    made = scene(bowl, (run,), 100, 0.0, 0, (-4, 4, -4, 4), landmarks(bowl, ()))
    assert made.head["runs"][0]["diverged"] is not None
    assert made.head["runs"][0]["gone"].startswith("SGD: diverged at step ")
    json.dumps(made.head, allow_nan=False)


def test_the_end_of_a_path_says_what_the_table_says():
    """Beside a path's end stood "diverged", in the table "left the domain"."""
    run = Run("SGD", (("lr", 0.1),), (3.0, 3.0))
    logarithm, view = Surface(FORMULA, text="log(w1)"), (-4, 4, -4, 4)
    made = scene(logarithm, (run,), 100, 0.0, 0, view, landmarks(logarithm, view))
    (sent,) = made.head["runs"]
    assert sent["gone"] == "SGD: left the domain at step 47"
    assert sent["outcome"].startswith("left the domain at step 47")


def test_a_grid_may_come_from_anywhere():
    values = torch.arange(9.0).view(3, 3)
    values[1, 1] = float("nan")
    message = pack_grid(values, (0.0, 1.0, 0.0, 2.0))
    head, _, body = message.data.partition(b"\n")
    assert json.loads(head) == {
        "kind": "grid",
        "id": message.id,
        "n": 3,
        "ranges": [0.0, 1.0, 0.0, 2.0],
    }
    np.testing.assert_array_equal(np.frombuffer(body, dtype="<f4").reshape(3, 3), values)
    assert pack_grid(values, (0.0, 1.0, 0.0, 2.0)).id == message.id
    assert pack_grid(values, (0.0, 1.0, 0.0, 3.0)).id != message.id
