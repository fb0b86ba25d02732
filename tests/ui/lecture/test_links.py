"""Every built-in scene's link means what it says: each setting is known and taken as it stands."""

from __future__ import annotations

import pytest

from initopt_core.lecture.tutorial import TUTORIAL
from initopt_core.ui import address, state
from initopt_core.ui.initialization import controls as initialization
from initopt_core.ui.loss_surfaces import plan as loss_surfaces
from initopt_core.ui.training import controls as training

READ = {
    "initialization": initialization.read,
    "training": training.read,
    "loss_surfaces": loss_surfaces.read,
}
RUNS = {"run"}
"""Names that the Training page reads beside its table."""


@pytest.mark.parametrize("scene", TUTORIAL.scenes, ids=lambda scene: scene.title)
def test_a_scene_opens_without_a_message(monkeypatch, scene):
    import streamlit as st

    session: dict = {}
    monkeypatch.setattr(st, "session_state", session)
    given = dict(scene.settings)
    monkeypatch.setattr(st, "query_params", given)
    monkeypatch.setattr(address, "_waiting", lambda here: True)
    take = state.Reading()
    held = READ[scene.page](take)
    assert state._NOTES not in session
    assert given.keys() - RUNS <= take.table.keys()
    for name in given.keys() - RUNS:
        assert take.table[name].value == take.table[name].parameter.check(given[name])
        assert take.table[name].value != take.table[name].parameter.default, "it could be left out"
    assert not getattr(held, "problem", "") and not getattr(held, "problems", ())
