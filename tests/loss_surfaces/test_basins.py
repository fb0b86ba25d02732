"""Basins of attraction against single descents."""

import numpy as np
import pytest

from initopt_core.descent import Run, race
from initopt_core.loss_surfaces.basins import basins as basins_of
from initopt_core.surfaces import Surface

BOWLS = Surface("himmelblau")


def test_basins_follow_the_schedule():
    run = Run("SGD", (("lr", 0.02),), schedule="cosine", schedule_settings=(("floor", 0.0),))
    got = basins_of(BOWLS, run, (-5.0, 5.0, -5.0, 5.0), 20, 8, ((3.0, 2.0),))
    at = -5 + 10 * (np.arange(8) + 0.5) / 8
    for i, j in ((0, 0), (5, 2), (7, 6)):
        one = Run("SGD", run.settings, (at[i], at[j]), "cosine", run.schedule_settings)
        want = race(BOWLS, (one,), 20)[0].points[-1, 2]
        assert got.loss[j, i] == pytest.approx(float(want), rel=1e-4)
