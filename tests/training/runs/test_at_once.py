"""Several runs at one time: the service's side of a cluster, without a cluster."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import astuple
from pathlib import Path

import pytest

from initopt_core.training.checkpoints import write_json
from initopt_core.training.runs import ray_driver
from initopt_core.training.runs import service as services
from initopt_core.training.runs.ray_runner import RayRunner
from initopt_core.training.runs.service import TrainingService
from initopt_core.ui.training import words
from tests.support.server import free_port
from tests.support.training import Ready, tiny


def wait(condition, seconds=30.0):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.01)


class Held(Ready):
    """A runner that keeps every run until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()

    def train(self, folder: Path) -> str:
        self.began.append(folder)
        self.go.wait(30.0)
        write_json(folder / "status.json", {"state": "done", "reason": ""})
        return "done"


def test_as_many_runs_begin_as_the_runner_takes(tmp_path):
    runner = Held()
    service = TrainingService(tmp_path, runner=runner, at_once=2)
    try:
        runs = [service.submit(tiny(seeds=(seed,))) for seed in (1, 2, 3)]
        wait(lambda: len(runner.began) == 2)
        assert service.active().id == runs[0] and service.waiting() == 1
        assert service.place(runs[2]).ahead == 2 and service.place(runs[1]).ahead == 0
        assert service.submit(tiny(seeds=(2,))) == runs[1]
        runner.go.set()
        wait(lambda: all(service.info(run).state == "done" for run in runs))
        wait(lambda: not service.busy())
    finally:
        runner.go.set()
        service.close()


def test_a_first_runs_pace_says_how_long_the_next_waits(tmp_path, monkeypatch):
    """Before any run is through: half of the first is done, and the rest takes 8 s."""
    runner = Held()
    service = TrainingService(tmp_path, runner=runner)
    try:
        first, second, third = (service.submit(tiny(seeds=(seed,))) for seed in (1, 2, 3))
        wait(lambda: service.busy())
        assert service.place(second).seconds is None
        history = service.history(first)
        monkeypatch.setattr(history, "share_done", lambda: 0.5)
        monkeypatch.setattr(history, "seconds_left", lambda: 8.0)
        assert service.place(second).seconds == pytest.approx(8.0)
        assert service.place(third).seconds == pytest.approx(8.0 + 16.0)
    finally:
        runner.go.set()
        service.close()


class Dying(Held):
    """A runner that dies of every run; `ups` says whether it was up when it was given one."""

    def __init__(self) -> None:
        super().__init__()
        self.ups: list[bool] = []

    def train(self, folder: Path) -> str:
        self.ups.append(self.up)
        time.sleep(0.05)  # until the service waits for other runs
        self.up = False
        return ""

    def death(self) -> str:
        return "It is gone."


def test_no_run_is_given_to_a_runner_that_died(tmp_path):
    runner = Dying()
    service = TrainingService(tmp_path, runner=runner, at_once=2)
    try:
        run = service.submit(tiny())
        for _ in range(2):
            wait(lambda: service.info(run).state == "interrupted")
            service.resume(run)
        wait(lambda: len(runner.ups) == 3)
        assert all(runner.ups)
    finally:
        service.close()


class Late(Held):
    """A runner that can begin when it is told so."""

    ready = False

    def start(self) -> bool:
        self.up = self.ready
        return self.ready

    def death(self) -> str:
        return "Nobody is there."


def test_why_nothing_begins_is_told_until_it_does(tmp_path, monkeypatch):
    monkeypatch.setattr(services, "PAUSE_S", 0.05)
    runner = Late()
    service = TrainingService(tmp_path, runner=runner, at_once=2)
    try:
        run = service.submit(tiny())
        wait(lambda: service.place(run).problem)
        assert service.place(run) == services.Place(0, None, "Nobody is there.")
        assert "Nobody is there." in words.state(
            service.info(run), service.history(run), *astuple(service.place(run))
        )
        runner.ready = True
        wait(lambda: runner.began)
        assert service.place(run).problem == service.problem == ""
    finally:
        runner.go.set()
        service.close()


def test_a_cluster_that_does_not_answer_is_said_at_once(monkeypatch, capsys):
    closed = f"127.0.0.1:{free_port()}"
    monkeypatch.setattr(sys, "argv", ["ray_driver", "--address", closed])
    with pytest.raises(SystemExit):
        ray_driver.main()
    assert capsys.readouterr().out == f"{ray_driver.NO_CLUSTER}\n"


def test_a_worker_that_cannot_begin_says_why():
    runner = RayRunner("auto")
    runner._command = [sys.executable, "-c", "print('No cluster.')"]
    assert not runner.start() and runner.death() == "No cluster."


FAKE = """
import sys
print("ready", flush=True)
first, second = (sys.stdin.readline().strip() for _ in range(2))
print("stopped " + max(first, second), flush=True)
print("done " + min(first, second), flush=True)
sys.stdin.readline()
sys.exit(3)
"""


@pytest.fixture
def runner():
    made = RayRunner("auto")
    made._command = [sys.executable, "-c", FAKE]
    assert made.start()
    yield made
    made.end()


def test_each_run_gets_its_own_answer_and_none_when_the_process_is_gone(runner, tmp_path):
    answers: dict[str, str] = {}

    def train(name: str) -> None:
        answers[name] = runner.train(tmp_path / name)

    threads = [threading.Thread(target=train, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20.0)
    assert answers == {"a": "done", "b": "stopped"}
    train("c")
    assert answers["c"] == "" and "link to the cluster was lost" in runner.death()
    train("d")
    assert answers["d"] == ""
