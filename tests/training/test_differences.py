"""Settings in words: what trainings differ in, and names that tell them apart."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from initopt_core.training import Racer, TrainConfig
from initopt_core.training.config import pack, tutorial_comparison
from initopt_core.training.differences import (
    differences,
    facts,
    is_comparable,
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


def test_the_summary_tells_each_racers_own_settings_and_the_seed():
    text = summary(BASE)
    first = "SGD η 0.1; SGD + momentum η 0.1, β 0.9; Adam η 0.001, β₁ 0.9, β₂ 0.999 · hidden 512"
    assert text.startswith(first) and text.endswith(" · seed 42")
    assert "seeds 1, 2" in summary(CHANGED["seeds"])
    decayed = Racer("Adam", pack({"lr": 0.01, "weight_decay": 0.1, "bias_correction": False}))
    assert ", λ 0.1" in (said := summary(replace(BASE, racers=(decayed,))))
    assert "no bias correction" in said


def test_the_summary_of_one_racer_names_no_other():
    text = summary(BASE, racers=[1])
    assert text.startswith("SGD + momentum η 0.1, β 0.9 · hidden") and "Adam" not in text


def test_the_summary_says_what_became_of_a_rate():
    history = SimpleNamespace(rates=[], rate_changes=[{"racer": 2, "lr": 100.0, "step": 1220}])
    assert "Adam η 0.001 (changed to 100 at step 1,220)" in summary(BASE, history)
    history.rate_changes.append({"racer": 2, "lr": 0.5, "step": 1300})
    assert "Adam η 0.001 (changed 2 times, at last to 0.5 at step 1,300)" in summary(BASE, history)
    fair = SimpleNamespace(rates=[0.3, 0.1, 0.003], rate_changes=[])
    assert summary(BASE, fair).startswith("SGD η 0.3 (found by the search); ")
    untouched = SimpleNamespace(rates=[], rate_changes=[])
    assert summary(BASE, untouched) == summary(BASE)


def test_the_estimate_is_the_recorded_time_for_the_recorded_race():
    race = tutorial_comparison()
    images = 195 * 256
    pace = 3 * 40 * images / 150.0
    assert seconds_of(race, images, pace, race) == pytest.approx(150.0)
    assert seconds_of(replace(race, epochs=20), images, pace, race) == pytest.approx(75.0)
    small = replace(race, hidden_sizes=(16,))
    assert 70.0 < seconds_of(small, images, pace, race) < 150.0
    # There and back: what a small network's pace says of a large one is no other scale.
    there = seconds_of(small, images, pace, race) / 150.0
    assert seconds_of(race, images, pace, small) == pytest.approx(150.0 / there)


def test_only_what_is_alike_is_judged_by_a_run():
    race = tutorial_comparison()
    assert is_comparable(race, replace(race, epochs=1, seeds=(7,)))
    others = ({"hidden_sizes": (32, 32)}, {"data": "sample"}, {"batch_size": 16})
    assert not any(is_comparable(race, replace(race, **other)) for other in others)


def test_one_epoch_is_no_epochs():
    one = replace(BASE, epochs=1, search_epochs=1, seeds=(3,))
    said = [summary(one), own_name(one), *facts(one).values()]
    said += telling_names({"a": one, "b": BASE}).values()
    assert not [text for text in said if "1 epochs" in text or "1 seeds" in text]


def test_facts_name_every_field_of_a_configuration():
    assert len(facts(BASE)) >= len(TrainConfig.__dataclass_fields__) - 3
