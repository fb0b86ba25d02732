"""Fair turns at one worker, with work that is never done and times that are only counted."""

from __future__ import annotations

import random

import pytest

from initopt_core.turns import MAX_REMEMBERED, Turns


def serve(turns: Turns, cost=lambda key: 1.0):
    """Do what is next; its key."""
    key, clients = turns.next()
    turns.charge(clients, cost(key))
    return key


def test_first_come_first_served_where_all_have_had_the_same():
    turns = Turns()
    for client in "abcd":
        turns.ask(f"{client}1", client)
    assert [serve(turns) for _ in range(4)] == ["a1", "b1", "c1", "d1"]
    with pytest.raises(IndexError):
        turns.next()


def test_who_asks_without_pause_delays_nobody():
    """Whenever somebody else comes, at most one work of the dragger is done before his."""
    turns = Turns()
    for i in range(1000):
        turns.ask(("drag", i), "dragger")
        if i % 100 == 50:
            other = f"visitor{i}"
            turns.ask(other, other)
            done = [serve(turns), serve(turns)]
            assert other in done
        else:
            serve(turns)


def test_heavy_work_does_not_starve_light_work():
    """One whose work takes a hundred times as long gets its share of the time, not of the turns."""
    turns, spent = Turns(), {"heavy": 0.0, "light": 0.0}
    turns.ask("heavy", "heavy")
    turns.ask("light", "light")
    for _ in range(2000):
        key = serve(turns, lambda key: 100.0 if key == "heavy" else 1.0)
        spent[key] += 100.0 if key == "heavy" else 1.0
        turns.ask(key, key)
        assert abs(spent["heavy"] - spent["light"]) <= 101.0


def test_shares_are_equal_whatever_is_asked_for():
    rng, turns = random.Random(5), Turns(limit=10_000)
    costs = {c: rng.uniform(0.5, 3.0) for c in "abcde"}
    spent = dict.fromkeys("abcde", 0.0)
    for i in range(400):
        for client in "abcde":
            turns.ask((client, i), client)
    for _ in range(600):
        key = serve(turns, lambda key: costs[key[0]])
        spent[key[0]] += costs[key[0]]
        assert max(spent.values()) - min(spent.values()) <= 2 * max(costs.values())


def test_what_several_want_is_done_once_in_the_best_turn_and_they_share_its_cost():
    turns = Turns()
    turns.ask("old", "ann")
    serve(turns, lambda key: 10.0)
    turns.ask("shared", "ann")
    turns.ask("bobs", "bob")
    turns.ask("shared", "cid")
    assert turns.next() == ("shared", ("ann", "cid"))
    assert len(turns) == 1


def test_a_wish_that_nobody_has_any_more_is_dropped_unseen():
    turns = Turns()
    turns.ask("a", "ann")
    turns.ask("a", "bob")
    assert not turns.withdraw("a", "ann") and "a" in turns
    assert turns.withdraw("a", "bob") and not len(turns)
    assert not turns.withdraw("a", "bob")


def test_the_queue_is_bounded_and_who_has_had_most_gives_way():
    turns = Turns(limit=3)
    turns.ask("first", "greedy")
    turns.ask("b", "b")
    serve(turns, lambda key: 50.0)
    assert turns.ask("again", "greedy") is None and turns.ask("c", "c") is None
    assert turns.ask("d", "d") == "again"
    assert turns.ask("again", "greedy") == "again"  # there is no room for him now
    assert len(turns) == 3


def test_nobody_is_remembered_for_ever():
    turns = Turns()
    for i in range(500):
        turns.ask(i, f"visitor{i}")
        serve(turns)
    assert not turns._had
    turns.ask("a", "ann")
    for i in range(3 * MAX_REMEMBERED):
        turns.ask(i, f"visitor{i}")
        serve(turns)
    assert len(turns._had) <= MAX_REMEMBERED + 2


def test_who_has_rested_has_no_credit():
    """A visitor who has waited for nothing for long goes next once, not for as long again."""
    turns = Turns()
    turns.ask("a0", "ann")
    serve(turns)
    for i in range(100):
        turns.ask(("b", i), "bob")
        serve(turns)
    for i in range(10):
        turns.ask(("a", i), "ann")
        turns.ask(("b", 100 + i), "bob")
    order = [serve(turns)[0] for _ in range(20)]
    assert max(len(list(run)) for run in "".join(order).replace("ab", " ").split(" ")) <= 2
