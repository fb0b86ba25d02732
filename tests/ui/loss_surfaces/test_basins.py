"""Basins side by side, and the table of all their starts."""

from __future__ import annotations

import csv
import io

import pytest

from initopt_core.descent import Run
from initopt_core.figures import export
from initopt_core.figures.loss_surfaces.basin_map import SIZE
from initopt_core.loss_surfaces.basins import DIVERGED
from initopt_core.surfaces import Surface
from initopt_core.ui.loss_surfaces import basins
from initopt_core.ui.loss_surfaces.plan import Plan

BOWLS = Surface("himmelblau")
RUN = Run("SGD", (("lr", 0.05),), (1.0, 1.0))


@pytest.fixture(scope="module")
def plan():
    return Plan(BOWLS, (RUN,), (False,), (-5.0, 5.0, -5.0, 5.0), "log", 20, 0.0, 0)


def test_the_data_of_the_maps_are_the_starts(plan):
    rows = list(csv.DictReader(io.StringIO(export.to_csv(basins.picture_of(plan)).decode())))
    found = basins.map_of(plan, 0).result
    assert len(rows) == SIZE**2
    side, head = 10 / SIZE, "weight w₁ at the start (no unit)"
    assert float(rows[0][head]) == pytest.approx(-5 + side / 2)
    assert float(rows[1][head]) == pytest.approx(-5 + 1.5 * side)
    ends = [row["basin"] for row in rows]
    assert ends.count("diverged") == (found.reached == DIVERGED).sum() > 0
    there = next(r for r in rows if r["basin"] == "minimum 2")
    place = [float(there[f"weight {w} of its minimum (no unit)"]) for w in ("w₁", "w₂")]
    assert place == pytest.approx(found.minima[1], abs=1e-5)
    assert float(there["loss at the end (no unit)"]) < 1
    assert int(there["updates until it arrived, or all there were"]) <= plan.updates


def test_a_map_does_not_depend_on_the_runs_own_start(plan):
    other = Plan(BOWLS, (Run("SGD", (("lr", 0.05),), (3.0, -2.0)),), *_rest(plan))
    assert basins.ready(other) and basins.map_of(other, 0) is basins.map_of(plan, 0)
    figure = basins.picture_of(plan)
    assert "SGD" in figure.alt and BOWLS.label in figure.alt


def _rest(plan):
    return (plan.own_start, plan.ranges, plan.color, plan.updates, plan.noise, plan.seed)
