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
