"""Each schedule against torch's own, step by step."""

from __future__ import annotations

import pytest
import torch
from torch.optim import lr_scheduler as torch_schedules

from initopt_core.schedules import SCHEDULES, cosine, one_cycle, step_decay, warmup


def rates(make, total):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
    scheduler = make(optimizer)
    seen = []
    for _ in range(total):
        seen.append(optimizer.param_groups[0]["lr"] / 0.5)
        optimizer.step()
        scheduler.step()
    return seen


@pytest.mark.parametrize(
    "ours, theirs",
    [
        (step_decay, lambda o: torch_schedules.StepLR(o, 30, gamma=0.1)),
        (cosine, lambda o: torch_schedules.CosineAnnealingLR(o, 90)),
        (
            lambda s, t: warmup(s, t, 0.2),
            lambda o: torch_schedules.LinearLR(o, 1 / 18, total_iters=17),
        ),
        (one_cycle, lambda o: torch_schedules.OneCycleLR(o, 0.5, 90, cycle_momentum=False)),
    ],
)
def test_equals_torch(ours, theirs):
    assert [ours(s, 90) for s in range(90)] == pytest.approx(rates(theirs, 90), abs=1e-12)


TINY = (1, 2, 3, 4, 5, 7, 11, 90)


@pytest.mark.parametrize(
    ("total", "factors"),
    [(1, [4e-06]), (2, [0.811746, 4e-06]), (3, [0.994415, 0.462637, 4e-06])],
)
def test_one_cycle_of_a_few_steps_as_torch_prints_it(total, factors):
    assert [one_cycle(s, total) for s in range(total)] == pytest.approx(factors, rel=1e-5)


@pytest.mark.parametrize("start", [1e-4, 0.04, 0.5, 1.0])
@pytest.mark.parametrize("share", [0.01, 0.1, 0.3, 1 / 3, 0.5, 0.77, 0.9])
@pytest.mark.parametrize("total", TINY)
def test_one_cycle_equals_torch_at_any_length(total, share, start):
    def theirs(optimizer):
        return torch_schedules.OneCycleLR(
            optimizer, 0.5, total, pct_start=share, div_factor=1 / start, cycle_momentum=False
        )

    ours = [one_cycle(s, total, share, start) for s in range(total)]
    if share * total == 1:  # the top at step 0 exactly
        with pytest.raises(ZeroDivisionError):
            rates(theirs, total)
        assert ours[0] == 1
        return
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
    scheduler, seen = theirs(optimizer), []
    for step in range(total):
        seen.append(optimizer.param_groups[0]["lr"] / 0.5)
        optimizer.step()
        if step < total - 1:  # torch refuses a step beyond the cycle's end
            scheduler.step()
    assert ours == pytest.approx(seen, rel=1e-9)


@pytest.mark.parametrize("drops", [1, 2, 5, 10])
@pytest.mark.parametrize("total", TINY)
def test_step_decay_equals_torch_at_any_length(total, drops):
    moments = [-(-k * total // (drops + 1)) for k in range(1, drops + 1)]
    theirs = rates(lambda o: torch_schedules.MultiStepLR(o, moments, gamma=0.5), total)
    assert [step_decay(s, total, drops, 0.5) for s in range(total)] == pytest.approx(theirs)


@pytest.mark.parametrize("floor", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("total", TINY)
def test_cosine_equals_torch_at_any_length(total, floor):
    theirs = rates(
        lambda o: torch_schedules.CosineAnnealingLR(o, total, eta_min=floor * 0.5), total
    )
    assert [cosine(s, total, floor) for s in range(total)] == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize("rise", [1, 2, 3, 7])
@pytest.mark.parametrize("total", TINY)
def test_warmup_equals_torch_at_any_length(total, rise):
    if rise > total:
        return
    theirs = rates(lambda o: torch_schedules.LinearLR(o, 1 / rise, total_iters=rise - 1), total)
    assert [warmup(s, total, rise / total) for s in range(total)] == pytest.approx(theirs)


@pytest.mark.parametrize("total", [1, 2, 3, 7, 100, 400])
@pytest.mark.parametrize("name", SCHEDULES)
def test_every_entry_stays_between_zero_and_one(name, total):
    entry = SCHEDULES[name]
    lows = {p.name: p.low for p in entry.parameters}
    highs = {p.name: p.high for p in entry.parameters}
    for settings in (entry.settings(), lows, highs):
        factors = [entry.call(s, total, **settings) for s in range(total)]
        assert all(0 <= f <= 1 for f in factors)
        assert max(factors) > 0
