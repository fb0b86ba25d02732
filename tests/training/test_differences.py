"""Settings in words: what trainings differ in, and names that tell them apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from initopt_core.training import Racer, TrainConfig
from initopt_core.training.config import pack, tutorial_comparison
from initopt_core.training.differences import (
    differences,
    facts,
    own_name,
    seconds_of,
    summary,
    telling_names,
)

BASE = TrainConfig()
CHANGED = {
    "epochs": replace(BASE, epochs=3),
    "batch size": replace(BASE, batch_size=64),
    "seeds": replace(BASE, seeds=(1, 2)),
    "hidden layers": replace(BASE, hidden_sizes=(64,) * 3),
    "activation": replace(BASE, activation="tanh"),
    "initialization": replace(BASE, initializer="constant", initializer_settings=()),
    "schedule": replace(BASE, schedule="cosine"),
    "clipping": replace(BASE, clip_norm=1.0),
    "rate search": replace(BASE, search_epochs=1),
    "data": replace(BASE, data="sample"),
    "training images": replace(BASE, train_images=1000),
    "Adam η": replace(BASE, racers=(*BASE.racers[:2], Racer("Adam", pack({"lr": 0.01})))),
    "optimizers": replace(BASE, racers=BASE.racers[:2]),
}


@pytest.mark.parametrize("name", CHANGED)
def test_every_setting_that_is_changed_is_named(name):
    found = differences(BASE, CHANGED[name])
    assert [row[0] for row in found] == [name]
    assert found[0][1] != found[0][2]
    assert own_name(CHANGED[name]) != own_name(BASE)


def test_an_entrys_own_setting_is_a_difference():
    other = replace(BASE, initializer="constant", initializer_settings=pack({"fill": 0.5}))
    ((name, mine, theirs),) = differences(CHANGED["initialization"], other)
    assert name == "initialization" and mine != theirs and "0.5" in theirs


def test_equal_trainings_differ_in_nothing():
    assert differences(BASE, TrainConfig.from_dict(BASE.as_dict())) == []
    assert own_name(tutorial_comparison()) == "SGD, SGD + momentum, Adam: 40 epochs"


def test_names_of_runs_drawn_together_tell_each_from_the_others():
    names = telling_names({k: c for k, c in CHANGED.items()} | {"base": BASE, "twin": BASE})
    assert len(set(names.values())) == len(names)


def test_two_runs_are_named_by_what_differs_alone():
    assert telling_names({"a": BASE, "b": CHANGED["activation"]}) == {"a": "ReLU", "b": "Tanh"}
    assert telling_names({"a": BASE, "b": CHANGED["Adam η"]}) == {
        "a": "Adam η 0.001",
        "b": "Adam η 0.01",
    }
    assert telling_names({"a": BASE, "b": BASE}) == {"a": "run (1)", "b": "run (2)"}


def test_the_summary_holds_rates_network_and_length():
    text = summary(BASE)
    for part in ("SGD η 0.1", "Adam η 0.001", "512, 256, 256, 128", "ReLU", "10 epochs", "batch"):
        assert part in text
    assert "clipping 1" in summary(CHANGED["clipping"])


def test_the_estimate_is_the_recorded_time_for_the_recorded_race():
    race = tutorial_comparison()
    images = 195 * 256
    pace = 3 * 40 * images / 150.0
    assert seconds_of(race, images, pace, race) == pytest.approx(150.0)
    assert seconds_of(replace(race, epochs=20), images, pace, race) == pytest.approx(75.0)
    small = replace(race, hidden_sizes=(16,))
    assert 70.0 < seconds_of(small, images, pace, race) < 150.0


def test_facts_name_every_field_of_a_configuration():
    assert len(facts(BASE)) >= len(TrainConfig.__dataclass_fields__) - 3
