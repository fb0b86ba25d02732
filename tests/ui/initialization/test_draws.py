"""Many draws of one setting, and the tutorial's printed numbers beside ours."""

from __future__ import annotations

from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest

from initopt_core.data import load_sample
from initopt_core.initialization import Settings, observe
from initopt_core.initialization.observation import one_seed
from initopt_core.initialization.presets import PRESETS
from initopt_core.ui.initialization import draws
from initopt_core.wording import number


@pytest.fixture
def written(monkeypatch):
    """What the page gets, computed at once and on the sample."""
    found = SimpleNamespace(html=[], bars=[], infos=[], charts=[])
    bar = SimpleNamespace(progress=lambda *a: found.bars.append(a), empty=lambda: None)
    page = SimpleNamespace(
        html=found.html.append,
        info=lambda text, **_: found.infos.append(text),
        markdown=lambda text: None,
        caption=lambda text: None,
        progress=lambda *_: bar,
    )
    monkeypatch.setattr(draws, "st", page)
    monkeypatch.setattr(draws, "compute", lambda function, *args: function(*args))
    monkeypatch.setattr(draws, "is_ready", lambda *_: False)
    monkeypatch.setattr(draws, "get_dataset", load_sample)
    monkeypatch.setattr(draws, "live_chart", lambda figure, **_: found.charts.append(figure))
    monkeypatch.setattr(draws, "export_buttons", lambda *_, **__: None)
    return found


def cells(markup: str) -> list[list[str]]:
    return [[c.text for c in row] for row in ElementTree.fromstring(markup).iter("tr")][1:]


def test_seeds_are_told_by_their_extremes_and_middle(written, monkeypatch):
    monkeypatch.setattr(draws, "SEEDS", 4)
    settings = Settings.make(hidden="6", batch=32, seed=5)
    seen = observe(settings, load_sample())
    draws.seeds(seen, written)
    own = [one_seed(settings.replace(seed=s), load_sample()) for s in range(5, 9)]
    first = np.array([float(one.activations[0, 0]) for one in own])
    row = cells(written.html[0])[0]
    assert row[:4] == ["Layer 0", *(number(f(first)) for f in (np.min, np.median, np.max))]
    assert [share for share, _ in written.bars] == [0.25, 0.5, 0.75, 1]
    assert len(written.charts) == 1


def test_the_printed_numbers_stand_beside_ours(written):
    preset = next(p for p in PRESETS.values() if p.exact)
    draws.tutorial(observe(preset.settings, load_sample()))
    rows = cells(written.html[0])
    assert [row[1] for row in rows] == [number(v, 6) for v in preset.activations]
    for row in rows:
        assert "10⁻" in row[3] or float(row[3]) < 2e-4


def test_another_setting_has_no_printed_numbers(written):
    draws.tutorial(observe(Settings.make(hidden="6", batch=32), load_sample()))
    assert "none of the tutorial's experiments" in written.infos[0] and not written.html
