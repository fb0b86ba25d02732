"""Configurations: checked, hashable, and the same after a trip through JSON."""

from __future__ import annotations

import json

import pytest

from initopt_core.optimizers import OPTIMIZERS
from initopt_core.registry import SettingError
from initopt_core.schedules import SCHEDULES
from initopt_core.training import Racer, TrainConfig, tutorial_comparison
from initopt_core.training.config import parse_numbers
from tests.support.training import tiny


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_json_round_trip(name, schedule):
    config = tiny(racers=(Racer(name), Racer(name)), schedule=schedule, seeds=(1, 2))
    again = TrainConfig.from_dict(json.loads(json.dumps(config.as_dict())))
    assert again == config
    assert hash(again) == hash(config)
    assert again.fingerprint() == config.fingerprint()
    assert len(set(config.labels())) == 2
    assert len(set(config.trial_names())) == 4


def test_defaults_are_the_tutorials_race():
    config = tutorial_comparison()
    assert config.hidden_sizes == (512, 256, 256, 128)
    assert (config.batch_size, config.epochs) == (256, 40)
    assert [(r.optimizer, r.lr) for r in config.racers] == [
        ("SGD", 0.1),
        ("SGDMomentum", 0.1),
        ("Adam", 0.001),
    ]
    assert dict(config.racers[1].settings)["momentum"] == 0.9


def test_every_change_changes_the_fingerprint():
    base = tiny()
    others = [
        tiny(seeds=(43,)),
        tiny(epochs=4),
        tiny(batch_size=64),
        tiny(clip_norm=1.0),
        tiny(activation="tanh"),
        tiny(initializer="xavier"),
        tiny(schedule="cosine"),
        tiny(racers=(base.racers[0].with_lr(0.2), base.racers[1])),
    ]
    assert len({c.fingerprint() for c in [base, *others]}) == len(others) + 1


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"racers": []}, "1 to 8"),
        ({"epochs": 0}, "Epochs"),
        ({"epochs": 2.5}, "whole number"),
        ({"batch_size": 10**9}, "Batch size"),
        ({"hidden_sizes": [0]}, "Hidden layers"),
        ({"hidden_sizes": "oops"}, "Hidden layers"),
        ({"seeds": [1, 1]}, "Seeds"),
        ({"seeds": [-1]}, "Seeds"),
        ({"seeds": ["x"]}, "Seeds"),
        ({"seeds": 7}, "Seeds"),
        ({"clip_norm": float("nan")}, "clipping"),
        ({"data": "../../etc"}, "Data"),
        ({"activation": "__import__"}, "activation"),
        ({"initializer": ""}, "initializer"),
        ({"schedule": "zigzag"}, "schedule"),
        ({"shell": "rm"}, "unknown field"),
        ({"racers": [{"optimizer": "Adam", "settings": {"beta1": 2}}]}, "β₁"),
        ({"racers": [{"settings": {}}]}, "names no optimizer"),
        ({"racers": "SGD"}, "give a list"),
    ],
)
def test_unusable_fields_are_refused_in_words(changes, said):
    with pytest.raises(SettingError, match=said):
        TrainConfig.from_dict({**tiny().as_dict(), **changes})


def test_not_an_object():
    for value in ([], None, "x"):
        with pytest.raises(SettingError):
            TrainConfig.from_dict(value)


def test_numbers_from_a_line():
    assert parse_numbers(" 512, 256;128  64 ", "Sizes") == (512, 256, 128, 64)
    assert parse_numbers("", "Sizes") == ()
    with pytest.raises(SettingError, match="Sizes: “12a” is not a number"):
        parse_numbers("512, 12a", "Sizes")
