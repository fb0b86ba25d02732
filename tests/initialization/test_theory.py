"""Theory against measurement, for every scheme and activation that it covers."""

import itertools
import math
from functools import lru_cache

import numpy as np
import pytest
import torch
from scipy import integrate, stats
from torch import nn

from initopt_core.initialization import moments, theory
from initopt_core.initializers import INITIALIZERS, initialize
from initopt_core.networks import ACTIVATIONS, BaseNetwork, make_activation
from initopt_core.probes import probe

WIDTH, DEPTH, BATCH, SEEDS = 512, 3, 96, 2
SCHEMES = [n for n, e in INITIALIZERS.items() if e.std]


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_gains(name):
    entry = ACTIVATIONS[name]
    phi = make_activation(name)

    def square(z):
        return float(phi(torch.tensor(z, dtype=torch.float64)) ** 2) * stats.norm.pdf(z)

    exact = integrate.quad(square, -12, 12, points=[-1, 0, 1], limit=200)[0]
    assert theory.variance_gain(name) == pytest.approx(1 / math.sqrt(exact), rel=1e-6)
    if known := entry.torch_gain:
        argument = [0.2] if entry.gain_parameter else []
        settings = {entry.gain_parameter: 0.2} if argument else {}
        assert theory.gain(name, **settings) == nn.init.calculate_gain(known, *argument)
    else:
        assert theory.gain(name) == theory.variance_gain(name)


@pytest.mark.parametrize("name", ["identity", "relu", "leaky_relu"])
def test_the_computed_gain_is_torchs_where_that_is_no_convention(name):
    known = ACTIVATIONS[name].torch_gain
    assert theory.variance_gain(name) == pytest.approx(nn.init.calculate_gain(known), rel=1e-6)


def test_pair_expectations_of_relu_are_the_arc_cosine_kernels():
    """Cho & Saul 2009, eq. 3 to 6."""
    c = torch.linspace(-0.9, 1, 39, dtype=torch.float64)
    q = torch.full((2,), 1.7, dtype=torch.float64)
    e = theory.moments(nn.ReLU(), q)
    for value in c:
        matrix = torch.tensor([[1.0, value], [value, 1.0]], dtype=torch.float64)
        angle = math.acos(float(value))
        first = 1.7 * (math.sin(angle) + (math.pi - angle) * math.cos(angle)) / (2 * math.pi)
        zeroth = (math.pi - angle) / (2 * math.pi)
        found = moments.pair_expectation(e.value_terms, e.square, matrix)
        assert float(found[0, 1]) == pytest.approx(first, abs=3e-3)
        found = moments.pair_expectation(e.slope_terms, e.slope_square, matrix)
        assert float(found[0, 1]) == pytest.approx(zeroth, abs=2e-2)


def test_nodes_are_a_normal_distribution():
    x, w = moments.quadrature()
    for power, exact in ((0, 1), (2, 1), (4, 3), (6, 15), (1, 0), (3, 0)):
        assert float((w * x**power).sum()) == pytest.approx(exact, abs=1e-12)
    basis = moments.hermite() / w[:, None]  # orthonormal under the weights
    gram = basis.T @ (basis * w[:, None])
    assert torch.allclose(gram, torch.eye(len(gram), dtype=torch.float64), atol=1e-8)


@lru_cache(maxsize=1)
def _batch():
    g = torch.Generator().manual_seed(0)
    labels = torch.randint(0, 10, (BATCH,), generator=g)
    classes = torch.randn(10, 784, generator=g, dtype=torch.float64)
    noise = torch.randn(BATCH, 784, generator=g, dtype=torch.float64)
    return (classes[labels] + noise) / math.sqrt(2), labels


def _log_ratios(measured, predicted):
    return [math.log(s.variance / v) for s, v in zip(measured, predicted, strict=True)]


def _cases():
    for scheme in SCHEMES:
        for activation in ACTIVATIONS:
            yield pytest.param(scheme, activation, id=f"{scheme}-{activation}")


@pytest.mark.parametrize(("scheme", "activation"), list(_cases()))
def test_theory_and_measurement_agree(scheme, activation):
    """In float64 on layers of 512 units: the mean over two draws lies within three standard
    deviations of the prediction plus 4 % for activations and 15 % for gradients, where first order
    in 1/width and the independence of errors and weights are approximations."""
    images, labels = _batch()
    entry = INITIALIZERS[scheme]
    # One spread for all widths explodes at once: choose one that does not.
    settings = entry.settings({"std": 0.03} if scheme == "constant_variance" else {})
    sizes = (784, *[WIDTH] * DEPTH, 10)
    model = BaseNetwork(make_activation(activation), hidden_sizes=sizes[1:-1]).double()
    weight_std = [
        entry.std(a, b, i == 0, settings) for i, (a, b) in enumerate(itertools.pairwise(sizes))
    ]
    bias_std = [entry.bias_std(a, settings) if entry.bias_std else 0.0 for a in sizes[:-1]]
    signal, gradient = [], []
    for seed in range(SEEDS):
        initialize(model, scheme, settings, seed=seed)
        result = probe(model, images, labels)
        p = theory.predict(model.layers[1], sizes, weight_std, bias_std, images, result.error)
        signal.append(_log_ratios(result.activations, p.variance))
        gradient.append(_log_ratios(result.gradients, p.gradient))
    for name, values, spread, slack in (
        ("activations", signal, p.spread, 0.04),
        ("gradients", gradient, p.gradient_spread, 0.15),
    ):
        mean = np.mean(values, axis=0)
        room = 3 * np.array(spread) / math.sqrt(SEEDS) + slack
        assert (np.abs(mean) < room).all(), (name, mean.round(3), room.round(3))


def test_no_prediction_of_gradients_without_errors():
    images, _ = _batch()
    p = theory.predict(nn.Tanh(), (784, 50, 10), [0.03, 0.1], [0, 0], images)
    assert all(math.isnan(g) for g in p.gradient)
    assert all(v > 0 for v in p.variance)


# --- the phase map -------------------------------------------------------------------------------


def test_relus_critical_point_is_he_initialization():
    q, chi, _ = theory.fixed_point(nn.ReLU(), math.sqrt(2), 0.0)
    assert chi == pytest.approx(1.0, rel=1e-9)
    assert q == pytest.approx(1.0, rel=1e-2)  # it stays where it starts
    assert theory.fixed_point(nn.ReLU(), 1.8, 0.5)[0] == math.inf


@pytest.mark.parametrize(("sigma_w", "sigma_b"), [(0.8, 0.3), (1.5, 0.5), (2.5, 1.0), (4.0, 0.1)])
def test_fixed_point_of_tanh_by_direct_integration(sigma_w, sigma_b):
    def mean(f):
        weight = 1 / math.sqrt(2 * math.pi)
        return integrate.quad(lambda z: f(z) * weight * math.exp(-z * z / 2), -10, 10)[0]

    q = 1.0
    for _ in range(300):
        root = math.sqrt(q)
        q = sigma_w**2 * mean(lambda z, s=root: math.tanh(s * z) ** 2) + sigma_b**2
    chi = sigma_w**2 * mean(lambda z: (1 - math.tanh(math.sqrt(q) * z) ** 2) ** 2)
    found = theory.fixed_point(nn.Tanh(), sigma_w, sigma_b)
    assert found[0] == pytest.approx(q, rel=1e-3)
    assert found[1] == pytest.approx(chi, rel=1e-3)


def test_phase_map_of_tanh():
    phases = theory.phase_map(nn.Tanh())
    # Without biases tanh is critical at sigma_w = 1 (Poole et al. 2016, figure 1).
    assert phases.critical[0] == pytest.approx(1.0, abs=0.03)
    known = phases.critical[~np.isnan(phases.critical)]
    assert (np.diff(known) > 0).all()  # biases move the line to larger weights
    assert (phases.chi[:, 0] < 1).all() and (phases.chi[0, -1] > 1).all()
    # The depth scale is largest near the line.
    row = len(phases.sigma_b) // 2
    peak = phases.sigma_w[np.argmax(phases.depth[row])]
    assert peak == pytest.approx(phases.critical[row], abs=0.1)
