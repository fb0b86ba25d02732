"""Histograms over the epochs of a training."""

import numpy as np
import pytest

from initopt_core.figures import clips
from initopt_core.figures.clips.epochs import _shares
from initopt_core.training.history import History
from initopt_core.training.runs.recorded import recorded_race
from tests.support.clips import moves


def test_epochs_move():
    history = History(recorded_race())
    history.poll()
    moves(clips.epochs_clip(next(iter(history.curves.values()))))


def test_other_bins_hold_the_same_values():
    kept = {"low": 0.0, "high": 4.0, "counts": [1, 2, 3, 4]}
    assert _shares(kept, np.array([0.0, 2, 4])) == pytest.approx([30, 70])
    assert _shares(kept, np.array([0.0, 0.5, 4])) == pytest.approx([5, 95])
    assert _shares(kept, np.linspace(-10, 10, 7)).sum() == pytest.approx(100)
