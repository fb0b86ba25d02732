"""The shared cache: once for all, bounded, one thread, failures not kept."""

import threading
import time

import numpy as np
import pytest

from initopt_core.cache import SharedResults, size_of


def test_the_same_key_is_computed_once_for_many_threads():
    cache, calls, answers = SharedResults(), [], []

    def work():
        calls.append(threading.current_thread().name)
        time.sleep(0.05)
        return object()

    threads = [
        threading.Thread(target=lambda: answers.append(cache.get("k", work))) for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1 and len(set(map(id, answers))) == 1


def test_all_computations_share_one_thread():
    cache = SharedResults()
    names = {cache.get(i, lambda: threading.current_thread().name) for i in range(5)}
    assert len(names) == 1 and names != {threading.current_thread().name}


def test_memory_is_bounded_and_the_oldest_goes_first():
    cache = SharedResults(max_bytes=2_500_000)
    for i in range(4):
        cache.get(i, lambda: np.zeros(125_000))  # one million bytes each
        cache.get(0, lambda: pytest.fail("the first one is used all the time and must stay"))
    assert cache.held_bytes <= 2_500_000
    assert cache.holds(0) and cache.holds(3)
    assert not cache.holds(1) and not cache.holds(2)


def test_failures_reach_the_caller_and_are_tried_again():
    cache = SharedResults()
    with pytest.raises(ZeroDivisionError):
        cache.get("k", lambda: 1 / 0)
    assert cache.get("k", lambda: 5) == 5


def test_size_counts_arrays_inside_containers():
    assert size_of({"a": [np.zeros(1000), (np.zeros(500),)]}) >= 12_000
