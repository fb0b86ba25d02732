"""What is kept: the newest, within a bound; computed once for all, in one thread."""

import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from initopt_core.cache import Recent, SharedResults, size_of


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


def test_a_result_may_be_none_and_who_asks_for_a_kept_one_is_not_asked_for():
    cache = SharedResults()
    assert cache.get("k", lambda: None) is None and cache.misses == 1
    assert cache.get("k", lambda: 1 / 0, lambda: pytest.fail("nobody waits")) is None
    assert cache.hits == 1


def test_the_longest_unused_go_first():
    kept = Recent[str, str](2)
    assert kept.put("a", "A") == kept.put("b", "B") == []
    assert kept.get("a") == "A" and list(kept.items()) == [("b", "B"), ("a", "A")]
    assert kept.put("c", "C") == ["B"]
    assert "b" not in kept and kept.get("b") is None and len(kept) == 2
    list(kept.items())  # looking is no use
    assert kept.put("d", "D") == ["A"]


def test_weights_are_bounded_and_the_newest_stays_whatever_it_weighs():
    kept = Recent[str, bytes](10, len)
    kept.put("a", b"1234")
    kept.put("b", b"1234")
    assert kept.put("a", b"12") == [] and kept.held == 6
    assert kept.put("c", b"x" * 50) == [b"1234", b"12"] and kept.held == 50
    assert kept.put("d", b"1") == [b"x" * 50] and kept.held == 1
    kept.pop("d")
    kept.pop("d")
    assert kept.held == 0 and len(kept) == 0


@given(st.lists(st.tuples(st.sampled_from("pgx"), st.integers(0, 5)), max_size=30))
def test_it_is_what_a_list_in_the_order_of_use_would_be(acts):
    kept, order = Recent[int, int](3), []
    for act, key in acts:
        if act == "g" and key not in order:
            assert kept.get(key) is None
            continue
        order = [k for k in order if k != key]
        if act == "x":
            kept.pop(key)
        else:
            assert act == "p" or kept.get(key) == key
            order.append(key)
            if act == "p":
                assert kept.put(key, key) == order[:-3]
                order = order[-3:]
    assert [k for k, _ in kept.items()] == order and kept.held == len(order)
