"""Rules of a shared server: whose run it is, what may be asked, whose turn it is, what goes."""

from __future__ import annotations

import os
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from initopt_core.registry import SettingError
from initopt_core.training import Racer, TrainConfig
from initopt_core.training.runs.desk import Desk
from initopt_core.training.runs.ownership import Allowance, cost, may_change, refuse_costly
from initopt_core.training.runs.queue import FairQueue
from initopt_core.training.runs.service import TrainingService
from initopt_core.training.runs.store import RunStore
from initopt_core.training.runs.tidying import Kept, to_remove
from initopt_core.visitors import LOCAL, Visitor
from tests.support.training import Nobody, tiny

ANN, BOB = Visitor("ann"), Visitor("bob")
LECTURER = Visitor("eve", full=True)


@pytest.mark.parametrize(
    ("visitor", "owner", "may"),
    [
        (ANN, "ann", True),
        (ANN, "bob", False),
        (ANN, "", False),  # the lecturer's, and what was there before
        (Visitor(""), "", False),
        (LECTURER, "bob", True),
        (LOCAL, "bob", True),
    ],
)
def test_who_may_change_what(visitor, owner, may):
    assert may_change(visitor, owner) is may


def test_cost_is_epochs_times_images_times_racers():
    assert cost(tiny()) == 3 * 1024 * 2
    assert cost(tiny(seeds=(1, 2))) == 2 * cost(tiny())
    assert cost(TrainConfig(epochs=1)) == 50_000 * 3
    assert cost(TrainConfig(epochs=1, data="sample")) == 5000 * 3
    assert cost(TrainConfig(epochs=1, data="sample", train_images=50_000)) == 5000 * 3
    searched = tiny(search_epochs=1, search_initializers=("xavier", "kaiming"))
    assert cost(searched) == (3 + 7 * 2) * 1024 * 2
    assert cost(tiny(hidden_sizes=(2048,) * 10)) > 50 * cost(tiny())


def test_a_costly_race_is_refused_with_what_would_fit():
    allowed = Allowance(budget=cost(tiny(epochs=7)))
    refuse_costly(ANN, tiny(epochs=7), allowed)
    with pytest.raises(SettingError, match="7 epochs of it would fit"):
        refuse_costly(ANN, tiny(epochs=8), allowed)
    refuse_costly(LECTURER, tiny(epochs=500), allowed)


def test_networks_that_fill_the_memory_are_refused():
    allowed = Allowance(budget=10**12, weights=10**6)
    refuse_costly(ANN, tiny(hidden_sizes=(600,)), allowed)  # 2 x 477,010
    with pytest.raises(SettingError, match="2 networks of this size"):
        refuse_costly(ANN, tiny(hidden_sizes=(700,)), allowed)
    with pytest.raises(SettingError, match="fewer seeds"):
        refuse_costly(ANN, tiny(hidden_sizes=(600,), seeds=(1, 2)), allowed)
    refuse_costly(LECTURER, tiny(hidden_sizes=(2048,) * 64), allowed)
    with pytest.raises(SettingError):
        refuse_costly(ANN, tiny(hidden_sizes=(2048,) * 64), Allowance())


def test_turns_are_fair_whatever_one_visitor_asks_for():
    queue = FairQueue()
    for i in range(10):
        queue.add(f"a{i}", "ann")
    queue.add("b0", "bob")
    assert queue.pop() == "a0"
    assert queue.pop() == "b0"
    queue.add("c0", "cid")
    assert queue.pop() == "c0"
    assert queue.pop() == "a1"
    assert [one.run_id for one in queue.ahead("a9")][-1] == "a8"


def test_heavy_runs_wait_longer_and_the_lecturers_goes_first():
    queue = FairQueue()
    queue.add("heavy", "ann", cost=100)
    queue.add("heavy2", "ann", cost=100)
    for i in range(5):
        queue.add(f"light{i}", "bob", cost=1)
    queue.add("lecture", "", first=True)
    order = [queue.pop() for _ in range(len(queue))]
    assert order[0] == "lecture" and order[1] == "heavy" and order[-1] == "heavy2"
    with pytest.raises(IndexError):
        queue.pop()


def test_a_run_taken_out_gives_its_turn_back():
    queue = FairQueue()
    for _ in range(20):
        queue.add("x", "ann", cost=50)
        assert queue.remove("x") and not queue.remove("x")
    queue.add("a", "ann")
    queue.add("b", "bob")
    assert queue.pop() == "a"


def test_each_visitors_share_is_the_same_in_any_order():
    """With all queues full, served work differs by at most one run, whatever the arrivals."""
    rng = random.Random(3)
    arrivals = [(o, i) for o in "abcd" for i in range(25)]
    rng.shuffle(arrivals)
    queue = FairQueue()
    for owner, i in arrivals:
        queue.add(f"{owner}{i}", owner)
    served = dict.fromkeys("abcd", 0)
    for _ in range(60):
        served[queue.pop()[0]] += 1
        assert max(served.values()) - min(served.values()) <= 1


def kept(run_id, owner="ann", age=1.0, size=10, removable=True):
    return Kept(run_id, owner, age, size, removable)


def test_old_runs_go_but_neither_active_ones_nor_the_lecturers():
    runs = [kept("old", age=99), kept("mine", "", 99, removable=False), kept("new")]
    assert to_remove(runs, 50, 10**9) == ["old"]


def test_who_fills_the_disk_pushes_out_his_own():
    runs = [kept(f"a{i}", "ann", age=10 - i, size=100) for i in range(5)]
    runs += [kept("b0", "bob", age=50, size=100)]
    assert to_remove(runs, 1e9, 400) == ["a0", "a1"]


def test_a_clock_set_back_removes_nothing():
    assert to_remove([kept("a", age=-1e6)], 50, 10**9) == []


def test_nothing_removable_ends_too():
    assert to_remove([kept("a", size=10, removable=False)], 1, 5) == []


@pytest.fixture
def service(tmp_path):
    allowed = Allowance(budget=cost(tiny(epochs=5)), waiting=2, queue=3)
    running = TrainingService(tmp_path, allowed=allowed, runner=Nobody())
    yield running
    running.close()


def test_strangers_can_watch_and_nothing_else(service):
    ann, bob = Desk(service, ANN), Desk(service, BOB)
    run = ann.submit(tiny())
    assert service.info(run).owner == "ann"
    assert bob.info(run).name and bob.history(run).state == "" and bob.place(run).ahead == 0
    assert ann.may_change(ann.info(run)) and not bob.may_change(bob.info(run))
    for forbidden in (
        lambda: bob.stop(run),
        lambda: bob.pause(run),
        lambda: bob.go_on(run),
        lambda: bob.resume(run),
        lambda: bob.rename(run, "mine"),
        lambda: bob.delete(run),
        lambda: bob.set_rate(run, 0, 0.1),
    ):
        with pytest.raises(SettingError, match="another browser"):
            forbidden()
    assert service.info(run).state == "queued"
    ann.rename(run, "ours")
    ann.stop(run)
    assert service.info(run).name == "ours" and service.info(run).state == "stopped"
    ann.delete(run)
    assert service.runs() == []


def test_a_broken_run_is_its_owners_too(service):
    run = Desk(service, ANN).submit(tiny())
    service.stop(run)
    (service.store.path(run) / "config.json").write_text("{")
    with pytest.raises(SettingError, match="another browser"):
        Desk(service, BOB).delete(run)
    Desk(service, ANN).delete(run)


def test_what_is_kept_of_the_owner_is_not_exported(service):
    import io
    import zipfile

    run = Desk(service, ANN).submit(tiny())
    archive = zipfile.ZipFile(io.BytesIO(service.store.export(run)))
    assert "owner" not in archive.namelist()
    assert not any(b"ann" in archive.read(name) for name in archive.namelist())


def test_identical_requests_share_one_run(service):
    first = Desk(service, ANN).submit(tiny())
    assert Desk(service, BOB).submit(tiny()) == first
    assert Desk(service, BOB).submit(tiny(), again=True) == first
    assert len(service.runs()) == 1


def test_identical_requests_on_two_servers_share_one_run(service):
    """Both have the folder; the second looks at what the first has."""
    other = TrainingService(service.store.root, runner=Nobody())
    try:
        first = Desk(service, ANN).submit(tiny())
        assert Desk(other, BOB).submit(tiny()) == first
        assert Desk(other, BOB).submit(tiny(seeds=(7,))) != first
        service.stop(first)
        assert Desk(other, BOB).submit(tiny()) != first
    finally:
        other.close()


def test_a_visitor_cannot_fill_the_queue(service):
    ann, bob, cid = (Desk(service, Visitor(n)) for n in ("ann", "bob", "cid"))
    for seed in (1, 2):
        ann.submit(tiny(seeds=(seed,)))
    with pytest.raises(SettingError, match="2 of your runs"):
        ann.submit(tiny(seeds=(3,)))
    with pytest.raises(SettingError, match="visitor of a shared server"):
        bob.submit(tiny(epochs=6))
    bob.submit(tiny(seeds=(4,)))
    with pytest.raises(SettingError, match="3 runs wait already"):
        cid.submit(tiny(seeds=(5,)))
    lecture = Desk(service, LECTURER).submit(tiny(epochs=60))
    assert service.place(lecture).ahead == 0
    with pytest.raises(SettingError, match="not paused"):
        ann.pause(service.runs()[-1].id)


def test_expected_waits_come_from_measured_speed(service):
    a = service.submit(tiny(seeds=(1,)))
    b = service.submit(tiny(seeds=(2,)))
    assert service.place(b).seconds is None
    service._speed = cost(tiny()) / 10
    assert service.place(a).seconds == 0
    assert service.place(b).seconds == pytest.approx(10)


def test_visitors_runs_are_tidied_and_others_are_not(tmp_path):
    store = RunStore(tmp_path)
    mine = store.create(tiny(), state="done")
    old, active = (store.create(tiny(), state=s, owner="ann") for s in ("done", "running"))
    assert store.tidy(1e9, None) == []
    assert store.tidy(-1.0, None) == [old]
    assert {run.id for run in store.all()} == {mine, active}
    other = store.create(tiny(), state="stopped", owner="bob")
    assert store.tidy(1e9, 10) == [other]


def test_another_server_leaves_the_queue_of_the_first_alone(service):
    run = service.submit(tiny())
    service.store.show_life(run)
    other = TrainingService(service.store.root, runner=Nobody())
    assert other.info(run).state == "queued"
    other.close()
    os.utime(service.store.path(run) / "alive", (0, 0))
    other.store.adopt(60.0, {run})
    assert other.info(run).state == "queued"
    other.store.adopt(60.0)
    assert other.info(run).state == "interrupted"


@pytest.mark.parametrize("racers", [1, 8])
def test_a_race_of_many_costs_as_many(racers):
    config = tiny(racers=tuple(Racer("SGD", (("lr", 0.1 + i / 100),)) for i in range(racers)))
    assert cost(config) == 3 * 1024 * racers


def test_of_two_servers_that_are_asked_for_the_same_race_at_once_one_has_it(service):
    """Neither sees the other's run before it is whole."""
    other = TrainingService(service.store.root, runner=Nobody())
    try:
        with ThreadPoolExecutor(2) as both:
            for seed in range(12):
                config = tiny(seeds=(seed,))
                asked = [both.submit(one.submit, config) for one in (service, other)]
                assert len({one.result() for one in asked}) == 1
        assert len(service.runs()) == 12
    finally:
        other.close()


def test_a_run_that_was_just_asked_for_is_somebodys(service):
    run = service.store.create(tiny())  # before its server has it in its queue
    service.store.adopt()
    assert service.info(run).state == "queued"


def test_another_server_tells_the_wait_that_the_first_has_told(service):
    other = TrainingService(service.store.root, runner=Nobody())
    try:
        run = service.submit(tiny())
        service.store.show_life(run, (3, 600.0))
        place = other.place(run)
        assert (place.ahead, place.seconds) == (3, 600.0)
        (service.store.path(run) / "alive").write_text("[1")
        assert other.place(run).ahead == 0
    finally:
        other.close()


def test_a_server_that_ends_says_what_has_not_begun(tmp_path):
    running = TrainingService(tmp_path, runner=Nobody())
    waits, trains = running.submit(tiny(seeds=(1,))), running.submit(tiny(seeds=(2,)))
    with running._wake:
        running._queue.remove(trains)
        running._training[trains] = 0.0
    running.store.set_state(trains, "running")
    end = running.runner.end

    def ends(patience: float = 5.0) -> None:  # what waits for the runner then knows
        end(patience)
        running._training.clear()

    running.runner.end = ends
    running.close()
    found = {run.id: run for run in RunStore(tmp_path).all()}
    assert {run.state for run in found.values()} == {"interrupted"}
    assert "before this run began" in found[waits].reason
    assert "while this run was training" in found[trains].reason


def test_what_strangers_upload_or_name_is_shown_to_nobody_unasked(service):
    ann, bob = Desk(service, ANN), Desk(service, BOB)
    plain, named = ann.submit(tiny()), ann.submit(tiny(seeds=(9,)), "Look at me")
    own = service.submit(tiny(seeds=(8,)), "The lecture's race")
    for desk, run, seen in (
        (bob, plain, True), (bob, named, False), (ann, named, True), (bob, own, True),
    ):  # fmt: skip
        assert desk.is_for_all(service.info(run)) is seen
