"""Token buckets, one for each client."""

from __future__ import annotations

import pytest

from initopt_core.ui.server.limiter import Bucket, Limiter


def test_buckets_fill_with_time_and_not_when_the_clock_goes_back():
    now = [0.0]
    bucket = Bucket(2.0, 4.0, lambda: now[0])
    assert [bucket.take() for _ in range(4)] == [0.0] * 4
    assert bucket.take() == pytest.approx(0.5)
    now[0] = 0.5
    assert bucket.take() == 0.0
    now[0] = -100.0
    assert bucket.take() > 0
    now[0] = -99.5
    assert bucket.take() == 0.0


def test_forgotten_clients_bound_the_memory(monkeypatch):
    monkeypatch.setattr("initopt_core.ui.server.limiter.MAX_CLIENTS", 5)
    limiter = Limiter(1.0, 1.0, lambda: 0.0)
    for i in range(100):
        limiter.take(i)
    assert len(limiter._buckets) == 5


def test_who_comes_again_and_again_is_not_forgotten_for_others(monkeypatch):
    monkeypatch.setattr("initopt_core.ui.server.limiter.MAX_CLIENTS", 3)
    limiter = Limiter(1.0, 2.0, lambda: 0.0)
    for i in range(10):
        waited = limiter.take("ann")
        limiter.take(i)
    assert waited > 0  # her bucket is empty: a forgotten one would be full again
