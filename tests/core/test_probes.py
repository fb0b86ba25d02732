"""The probe against numpy, autograd and the tutorial's printed numbers."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from initopt_core import data
from initopt_core.initializers import const_init, initialize
from initopt_core.networks import BaseNetwork, make_activation
from initopt_core.probes import FINE, probe, summarize

PRINTED = (
    2.0582756996154785, 13.489118576049805, 22.100566864013672, 36.209571838378906,
    14.831439018249512,
)  # fmt: skip


@pytest.fixture(scope="module")
def batch():
    return data.probe_batch(data.load_sample())


def network(activation="relu", sizes=(64, 48, 32), scheme="kaiming", dtype=torch.float64):
    model = BaseNetwork(make_activation(activation), hidden_sizes=sizes)
    initialize(model, scheme, seed=0)
    return model.to(dtype)


def test_constant_weights_give_the_printed_variances(batch):
    model = BaseNetwork(make_activation("identity"))
    const_init(model, 0.005)
    result = probe(model, *batch)
    assert [s.variance for s in result.activations] == pytest.approx(PRINTED, rel=1e-5)
    assert [s.name for s in result.activations] == [f"Layer {i}" for i in (0, 2, 4, 6, 8)]
    # The middle layers' gradients are one number each.
    assert [g.std <= 1e-5 * abs(g.mean) for g in result.gradients] == [False, *[True] * 3, False]


@pytest.mark.parametrize("activation", ["relu", "tanh", "gelu"])
def test_against_autograd_and_numpy_in_float64(batch, activation):
    images, labels = batch[0][:200].double(), batch[1][:200]
    model = network(activation)
    result = probe(model, images, labels, outputs=True)
    loss = nn.functional.cross_entropy(model(images), labels)
    loss.backward()
    assert result.loss == pytest.approx(float(loss), rel=1e-12)
    x, before, after = images, [], []
    for layer in model.layers:
        x = layer(x)
        (before if isinstance(layer, nn.Linear) else after).append(x.detach().numpy())
    wanted = {
        "weights": [m.weight.detach().numpy() for m in model.linears()],
        "gradients": [m.weight.grad.numpy() for m in model.linears()],
        "activations": before,
        "outputs": after,
    }
    for name, arrays in wanted.items():
        found = getattr(result, name)
        assert len(found) == len(arrays)
        for s, a in zip(found, arrays, strict=False):
            assert s.mean == pytest.approx(a.mean(), rel=1e-9, abs=1e-12 * a.std())
            assert s.variance == pytest.approx(a.var(), rel=1e-9)
            assert (s.low, s.high) == (a.min(), a.max())
            counts, edges = np.histogram(a, 50)
            assert np.allclose(s.edges, edges)
            assert s.counts.sum() == a.size == s.size == s.finite
            # A value within rounding of an edge may fall on either side.
            assert np.abs(s.counts - counts).max() <= 2
    error = result.error.double().numpy()
    assert error.sum() == pytest.approx(0, abs=1e-9)
    assert result.gradients[-1].variance == pytest.approx((error.T @ after[-1]).var(), rel=1e-9)


def test_the_model_is_left_alone(batch):
    model = network(dtype=torch.float32)
    before = [p.clone() for p in model.parameters()]
    probe(model, batch[0][:50], batch[1][:50])
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=False))
    assert all(p.grad is None for p in model.parameters())


def test_saturated_and_dead_are_counted(batch):
    model = network("relu", dtype=torch.float32)
    model.layers[0].bias.data[:16] = -1e3  # a quarter of the first layer can never fire
    result = probe(model, batch[0][:100], batch[1][:100])
    assert result.activations[0].dead == pytest.approx(0.25, abs=0.03)
    z = model.layers[0](batch[0][:100])
    assert result.activations[0].saturated == pytest.approx(float((z <= 0).float().mean()))
    assert math.isnan(result.activations[-1].dead)  # nothing comes after the logits
    assert all(s.dead == 0 for s in probe(network("identity"), *_double(batch)).activations[:-1])


def _double(batch):
    return batch[0][:50].double(), batch[1][:50]


def test_overflow_is_counted_and_located(batch):
    model = network("identity", scheme="constant_variance", sizes=(256,) * 30, dtype=torch.float32)
    for layer in model.linears():
        layer.weight.data.mul_(1e4)
    result = probe(model, *batch)
    broken = result.broken_at
    assert broken is not None and broken.name != "Layer 0"
    index = next(i for i, s in enumerate(result.activations) if s.finite < s.size)
    assert all(s.finite == s.size for s in result.activations[:index])
    assert result.activations[index] is broken
    assert broken.nans + broken.infinities == broken.size - broken.finite
    assert probe(network(), *_double(batch)).broken_at is None


@pytest.mark.parametrize("scale", [1e-30, 1e-12, 1.0, 1e12, 1e30])
def test_moments_survive_any_magnitude(scale):
    values = torch.randn(10_000, generator=torch.Generator().manual_seed(0)) * scale
    s = summarize(values, "Layer 0", 1, 1)
    exact = values.double()
    assert s.mean == pytest.approx(float(exact.mean()), rel=1e-4)
    assert s.variance == pytest.approx(float(exact.var(correction=0)), rel=1e-5)
    assert s.counts.sum() == 10_000


def test_an_outlier_does_not_spoil_the_variance():
    values = torch.randn(100_000, generator=torch.Generator().manual_seed(0))
    values[0] = 1e6
    s = summarize(values, "Layer 0", 1, 1)
    assert s.variance == pytest.approx(float(values.double().var(correction=0)), rel=1e-5)
    _low, high = s.quantiles()
    assert high < 1e4 < s.high


def test_a_constant_is_a_spike():
    s = summarize(torch.full((100,), 0.005), "Layer 0", 10, 10)
    assert s.constant and s.variance == 0 and s.counts.sum() == 100
    assert (s.counts > 0).sum() == 1
    spike = int(s.counts.argmax())
    assert s.edges[spike] <= 0.005 <= s.edges[spike + 1]
    zero = summarize(torch.zeros(10), "Layer 0", 1, 1)
    assert zero.constant and zero.edges[0] < 0 < zero.edges[-1]


def test_nothing_finite():
    s = summarize(torch.full((4,), math.nan), "Layer 0", 1, 1)
    assert s.finite == 0 and s.nans == 4 and math.isnan(s.variance) and s.counts.sum() == 0


def test_cut_agrees_with_numpy():
    values = torch.randn(200_000, generator=torch.Generator().manual_seed(0)).double()
    s = summarize(values, "Layer 0", 1, 1)
    assert len(s.fine) == 50 * FINE
    counts = np.histogram(values.numpy(), 20, (-1.0, 2.0))[0]
    assert s.cut(-1.0, 2.0, 20) == pytest.approx(counts, rel=0.05)
    assert s.cut(s.low, s.high, 50) == pytest.approx(s.counts)
