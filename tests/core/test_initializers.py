"""Every scheme: its variance by formula, its distribution against torch.nn.init."""

import math

import pytest
import torch
from scipy import stats
from torch import nn

from initopt_core.initializers import (
    INITIALIZERS,
    const_init,
    initialize,
    kaiming_init,
    lsuv_init,
    truncation,
    var_init,
    xavier_init,
)
from initopt_core.networks import BaseNetwork, make_activation
from initopt_core.registry import SettingError

SIZES = (400, 300, 200)
RANDOM = [n for n, e in INITIALIZERS.items() if e.random]


def network(activation="relu", sizes=SIZES):
    return BaseNetwork(make_activation(activation), hidden_sizes=sizes)


def images(n=512):
    return torch.randn(n, 784, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("name", list(INITIALIZERS))
def test_equal_seeds_give_equal_weights(name):
    first, second, other = network(), network(), network()
    initialize(first, name, seed=3, images=images())
    initialize(second, name, seed=3, images=images())
    initialize(other, name, seed=4, images=images())
    pairs = list(zip(first.parameters(), second.parameters(), other.parameters(), strict=True))
    same = all(torch.equal(a, b) for a, b, _ in pairs)
    moved = any(not torch.equal(a, c) for a, _, c in pairs)
    assert same
    assert moved == (name in RANDOM)
    assert all(p.requires_grad for p in first.parameters())


@pytest.mark.parametrize("name", [n for n in RANDOM if INITIALIZERS[n].std])
def test_spread_is_what_the_entry_promises(name):
    entry = INITIALIZERS[name]
    choices = [p.choices for p in entry.parameters if p.name == "mode"]
    for mode in choices[0] if choices else (None,):
        settings = entry.settings({"mode": mode} if mode else {})
        model = network()
        initialize(model, name, settings, seed=0)
        for i, layer in enumerate(model.linears()[:-1]):  # the last has few weights
            want = entry.std(layer.in_features, layer.out_features, i == 0, settings)
            assert float(layer.weight.detach().std()) == pytest.approx(want, rel=0.02)
            assert abs(float(layer.weight.detach().mean())) < 0.02 * want


@pytest.mark.parametrize("name", [n for n, e in INITIALIZERS.items() if "bias_std" in e.settings()])
def test_bias_settings(name):
    model = network()
    initialize(model, name, {"bias": 0.5, "bias_std": 0.25}, seed=0)
    biases = torch.cat([m.bias for m in model.linears()])
    assert float(biases.mean()) == pytest.approx(0.5, abs=0.05)
    assert float(biases.std()) == pytest.approx(0.25, rel=0.1)
    initialize(model, name, {"bias": 0.5}, seed=0)
    assert all(bool((m.bias == 0.5).all()) for m in model.linears())


@pytest.mark.parametrize("name", [n for n, e in INITIALIZERS.items() if "gain" in e.settings()])
def test_gain_scales_the_spread(name):
    one, two = network(), network()
    initialize(one, name, {"gain": 1.0}, seed=0)
    initialize(two, name, {"gain": 2.0}, seed=0)
    for a, b in zip(one.linears()[1:], two.linears()[1:], strict=False):
        assert torch.allclose(2 * a.weight, b.weight, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (lambda m: xavier_init(m), nn.init.xavier_uniform_),
        (lambda m: xavier_init(m, "normal", gain=1.5),
         lambda w: nn.init.xavier_normal_(w, gain=1.5)),
        (lambda m: kaiming_init(m, linear_input=False),
         lambda w: nn.init.kaiming_normal_(w, nonlinearity="relu")),
        (lambda m: kaiming_init(m, "uniform", "fan_out", linear_input=False),
         lambda w: nn.init.kaiming_uniform_(w, mode="fan_out", nonlinearity="relu")),
        (lambda m: initialize(m, "pytorch", seed=0),
         lambda w: nn.init.kaiming_uniform_(w, a=math.sqrt(5))),
        (lambda m: initialize(m, "orthogonal", {"gain": 2.0}, seed=0),
         lambda w: nn.init.orthogonal_(w, 2.0)),
    ],
    ids=["xavier uniform", "xavier normal", "kaiming normal", "kaiming uniform fan_out",
         "pytorch", "orthogonal"],
)  # fmt: skip
def test_same_distribution_as_torch(ours, theirs):
    torch.manual_seed(5)
    mine, other = network(), network()
    ours(mine)
    for layer in other.linears():
        theirs(layer.weight)
    for a, b in zip(mine.linears(), other.linears(), strict=False):
        result = stats.ks_2samp(a.weight.detach().flatten(), b.weight.detach().flatten())
        assert result.pvalue > 1e-4, result


def test_kaiming_first_layer_has_gain_one():
    model = network()
    kaiming_init(model, generator=torch.Generator().manual_seed(0))
    first, second = model.linears()[:2]
    assert float(first.weight.std()) == pytest.approx(1 / math.sqrt(784), rel=0.02)
    assert float(second.weight.std()) == pytest.approx(math.sqrt(2 / 400), rel=0.02)


def test_constant_and_constant_variance_fill_the_biases_too():
    model = network()
    const_init(model, 0.3)
    assert all(bool((p == torch.tensor(0.3)).all()) for p in model.parameters())
    var_init(model, 0.5, generator=torch.Generator().manual_seed(0))
    biases = torch.cat([m.bias for m in model.linears()])
    assert float(biases.std()) == pytest.approx(0.5, rel=0.1)


def test_truncation_agrees_with_scipy():
    for cut in (0.5, 1.0, 2.0, 4.0):
        assert truncation(cut) == pytest.approx(stats.truncnorm(-cut, cut).std(), rel=1e-9)
    model = network()
    initialize(model, "truncated_normal", {"cut": 2.0}, seed=0)
    weight = model.linears()[1].weight
    assert float(weight.abs().max()) <= 2 / truncation(2.0) / math.sqrt(400) * (1 + 1e-6)


def test_orthogonal_keeps_lengths():
    model = network("identity", (784, 784))
    initialize(model, "orthogonal", seed=0)
    x = images(16)
    assert torch.allclose(model.layers[2](model.layers[0](x)).norm(dim=1), x.norm(dim=1), rtol=1e-4)


@pytest.mark.parametrize("activation", ["tanh", "relu", "selu", "sigmoid"])
def test_lsuv_gives_every_layer_the_target(activation):
    model = network(activation)
    x = images()
    lsuv_init(model, 1.5, images=x, generator=torch.Generator().manual_seed(0))
    for layer in model.layers:
        x = layer(x)
        if isinstance(layer, nn.Linear):
            assert float(x.std()) == pytest.approx(1.5, rel=1e-3)


def test_lsuv_needs_images():
    with pytest.raises(SettingError, match="images"):
        lsuv_init(network())


def test_unusable_settings_say_what_is_possible():
    with pytest.raises(SettingError, match="outside"):
        initialize(network(), "xavier", {"gain": 1e9})
    with pytest.raises(SettingError, match="has no setting"):
        initialize(network(), "constant", {"gain": 1.0})
    with pytest.raises(SettingError, match="kaiming"):
        initialize(network(), "he")


@pytest.mark.parametrize("name", list(INITIALIZERS))
def test_every_entry_says_what_it_is(name):
    entry = INITIALIZERS[name]
    assert entry.formula and entry.source and entry.help and entry.label
    assert all(p.help for p in entry.parameters)
