"""Histograms that change: over epochs, and from one initialization to another."""

import numpy as np
import pytest

from initopt_core import data
from initopt_core.figures import clips
from initopt_core.figures.clips.histograms import _shares
from initopt_core.initialization.observation import observe
from initopt_core.initialization.settings import Settings
from initopt_core.reading import SettingError
from initopt_core.training.history import History
from initopt_core.training.runs.recorded import recorded_race
from tests.support.clips import moves


def seen(scheme, hidden=(32,)):
    return observe(Settings.make(scheme=scheme, hidden=hidden, batch=64), data.load_sample())


def test_epochs_move():
    history = History(recorded_race())
    history.poll()
    moves(clips.epochs_clip(next(iter(history.curves.values()))))


def test_one_initialization_turns_into_another():
    moves(clips.morph_clip(seen("xavier"), seen("kaiming")))


def test_networks_of_different_depths_are_refused_in_words():
    with pytest.raises(SettingError, match="2 and 3 layers"):
        clips.morph_clip(seen("xavier", (4,)), seen("xavier", (4, 4)))


def test_other_bins_hold_the_same_values():
    kept = {"low": 0.0, "high": 4.0, "counts": [1, 2, 3, 4]}
    assert _shares(kept, np.array([0.0, 2, 4])) == pytest.approx([30, 70])
    assert _shares(kept, np.array([0.0, 0.5, 4])) == pytest.approx([5, 95])
    assert _shares(kept, np.linspace(-10, 10, 7)).sum() == pytest.approx(100)
