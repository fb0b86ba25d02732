"""Surfaces against finite differences, samples and published minima; formulas against Python."""

import math
import pickle
import subprocess
import sys

import numpy as np
import pytest
import torch

from initopt_core.paths import ROOT
from initopt_core.registry import SettingError
from initopt_core.surfaces import (
    FORMULA,
    SURFACES,
    Surface,
    critical_points,
    gradient,
    hessian,
    steep_optima_loss,
)

NAMES = list(SURFACES)


def points(name: str, n: int = 200, seed: int = 0):
    x0, x1, y0, y1 = SURFACES[name].ranges
    rng = torch.Generator().manual_seed(seed)
    u = torch.rand(2, n, generator=rng, dtype=torch.float64)
    return x0 + (x1 - x0) * u[0], y0 + (y1 - y0) * u[1]


@pytest.mark.parametrize("name", NAMES)
def test_gradient_equals_central_differences(name):
    surface = Surface(name)
    w1, w2 = points(name)
    loss, g1, g2 = gradient(surface, w1, w2)
    h = 1e-5
    d1 = (surface(w1 + h, w2) - surface(w1 - h, w2)) / (2 * h)
    d2 = (surface(w1, w2 + h) - surface(w1, w2 - h)) / (2 * h)
    scale = 1 + loss.abs()
    assert ((g1 - d1).abs() / (scale + d1.abs())).max() < 1e-6
    assert ((g2 - d2).abs() / (scale + d2.abs())).max() < 1e-6


def test_a_hessian_takes_kinks_as_autograd_does():
    """|w| is computed another way there: its derivative at 0, infinity and nan, too."""
    w = torch.tensor([-2.0, -0.0, 0.0, 3.0, math.inf, math.nan], dtype=torch.float64)
    other = torch.ones_like(w)
    h11, h12, h22 = hessian(lambda a, b: a**2 * abs(b) + torch.abs(a) * b.abs(), w, other)
    a, b = w.clone().requires_grad_(), other.clone().requires_grad_()
    by = torch.autograd.grad((a**2 * b.abs() + a.abs() * b.abs()).sum(), (a, b), create_graph=True)
    rows = [torch.autograd.grad(one.sum(), (a, b), retain_graph=True) for one in by]
    for ours, theirs in ((h11, rows[0][0]), (h12, rows[0][1]), (h22, rows[1][1])):
        torch.testing.assert_close(ours, theirs.detach(), rtol=0, atol=0, equal_nan=True)


def test_hessians_do_not_load_the_compiler():
    """850 modules and 150 MB, for which the first visitor of a surface would wait."""
    asked = (
        "import sys, torch\n"
        "from initopt_core.surfaces import SURFACES, Surface, hessian, parse_formula\n"
        "w = torch.linspace(-1, 2, 7, dtype=torch.float64)\n"
        "curves = [Surface(name) for name in SURFACES] + [parse_formula('|w1| + w1^2 + w2^2')]\n"
        "for curve in curves: hessian(curve, w, w)\n"
        "assert 'torch._dynamo' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", asked], check=True, cwd=ROOT)


@pytest.mark.parametrize("name", NAMES)
def test_hessian_equals_differences_of_the_gradient(name):
    surface = Surface(name)
    w1, w2 = points(name, seed=1)
    h11, h12, h22 = hessian(surface, w1, w2)
    h = 1e-5
    _, a1, a2 = gradient(surface, w1 + h, w2)
    _, b1, b2 = gradient(surface, w1 - h, w2)
    _, _, c2 = gradient(surface, w1, w2 + h)
    _, _, d2 = gradient(surface, w1, w2 - h)
    size = 1 + h11.abs() + h12.abs() + h22.abs()
    assert (((a1 - b1) / (2 * h) - h11).abs() / size).max() < 1e-5
    assert (((a2 - b2) / (2 * h) - h12).abs() / size).max() < 1e-5
    assert (((c2 - d2) / (2 * h) - h22).abs() / size).max() < 1e-5


@pytest.mark.parametrize("name", NAMES)
def test_known_points_are_stationary(name):
    surface = Surface(name)
    for w in surface.minima + surface.saddles:
        a, b = (torch.tensor([v], dtype=torch.float64) for v in w)
        loss, g1, g2 = gradient(surface, a, b)
        size = 1 + loss.abs() + sum(h.abs() for h in hessian(surface, a, b))
        assert (torch.hypot(g1, g2) / size).item() < 1e-8, w


@pytest.mark.parametrize("name", NAMES)
def test_minima_are_at_least_as_low_as_what_lies_around_them(name):
    surface = Surface(name)
    x0, x1, y0, y1 = SURFACES[name].ranges
    rng = torch.Generator().manual_seed(2)
    reach = 0.01 * math.hypot(x1 - x0, y1 - y0)
    around = reach * (2 * torch.rand(2, 10_000, generator=rng, dtype=torch.float64) - 1)
    for x, y in surface.minima:
        here = surface(*torch.tensor([[x], [y]], dtype=torch.float64)).item()
        near = surface(x + around[0], y + around[1])
        assert near.min().item() >= here - 1e-9 * (1 + abs(here)), (x, y)


@pytest.mark.parametrize("name", NAMES)
def test_saddles_have_lower_and_higher_points_around_them(name):
    surface = Surface(name)
    ring = torch.linspace(0, 2 * math.pi, 721, dtype=torch.float64)
    for x, y in surface.saddles:
        here = surface(*torch.tensor([[x], [y]], dtype=torch.float64)).item()
        near = surface(x + 1e-3 * ring.cos(), y + 1e-3 * ring.sin())
        assert near.min().item() < here < near.max().item(), (x, y)


@pytest.mark.parametrize(
    ("name", "point", "value"),
    [  # published values (Wikipedia's table: -39.16617 n < f < -39.16616 n for Styblinski-Tang)
        ("rosenbrock", (1, 1), 0),
        ("beale", (3, 0.5), 0),
        ("himmelblau", (3, 2), 0),
        ("himmelblau", (3.584428, -1.848126), 0),
        ("rastrigin", (0, 0), 0),
        ("ackley", (0, 0), 0),
        ("styblinski_tang", (-2.903534, -2.903534), -78.33233),
        ("pathological", (0, 0), 0.5),
        ("steep_optima", (1, -0.5), -1 / (2 * math.pi * 0.04)),
    ],
)
def test_published_values(name, point, value):
    got = Surface(name)(*torch.tensor([[float(p)] for p in point], dtype=torch.float64)).item()
    assert got == pytest.approx(value, abs=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_shape_and_dtype_are_kept(name):
    for dtype in (torch.float32, torch.float64):
        w = torch.rand(3, 4, dtype=dtype)
        out = Surface(name)(w, w)
        assert out.shape == w.shape and out.dtype == dtype and torch.isfinite(out).all()
    assert Surface(name)(torch.tensor(0.3), torch.tensor(0.2)).shape == ()


@pytest.mark.parametrize("name", ["himmelblau", "rastrigin", "steep_optima", "styblinski_tang"])
def test_search_finds_the_known_points(name):
    found = critical_points(Surface(name), SURFACES[name].ranges, limit=300)
    for got, known in zip(found, (Surface(name).minima, Surface(name).saddles), strict=True):
        assert {tuple(p) for p in np.round(got, 5)} == {tuple(p) for p in np.round(known, 5)}


def test_search_calls_a_plain_no_point():
    assert critical_points(lambda a, b: 0 * a * b, (-1, 1, -1, 1)) == ((), ())
    assert critical_points(lambda a, b: a + b, (-1, 1, -1, 1)) == ((), ())


def test_wide_wells_have_their_own_minima():
    surface = Surface("steep_optima", (("width", 0.5),))
    assert surface.minima != Surface("steep_optima").minima
    for x, y in surface.minima:
        w = torch.tensor([[x], [y]], dtype=torch.float64)
        _, g1, g2 = gradient(lambda a, b: steep_optima_loss(a, b, 0.5), *w)
        assert torch.hypot(g1, g2).item() < 1e-8


def test_grid_has_w2_in_rows_from_low_to_high():
    values = Surface("quadratic", (("condition", 9.0),)).values((0.0, 1.0, 0.0, 2.0), n=3)
    assert values.shape == (3, 3) and values.dtype == torch.float32
    assert values[0, 2].item() == 4.5  # w1 = 1, w2 = 0
    assert values[2, 0].item() == 2.0  # w1 = 0, w2 = 2


def test_a_surface_can_be_a_key_and_be_sent_away():
    a, b = Surface("quadratic", (("condition", 5.0),)), Surface("quadratic", (("condition", 5.0),))
    a(torch.zeros(1), torch.zeros(1))
    assert a == b and hash(a) == hash(b)
    assert pickle.loads(pickle.dumps(a)) == a
    assert pickle.loads(pickle.dumps(Surface(FORMULA, text="w1*w2")))(
        torch.tensor(2.0), torch.tensor(3.0)
    ) == pytest.approx(6)


def test_bad_surfaces_are_refused_where_they_are_made():
    with pytest.raises(SettingError, match="no surface"):
        Surface("donut")
    with pytest.raises(SettingError, match="outside"):
        Surface("quadratic", (("condition", -1.0),))
    with pytest.raises(SettingError, match="ends too early"):
        Surface(FORMULA, text="w1 +")
