"""Every optimizer against an independent one: torch.optim, or the paper's own pseudo-code."""

from __future__ import annotations

import math

import pytest
import torch

from initopt_core.optimizers import (
    OPTIMIZERS,
    SGD,
    Adam,
    HeavyBall,
    Muon,
    OptimizerEntry,
    SGDMomentum,
    make_optimizer,
    orthogonalize,
)
from initopt_core.registry import SettingError

STEPS = 200
WITH_TORCH = [name for name, entry in OPTIMIZERS.items() if entry.torch_code]


@pytest.fixture(autouse=True)
def double_precision():
    """torch.optim.NAdam keeps a running product in the default dtype."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def problem(seed: int = 0):
    """A small non-convex regression: -> (maker of fresh weights, loss of weights at a step)."""
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(32, 5, generator=g)
    y = torch.randn(32, 3, generator=g)
    start = [torch.randn(7, 5, generator=g), torch.zeros(7), torch.randn(3, 7, generator=g)]
    unused = torch.randn(4, generator=g)  # never gets a gradient

    def weights():
        return [w.clone().requires_grad_() for w in [*start, unused]]

    def loss(w, step):
        batch = slice(4 * (step % 8), 4 * (step % 8) + 4)
        return ((torch.tanh(x[batch] @ w[0].T + w[1]) @ w[2].T - y[batch]) ** 2).mean()

    return weights, loss


def trajectory(optimizer, weights, loss, steps=STEPS):
    for step in range(steps):
        optimizer.zero_grad()
        loss(weights, step).backward()
        optimizer.step()
    return torch.cat([w.detach().flatten() for w in weights])


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("weight_decay", [0.0, 0.03])
@pytest.mark.parametrize("name", WITH_TORCH)
def test_equals_torch(name, weight_decay, seed):
    weights, loss = problem(seed)
    settings = OPTIMIZERS[name].settings({"weight_decay": weight_decay})
    if name == "SGDMomentum" and weight_decay:
        settings["momentum"] = 0.7
    ours = weights()
    a = trajectory(OPTIMIZERS[name].call(ours, **settings), ours, loss)
    params = weights()
    theirs = eval(OPTIMIZERS[name].torch_code.format(**settings))
    b = trajectory(theirs, params, loss)
    assert (a - torch.cat([w.detach().flatten() for w in weights()])).abs().max() > 1e-4
    assert (a - b).abs().max() < 1e-10


def test_lion_equals_its_pseudo_code():
    weights, loss = problem()
    ours = weights()
    settings = {"lr": 1e-3, "beta1": 0.9, "beta2": 0.99, "weight_decay": 0.1}
    a = trajectory(make_optimizer("Lion", ours, **settings), ours, loss)
    w = weights()
    memory = [[0.0] * p.numel() for p in w]
    for step in range(STEPS):
        for p in w:
            p.grad = None
        loss(w, step).backward()
        for p, m in zip(w, memory, strict=True):  # scalar by scalar, as algorithm 2 is written
            if p.grad is None:
                continue
            flat, grad = p.data.view(-1), p.grad.reshape(-1).tolist()
            for i, g in enumerate(grad):
                c = 0.9 * m[i] + 0.1 * g
                sign = (c > 0) - (c < 0)
                flat[i] -= 1e-3 * (sign + 0.1 * flat[i].item())
                m[i] = 0.99 * m[i] + 0.01 * g
    assert (a - torch.cat([p.detach().flatten() for p in w])).abs().max() < 1e-10


@pytest.mark.skipif(not hasattr(torch.optim, "Muon"), reason="this torch has no Muon")
def test_muon_equals_torch_on_matrices_and_adamw_elsewhere(monkeypatch):
    # torch rounds to bfloat16 inside; without that the two must agree exactly.
    monkeypatch.setattr(torch.Tensor, "bfloat16", lambda self: self.clone())
    weights, loss = problem()
    ours = weights()
    a = trajectory(Muon(ours, lr=0.01, weight_decay=0.05), ours, loss)
    theirs = weights()
    matrices = [w for w in theirs if w.ndim == 2]
    vectors = [w for w in theirs if w.ndim != 2]
    muon = torch.optim.Muon(
        matrices, lr=0.01, weight_decay=0.05, momentum=0.95, adjust_lr_fn="match_rms_adamw"
    )
    adamw = torch.optim.AdamW(vectors, lr=0.01, weight_decay=0.05)

    class Both:
        def zero_grad(self):
            muon.zero_grad()
            adamw.zero_grad()

        def step(self):
            muon.step()
            adamw.step()

    assert (a - trajectory(Both(), theirs, loss)).abs().max() < 1e-10


@pytest.mark.parametrize("shape", [(20, 50), (50, 20), (30, 30)])
def test_orthogonalize_keeps_the_singular_vectors(shape):
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(3))
    u, _, vh = torch.linalg.svd(matrix, full_matrices=False)
    core = u.T @ orthogonalize(matrix) @ vh.T
    assert (core - torch.diag(core.diagonal())).abs().max() < 1e-8
    big = core.diagonal()[: min(shape) // 2]  # the iteration needs more steps for tiny ones
    assert big.min() > 0.6 and big.max() < 1.25
    assert (orthogonalize(torch.zeros(shape)) == 0).all()


def test_exponential_average_is_heavy_ball_at_a_tenth():
    weights, loss = problem()
    a, b = weights(), weights()
    average = trajectory(SGDMomentum(a, lr=0.1, momentum=0.9), a, loss)
    ball = trajectory(HeavyBall(b, lr=0.01, momentum=0.9), b, loss)
    assert (average - ball).abs().max() < 1e-10


def test_public_signatures_and_the_first_steps_by_hand():
    w = torch.tensor([2.0, -1.0], requires_grad=True)
    g = torch.tensor([0.5, -4.0])
    for make, step in [
        (lambda p: SGD(p, 0.1), -0.1 * g),
        (lambda p: SGDMomentum(p, 0.1, 0.9), -0.01 * g),
        (lambda p: SGDMomentum(p, 0.1), -0.1 * g),
        (lambda p: Adam(p, 0.1, 0.9, 0.999, 1e-8), -0.1 * g.sign()),
        (lambda p: Adam(p, 0.1, bias_correction=False), -0.1 * g.sign() * 0.1 / math.sqrt(0.001)),
    ]:
        w.data = torch.tensor([2.0, -1.0])
        optimizer = make([w])
        w.grad = g.clone()
        optimizer.step()
        assert torch.allclose(w.data - torch.tensor([2.0, -1.0]), step, atol=1e-6)
        optimizer.zero_grad()
        assert w.grad is None


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_entry(name):
    """Finite, same shape, learns, its state is as declared, and elementwise where it says so."""
    entry = OPTIMIZERS[name]
    weights, loss = problem()
    w = weights()
    before = sum(loss(w, k).item() for k in range(8))
    optimizer = entry.call(w, **entry.settings())
    trajectory(optimizer, w, loss)
    assert sum(loss(w, k).item() for k in range(8)) < before
    assert all(p.isfinite().all() for p in w)
    assert set(entry.state) <= set(vars(optimizer.state[0]))
    assert entry.source and entry.help and entry.formula
    lr = entry.parameters[0]
    assert lr.name == "lr" and entry.lr_grid[0] <= lr.default <= entry.lr_grid[-1]

    if entry.elementwise:
        batch = torch.randn(6, 2, requires_grad=True)
        alone = [row.detach().clone().requires_grad_() for row in batch]
        one = entry.call([batch], **entry.settings())
        many = entry.call(alone, **entry.settings())
        for _ in range(5):
            one.zero_grad()
            many.zero_grad()
            (batch**4).sum().backward()
            sum((row**4).sum() for row in alone).backward()
            one.step()
            many.step()
        assert torch.equal(batch.detach(), torch.stack([row.detach() for row in alone]))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_resume_goes_on_as_if_uninterrupted(name):
    entry = OPTIMIZERS[name]
    weights, loss = problem()
    w = weights()
    whole = trajectory(entry.call(w, **entry.settings()), w, loss, 20)
    w = weights()
    first = entry.call(w, **entry.settings())
    trajectory(first, w, loss, 8)  # eight steps: the batches begin anew
    saved = first.state_dict()
    second = entry.call(w, **entry.settings())
    second.load_state_dict(saved)
    assert torch.equal(trajectory(second, w, loss, 12), whole)
    with pytest.raises(ValueError, match="does not fit"):
        entry.call(w[:1], **entry.settings()).load_state_dict(saved)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_what_an_old_file_calls_memory_is_read(name):
    """With the corrected averages in it, which were saved at first."""
    entry = OPTIMIZERS[name]
    weights, loss = problem()
    w = weights()
    first = entry.call(w, **entry.settings())
    trajectory(first, w, loss, 3)
    old = {"lr": 0.5, "memory": [dict(vars(s)) for s in first.state]}
    second = entry.call(w, **entry.settings())
    second.load_state_dict(old)
    assert second.lr == 0.5
    for mine, kept in zip(second.state_dict()["state"], first.state_dict()["state"], strict=True):
        assert mine.keys() == kept.keys() and all(
            torch.equal(torch.as_tensor(mine[k]), torch.as_tensor(kept[k])) for k in mine
        )


def test_corrected_averages_are_not_saved():
    w = [torch.ones(2, requires_grad=True)]
    assert set(Adam(w, 0.1).state_dict()["state"][0]) == {"t", "m", "v"}
    assert "m_hat" in vars(Adam(w, 0.1).state[0])


def test_an_optimizer_of_which_nothing_more_is_known():
    """A new entry with what must be given: everything else is told as missing, or done without."""
    entry = OptimizerEntry("Sign", "Sign", SGD, OPTIMIZERS["SGD"].parameters, lr_grid=(0.1,))
    assert entry.limit is None and entry.no_limit == "not known"
    assert entry.lines is None and entry.divisor is None and entry.in_place is None
    with pytest.raises(TypeError, match="lr_grid"):
        OptimizerEntry("Sign", "Sign", SGD)


@pytest.mark.parametrize("name", [n for n, e in OPTIMIZERS.items() if e.convention])
def test_both_conventions_name_each_other_and_take_the_same_settings(name):
    entry = OPTIMIZERS[name]
    other = OPTIMIZERS[entry.convention.other]
    assert other.convention.other == name and other.name != name
    assert [p.name for p in other.parameters] == [p.name for p in entry.parameters]
    assert "{}" in entry.convention.says


def test_bad_settings_are_refused():
    with pytest.raises(SettingError, match="choose one of"):
        make_optimizer("sgd'; drop", [])
    with pytest.raises(SettingError, match="Learning rate"):
        make_optimizer("SGD", [], lr=float("nan"))


@pytest.mark.parametrize("name", [n for n, e in OPTIMIZERS.items() if e.torch_code])
def test_torchs_call_says_what_its_defaults_would_not(name):
    """A weight decay of zero, too: torch's AdamW has one of 0.01 by itself."""
    entry = OPTIMIZERS[name]
    weights = [torch.ones(2, 2, requires_grad=True)]
    made = eval(
        entry.in_torch(entry.settings({"weight_decay": 0.0})), {"torch": torch, "params": weights}
    )
    assert all(group["weight_decay"] == 0.0 for group in made.param_groups)
