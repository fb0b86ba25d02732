"""The data of the initialization figures as files."""

from __future__ import annotations

import numpy as np
import pytest

from initopt_core.data import load_sample
from initopt_core.figures import initialization
from initopt_core.figures.initialization import tables
from initopt_core.initialization.observation import observe, one_seed
from initopt_core.initialization.settings import Settings
from initopt_core.initialization.theory import PhaseMap
from tests.support.charts import rows_of


def test_a_histogram_file_counts_every_value():
    seen = observe(Settings(hidden=(16, 8), batch=64), load_sample())
    rows = rows_of(initialization.grid(seen, initialization.Display(log=True)))
    weights = [r for r in rows if r["quantity"] == "weights" and r["layer"] == "0"]
    assert sum(int(r["values"]) for r in weights) == 784 * 16
    assert {r["unit"] for r in rows if r["quantity"].startswith("gradients")} == {"nats"}


def test_the_depth_file_has_every_layer_and_every_seed():
    settings = Settings.make(hidden="8", batch=32)
    seen = observe(settings, load_sample())
    band = one_seed(settings, load_sample())
    rows = list(tables.depth([seen], band))
    measured = [r for r in rows if "predicted variance (unit squared)" in r]
    assert [(r["quantity"][:3], r["layer"]) for r in measured] == [
        ("act", 0), ("act", 2), ("gra", 0), ("gra", 2),
    ]  # fmt: skip
    for row in measured:
        ends = [row[f"predicted, {end} end of the band"] for end in ("low", "high")]
        assert ends[0] < row["predicted variance (unit squared)"] < ends[1]
    own = "measured variance (unit squared)"
    drawn = [r[own] for r in rows if r not in measured]
    # The same seed, so the same variances as were measured.
    assert drawn == pytest.approx([r[own] for r in measured], rel=1e-5)


def test_the_phase_file_counts_layers_by_the_logarithm():
    plane = PhaseMap(
        np.array([1.0, 2.0]), np.array([0.0]), np.ones((1, 2)),
        np.array([[np.exp(-0.5), np.exp(0.1)]]), np.ones((1, 2)), np.array([1.5]),
    )  # fmt: skip
    rows = list(tables.phase(plane))
    told = [r["layers over which it changes by a factor e"] for r in rows]
    assert told == pytest.approx([2, 10])
