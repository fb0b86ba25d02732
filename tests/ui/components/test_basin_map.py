"""One basin map: what the script is sent."""

import json

from initopt_core.descent import Run
from initopt_core.figures.loss_surfaces.basin_map import SIZE, basin_map
from initopt_core.surfaces import Surface
from initopt_core.ui.components.basin_map import message


def test_words_come_before_the_pixels_and_leave_them_as_they_are():
    run = Run("SGD", (("lr", 0.1),))
    made = basin_map(
        Surface("quadratic"), run, (-2.0, 2.0, -2.0, 2.0), 2, ((0.0, 0.0, 0.0),), "log"
    )
    sent = message(made, key="basin-0", label='A "quoted" name, η', alt="{}")
    head, _, body = sent.partition(b"\n")
    told = json.loads(head)
    assert (told["label"], told["key"], told["alt"]) == ('A "quoted" name, η', "basin-0", "{}")
    assert told["n"] == SIZE and told["minima"] == [[0, 0]]
    assert body == made.reached.tobytes() + made.shade.tobytes()
