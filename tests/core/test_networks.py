"""Networks and activations, against torch and against plain calculus."""

import math

import pytest
import torch
from torch import nn

from initopt_core.networks import (
    ACTIVATIONS,
    DEAD,
    BaseNetwork,
    active_range,
    check_sizes,
    from_config,
    make_activation,
)
from initopt_core.registry import SettingError


def test_the_tutorials_network():
    model = BaseNetwork(make_activation("tanh"))
    assert [(m.in_features, m.out_features) for m in model.linears()] == [
        (784, 512), (512, 256), (256, 256), (256, 128), (128, 10),
    ]  # fmt: skip
    assert isinstance(model.layers[1], nn.Tanh) and isinstance(model.layers[-1], nn.Linear)
    assert model(torch.zeros(3, 1, 28, 28)).shape == (3, 10)


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_every_activation_builds_again_from_its_config(name):
    settings = {
        p.name: p.high if p.high is not None else p.default for p in ACTIVATIONS[name].parameters
    }
    model = BaseNetwork(make_activation(name, **settings), hidden_sizes=(5, 4))
    again = from_config(model.config)
    again.load_state_dict(model.state_dict())
    x = torch.randn(7, 784)
    assert torch.equal(again(x), model(x))
    assert again.config == model.config


def test_published_configurations_hold_a_class_name():
    model = from_config({"act_fn": "ReLU", "hidden_sizes": [8]})
    assert isinstance(model.layers[1], nn.ReLU)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("identity", -math.inf, math.inf),
        ("relu", 0.0, math.inf),
        # 1 - tanh^2 = 0.05 and s (1 - s) = 0.05 / 4, solved by hand.
        ("tanh", -math.atanh(math.sqrt(0.95)), math.atanh(math.sqrt(0.95))),
        ("sigmoid", -2 * math.atanh(math.sqrt(0.95)), 2 * math.atanh(math.sqrt(0.95))),
        ("hardtanh", -1.0, 1.0),
        ("softplus", math.log(0.05 / 0.95), math.inf),
    ],
)
def test_where_an_activation_gets_flat(name, low, high):
    found = active_range(make_activation(name))
    assert found == pytest.approx((low, high), abs=1e-3)


def test_a_leaky_unit_is_never_dead():
    assert active_range(make_activation("leaky_relu"), DEAD) == (-math.inf, math.inf)
    assert active_range(make_activation("relu"), DEAD) == (0.0, math.inf)


@pytest.mark.parametrize(
    "sizes", [[0], [2049], [1] * 65, ["x"], [None], [512, -1], 5]
)  # fmt: skip
def test_unusable_sizes_are_named(sizes):
    with pytest.raises(SettingError, match="Hidden layers"):
        check_sizes(sizes)


def test_unknown_activation_lists_the_known():
    with pytest.raises(SettingError, match="tanh"):
        make_activation("tahn")
