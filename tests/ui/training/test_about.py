"""What the Training page shows, said: and taken over into the controls."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from initopt_core.training import Racer, TrainConfig
from initopt_core.training.differences import seconds_of
from initopt_core.training.runs.store import describe
from initopt_core.ui.training import about
from initopt_core.wording import duration


def page():
    """The controls, set as the configuration that the session holds; what they make of them."""
    import streamlit as st

    from initopt_core.training import TrainConfig
    from initopt_core.ui.page import Laboratory
    from initopt_core.ui.state import values
    from initopt_core.ui.training import about, controls

    lab = Laboratory("training", "Training", controls.read)
    if wanted := st.session_state.pop("wanted", None):
        values.update(about.control_values(TrainConfig.from_dict(wanted)))
    lab.show(lambda held: st.session_state.update(_config=held.config))


@pytest.mark.parametrize(
    "config",
    [
        TrainConfig(data="sample"),
        TrainConfig(
            racers=(Racer("Adam", (("beta1", 0.5), ("lr", 0.02))), Racer("Lion")),
            hidden_sizes=(64, 32), activation="leaky_relu",
            activation_settings=(("negative_slope", 0.3),), initializer="xavier", epochs=7,
            batch_size=128, seeds=(3, 4), schedule="cosine", clip_norm=2.0, data="sample",
            search_epochs=2, search_initializers=("kaiming",),
        ),
    ],
    ids=["usual", "all changed"],
)  # fmt: skip
def test_controls_that_take_over_a_run_make_the_same_run(config, monkeypatch):
    test = AppTest.from_function(page, default_timeout=30)
    test.session_state["wanted"] = config.as_dict()
    test.run()
    assert not test.exception
    made = test.session_state["_config"]
    assert replace(made, data="sample").fingerprint() == config.fingerprint()


def run(name: str, config: TrainConfig, id: str):
    return SimpleNamespace(id=id, name=name, config=config)


def test_runs_that_are_drawn_together_are_named_by_what_tells_them_apart():
    slow, fast = TrainConfig(epochs=3), TrainConfig(epochs=30)
    alone = run("anything", slow, "a")
    assert about.told_names((alone,)) == {"a": "anything"}
    names = about.told_names((run(describe(slow), slow, "a"), run("My long run", fast, "b")))
    assert "3" in names["a"] and names["b"] == "My long run"


def test_the_time_is_judged_by_the_newest_run_that_was_timed(monkeypatch):
    config, other = TrainConfig(epochs=2), TrainConfig(epochs=1)
    runs = [run("untimed", other, "u"), run("timed", other, "t"), run("older", other, "o")]
    pace = {"u": None, "t": 5000.0, "o": 9.0}
    known = SimpleNamespace(
        runs=lambda: runs, history=lambda id: SimpleNamespace(images_per_s=pace[id])
    )
    monkeypatch.setattr(about, "service", lambda: known)
    monkeypatch.setattr(
        about, "dataset_of", lambda kind: SimpleNamespace(train_index=range(50_000))
    )
    expected = duration(seconds_of(config, 50_000, 5000.0, other))
    assert about.estimate(config) == f"About {expected}, judged by “timed”."
    wide = TrainConfig(epochs=2, hidden_sizes=(2000, 2000))
    assert "recorded race's" in about.estimate(wide), "another network's pace says nothing"
    pace["t"] = pace["o"] = None
    assert "recorded race's" in about.estimate(config)


def test_the_printed_accuracies_are_the_tutorials():
    assert about.printed() == "89.09, 88.83, 89.46"
