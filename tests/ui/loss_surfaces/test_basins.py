"""Basins side by side, and the table of all their starts."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from initopt_core.descent import Run
from initopt_core.loss_surfaces.basins import DIVERGED
from initopt_core.surfaces import Surface
from initopt_core.ui.loss_surfaces import basins
from initopt_core.ui.loss_surfaces.plan import Plan

BOWLS = Surface("himmelblau")
RUN = Run("SGD", (("lr", 0.05),), (1.0, 1.0))


@pytest.fixture(scope="module")
def plan():
    return Plan(BOWLS, (RUN,), (False,), (-5.0, 5.0, -5.0, 5.0), "log", 20, 0.0, 0)


def test_every_start_has_its_row(plan):
    rows = list(csv.DictReader(io.StringIO(basins.table_of(plan).decode())))
    found = basins.map_of(plan, 0).result
    assert len(rows) == basins.SIZE**2 and tuple(rows[0]) == basins.HEADS
    side = 10 / basins.SIZE
    assert float(rows[0]["start_w1"]) == pytest.approx(-5 + side / 2)
    assert float(rows[1]["start_w1"]) == pytest.approx(-5 + 1.5 * side)
    ends = [row["end"] for row in rows]
    assert ends.count("diverged") == (found.reached == DIVERGED).sum() > 0
    there = next(r for r in rows if r["end"] == "minimum")
    place = (float(there["minimum_w1"]), float(there["minimum_w2"]))
    assert np.min(np.hypot(*(np.array(found.minima) - place).T)) < 1e-5
    assert float(there["end_loss"]) < 1


def test_a_map_does_not_depend_on_the_runs_own_start(plan):
    other = Plan(BOWLS, (Run("SGD", (("lr", 0.05),), (3.0, -2.0)),), *_rest(plan))
    assert basins.ready(other) and basins.map_of(other, 0) is basins.map_of(plan, 0)
    figure = basins.picture_of(plan)
    assert "SGD" in figure.alt and BOWLS.label in figure.alt


def _rest(plan):
    return (plan.own_start, plan.ranges, plan.color, plan.updates, plan.noise, plan.seed)
