"""The exported loss curves."""

import csv
import io

import pytest

from initopt_core.descent import Run, race
from initopt_core.figures import export
from initopt_core.figures import loss_surfaces as figures
from initopt_core.surfaces import Surface


def test_the_loss_at_every_step_is_in_the_table():
    runs = (Run("SGD", (("lr", 0.1),), (1.0, 1.0)), Run("Adam", (("lr", 0.1),), (1.0, 1.0)))
    traces = race(Surface("quadratic"), runs, 20)
    text = export.to_csv(figures.losses(traces, ["SGD", "Adam"])).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert "step" in rows[0] and len(rows) == 2 * 21
    told = {float(v) for row in rows for k, v in row.items() if "loss" in k}
    for trace in traces:
        assert min(told, key=lambda v: abs(v - trace.points[-1, 2])) == pytest.approx(
            float(trace.points[-1, 2]), rel=1e-5
        )
