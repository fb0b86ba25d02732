"""Runs, worker and service: nothing is lost, whoever is killed, whenever."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
import torch

from initopt_core.registry import SettingError
from initopt_core.training import load_model, train
from initopt_core.training.history import History
from initopt_core.training.runs.service import TrainingService
from initopt_core.training.runs.store import ACTIVE, RunStore, read_control
from initopt_core.training.runs.worker import run_folder
from tests.support import programs
from tests.support.training import sample, tiny, without_times

ROOT = Path(__file__).resolve().parents[2]
LONG = {"epochs": 60, "train_images": 4000, "batch_size": 16}  # long enough to be interrupted


def wait(condition, seconds=240.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")


@pytest.fixture
def service(tmp_path):
    running = TrainingService(tmp_path, warm="sample", device="cpu")
    yield running
    running.close()


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path)


def do(store: RunStore, run_id: str) -> str:
    return run_folder(store.path(run_id), lambda kind: sample(), threading.Event(), "cpu")


def told(store: RunStore, run_id: str, *kinds: str) -> list[dict]:
    lines = (store.path(run_id) / "events.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    return [without_times(e) for e in events if not kinds or e["kind"] in kinds]


# -- the store -----------------------------------------------------------------------------------


def test_a_whole_run_on_disk(store):
    config = tiny()
    run_id = store.create(config, "  my\nrun \x00 ")
    assert store.info(run_id).name == "myrun"
    assert do(store, run_id) == "done"
    assert store.info(run_id).state == "done"
    result = train(config, sample(), device="cpu")
    history = History(store.path(run_id) / "events.jsonl")
    history.poll()
    for name, trial in result.trials.items():
        model, results = load_model(store.path(run_id), name)
        assert results["train_losses"] == trial.train_losses
        assert results["test_acc"] == trial.test_acc
        assert torch.equal(model.layers[0].weight, result.models[name].layers[0].weight)
        curve = history.curves[name]
        assert curve.losses == pytest.approx(trial.train_losses, rel=1e-4)
        assert curve.val == trial.val_scores
        assert curve.test["accuracy"] == trial.test_acc
        assert sorted(curve.layers) == [1, 2, 3]
    assert [run.id for run in store.finished_like(config)] == [run_id]
    assert not [*store.finished_like(tiny(epochs=4))]


@pytest.mark.parametrize(
    "bad",
    ["", "..", "../x", "a/b", "20260101-000000-zzzzzz", "20260101-000000-abcdef", None, "." * 99],
)
def test_foreign_ids_never_become_paths(store, bad):
    for use in (store.path, store.info, store.delete, store.export):
        with pytest.raises(SettingError):
            use(bad)


def test_rename_delete_export(store):
    run_id = store.create(tiny())
    assert store.info(run_id).name.startswith("SGD, Adam")
    store.rename(run_id, "<b>x</b>" + "y" * 200)
    assert len(store.info(run_id).name) == 80
    with pytest.raises(SettingError):
        store.rename(run_id, " \n ")
    with pytest.raises(SettingError, match="Stop this run"):
        store.delete(run_id)
    do(store, run_id)
    with zipfile.ZipFile(BytesIO(store.export(run_id))) as archive:
        names = archive.namelist()
    assert {"config.json", "events.jsonl", "SGD.tar", "SGD.config", "SGD_results.json"} <= set(
        names
    )
    assert "last.ckpt" not in names
    store.delete(run_id)
    assert store.all() == [] and list(store.root.iterdir()) == []


def test_unreadable_runs_are_passed_over(store):
    good, bad = store.create(tiny()), store.create(tiny())
    (store.path(bad) / "config.json").write_text("{")
    assert [r.id for r in store.all()] == [good]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"command": 1}', '{"rates": {"x": 1}}', "null"])
def test_unreadable_control_means_go_on(tmp_path, text):
    (tmp_path / "control.json").write_text(text)
    assert read_control(tmp_path / "control.json").command in ("run", "1")


def test_history_survives_half_lines_and_cut_logs(tmp_path):
    log = tmp_path / "events.jsonl"
    history = History(log)
    assert history.poll() == 0
    events = []
    train(tiny(), sample(), events.append)
    lines = [json.dumps(e) + "\n" for e in events]
    log.write_text("".join(lines[:5]) + lines[5][:10])
    version = history.poll()
    assert history.poll() == version
    log.write_text("".join(lines))
    assert history.poll() > version
    assert history.state == "done" and len(history.curves["SGD"].losses) == 24
    log.write_text("".join(lines[:5]))  # a resumed run cuts its log back
    history.poll()
    assert history.state == "" and len(history.curves["SGD"].losses) < 24


# -- kills ---------------------------------------------------------------------------------------

KILL_IN_WRITE = """
import os, signal, sys, threading
from pathlib import Path
from initopt_core import data
from initopt_core.training.runs import worker
real, seen = os.replace, []
def replace(a, b):
    if Path(b).name == sys.argv[2]:
        seen.append(b)
        if len(seen) == int(sys.argv[3]):
            os.kill(os.getpid(), signal.SIGKILL)
    real(a, b)
os.replace = replace
worker.run_folder(Path(sys.argv[1]), lambda kind: data.load_sample(), threading.Event(), "cpu")
"""


@pytest.mark.parametrize("file, count", [("last.ckpt", 1), ("last.ckpt", 2), ("Adam.tar", 2)])
def test_killed_within_a_checkpoint_write(store, file, count):
    config = tiny()
    run_id = store.create(config)
    path = store.path(run_id)
    ended = subprocess.run(
        [sys.executable, "-c", KILL_IN_WRITE, str(path), file, str(count)],
        cwd=ROOT,
        env=programs.adding_up_as_here(),
    )
    assert ended.returncode == -signal.SIGKILL
    os.utime(path / "alive", (0, 0))
    store.adopt()
    assert store.info(run_id).state == "interrupted"
    if (path / "SGD.tar").exists():
        load_model(path, "SGD")  # what is there is whole
    assert do(store, run_id) == "done"
    whole = store.create(config)
    do(store, whole)
    kinds = ("start", "epoch", "probe", "layers", "test", "end")
    assert told(store, run_id, *kinds) == told(store, whole, *kinds)
    for name in ("SGD", "Adam"):
        a, b = (load_model(store.path(i), name)[1] for i in (run_id, whole))
        assert a["train_losses"] == b["train_losses"] and a["test_acc"] == b["test_acc"]


def test_killed_worker(service):
    """The run is marked with the reason, its epochs are there, the next run trains at once, and
    the killed one goes on to the same end."""
    config = tiny(**LONG)
    run_id = service.submit(config)
    wait(lambda: service.history(run_id).finished_epochs >= 2)
    os.kill(service.runner.process.pid, signal.SIGKILL)
    wait(lambda: service.info(run_id).state == "interrupted")
    assert "SIGKILL" in service.info(run_id).reason
    kept = service.history(run_id).curves["SGD"].val
    assert len(kept) >= 2
    other = service.submit(tiny(seeds=(7,)))
    wait(lambda: service.info(other).state == "done")
    service.resume(run_id)
    with pytest.raises(SettingError):
        service.resume(run_id)
    finished = service.history(run_id).finished_epochs
    wait(lambda: service.history(run_id).finished_epochs > finished)
    service.stop(run_id)
    wait(lambda: service.info(run_id).state == "stopped")
    history = service.history(run_id)
    assert history.curves["SGD"].val[:2] == kept[:2]
    epochs = len(history.curves["SGD"].val)
    same = train(tiny(**{**LONG, "epochs": min(epochs, 4)}), sample(), device="cpu")
    count = len(same.trials["SGD"].val_scores)
    assert history.curves["SGD"].val[:count] == same.trials["SGD"].val_scores


SERVER = """
import sys, time
from pathlib import Path
from tests.support.training import tiny
from initopt_core.training.runs.service import TrainingService
service = TrainingService(Path(sys.argv[1]), warm="sample", device="cpu")
service.submit(tiny(epochs=60, train_images=4000, batch_size=16))
print(0, flush=True)
time.sleep(600)
"""


def test_killed_server(tmp_path):
    """Its worker leaves too, the run is found at the next start, and can be resumed."""
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(tmp_path)], cwd=ROOT)
    try:
        store = RunStore(tmp_path)
        wait(lambda: store.all() and store.all()[0].state == "running")
        run_id = store.all()[0].id
        history = History(store.path(run_id) / "events.jsonl")
        wait(lambda: history.poll() and history.finished_epochs >= 1)
    finally:
        server.kill()
        server.wait()
    wait(lambda: store.info(run_id).state == "interrupted", 15)
    wait(lambda: not (store.path(run_id) / "alive").exists(), 30)
    service = TrainingService(tmp_path, warm="sample", device="cpu")
    try:
        kept = history.curves["SGD"].val[0]
        service.resume(run_id)
        wait(lambda: service.history(run_id).finished_epochs > 2)
        assert service.history(run_id).curves["SGD"].val[0] == kept
    finally:
        service.close()


# -- the service ---------------------------------------------------------------------------------


def test_queue_reuse_and_steering(service):
    slow, config = tiny(**LONG), tiny()
    first = service.submit(slow, "first")
    second = service.submit(config)
    assert service.info(second).state == "queued" and service.position(second) >= 1
    wait(lambda: service.history(first).step > 0)
    assert service.active().id == first
    service.pause(first)
    wait(lambda: service.info(first).state == "paused" and service.history(first).paused)
    step = service.history(first).step
    time.sleep(0.5)
    assert service.history(first).step == step
    service.set_rate(first, 0, 0.05)
    with pytest.raises(SettingError):
        service.set_rate(first, 0, float("nan"))
    with pytest.raises(SettingError):
        service.set_rate(first, 9, 0.1)
    service.go_on(first)
    wait(lambda: service.history(first).step > step)
    assert service.history(first).rate_changes[0]["lr"] == 0.05
    service.stop(first)
    wait(lambda: service.info(first).state == "stopped")
    assert service.history(first).curves["SGD"].test
    wait(lambda: service.info(second).state == "done")
    assert service.submit(config) == second  # the finished run is shown, not trained again
    third = service.submit(config, again=True)
    assert third != second
    service.stop(third)
    wait(lambda: service.info(third).state not in ACTIVE)
    service.delete(third)
    assert [r.id for r in service.runs()] == [second, first]


def test_a_queued_run_can_be_dropped(service):
    first = service.submit(tiny(**LONG))
    second = service.submit(tiny())
    service.stop(second)
    assert service.info(second).state == "stopped"
    service.stop(first)
    wait(lambda: service.info(first).state == "stopped")


def test_failures_are_said_and_do_not_end_the_worker(service):
    bad = service.submit(tiny(batch_size=2048))
    wait(lambda: service.info(bad).state == "failed")
    assert "1,024 training images" in service.info(bad).reason
    good = service.submit(tiny())
    wait(lambda: service.info(good).state == "done")


def test_the_worker_gives_way(tmp_path, monkeypatch):
    if not hasattr(os, "getpriority"):
        pytest.skip("no priorities on this system")
    monkeypatch.delenv("INITOPT_NICENESS")
    service = TrainingService(tmp_path, warm="sample", device="cpu")
    try:
        wait(lambda: service.runner.process is not None)
        own, pid = os.getpriority(os.PRIO_PROCESS, 0), service.runner.process.pid
        wait(lambda: os.getpriority(os.PRIO_PROCESS, pid) > own or own >= 19)
        group = Path(f"/proc/{pid}/autogroup")
        if group.exists():  # Linux heeds niceness only within a session's share of the processor
            wait(lambda: group.read_text().split()[-1] == "19")
    finally:
        service.close()


def test_an_idle_worker_ends_and_comes_back(tmp_path):
    service = TrainingService(tmp_path, warm="sample", device="cpu", idle_s=0.3)
    try:
        wait(lambda: service.runner.process is not None)
        first = service.runner.process
        wait(lambda: first.poll() is not None)
        assert first.returncode == 0  # it left by itself, nothing was killed
        wait(lambda: service.runner.process is None)
        time.sleep(1.5)
        assert service.runner.process is None  # and stays away while nobody asks
        # asked again and again: one question is forgotten after those 0.3 s
        wait(lambda: service.expect() or service.runner.process is not None)
        wait(lambda: service.runner.process is None)
        run = service.submit(tiny(epochs=1))
        wait(lambda: service.info(run).state == "done")
    finally:
        service.close()
