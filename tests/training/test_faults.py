"""What goes wrong on a server: each fault ends with a sentence, and no finished epoch is lost.

A killed worker and a killed server are in `test_service.py`, a cut socket in
`tests/test_replicas.py`.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import threading
import time
from pathlib import Path

import pytest

from initopt_core import data as fashion
from initopt_core.registry import SettingError
from initopt_core.settings import ServerSettings
from initopt_core.training import loop, phase
from initopt_core.training.history import History
from initopt_core.training.runs import store as stores
from initopt_core.training.runs import worker
from initopt_core.training.runs.service import TrainingService
from initopt_core.training.runs.store import RunStore
from initopt_core.training.runs.worker import run_folder
from tests.support.training import Ready, sample, tiny, without_times


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path)


def do(store: RunStore, run_id: str, orphaned=None) -> str:
    return run_folder(
        store.path(run_id), lambda kind: sample(), orphaned or threading.Event(), "cpu"
    )


def told(store: RunStore, run_id: str) -> list[dict]:
    lines = (store.path(run_id) / "events.jsonl").read_text().splitlines()
    kinds = ("start", "epoch", "probe", "layers", "test", "end")
    return [without_times(e) for e in map(json.loads, lines) if e["kind"] in kinds]


def epochs(store: RunStore, run_id: str) -> int:
    history = History(store.path(run_id) / "events.jsonl")
    history.poll()
    return history.finished_epochs


def fails_after_an_epoch(monkeypatch, error: Exception) -> list[int]:
    """The second save raises `error`, once."""
    real, calls = loop.write_tensors, []

    def write(path, plain):
        calls.append(1)
        if len(calls) == 2:
            raise error
        real(path, plain)

    monkeypatch.setattr(loop, "write_tensors", write)
    return calls


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "disk is full"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
        (RuntimeError("CUDA error: device-side assert triggered"), "device that trained"),
        (RuntimeError("CUDA out of memory. Tried to allocate"), "memory is full"),
        (MemoryError(), "not enough memory"),
    ],
    ids=["full", "broken", "device", "device-memory", "memory"],
)
def test_the_run_says_what_happened_and_goes_on_to_the_same_end(store, monkeypatch, error, words):
    run = store.create(tiny())
    fails_after_an_epoch(monkeypatch, error)
    assert do(store, run) == "failed"
    assert words in store.info(run).reason and epochs(store, run) >= 1
    assert do(store, run) == "done"
    undisturbed = store.create(tiny())
    do(store, undisturbed)
    assert told(store, run) == told(store, undisturbed)


def test_a_full_disk_on_which_not_even_the_state_can_be_written(store, monkeypatch):
    run = store.create(tiny())
    full = OSError(errno.ENOSPC, "No space left on device")
    fails_after_an_epoch(monkeypatch, full)
    real = stores.write_json

    def write(path: Path, plain) -> None:
        if plain.get("state") == "failed":
            raise full
        real(path, plain)

    monkeypatch.setattr(stores, "write_json", write)
    assert do(store, run) == "failed"  # the worker lives and takes the next run
    assert store.info(run).state == "running"
    store.adopt(0.0)
    assert store.info(run).state == "interrupted" and store.can_resume(run)


def test_no_room_for_a_new_run_is_said_and_leaves_nothing(store, monkeypatch):
    def write(path, plain):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(stores, "write_json", write)
    with pytest.raises(SettingError, match="No space left on device"):
        store.create(tiny())
    assert list(store.root.iterdir()) == []


def test_a_folder_removed_in_mid_training(store, monkeypatch):
    run = store.create(tiny())
    real = loop.write_tensors

    def write(path, plain):
        shutil.rmtree(store.root)
        real(path, plain)

    monkeypatch.setattr(loop, "write_tensors", write)
    assert do(store, run) == "failed"
    assert store.all() == [] and store.broken() == []
    monkeypatch.undo()
    again = store.create(tiny())  # the folder of runs comes back with the next one
    assert do(store, again) == "done"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x04junk", b"x" * 1000])
def test_a_damaged_checkpoint_ends_with_a_sentence_and_the_curves_stay(store, content):
    run = store.create(tiny())
    assert do(store, run) == "done"
    before = told(store, run)
    (store.path(run) / "last.ckpt").write_bytes(content)
    assert do(store, run) == "failed"
    assert "train it anew" in store.info(run).reason and told(store, run) == before


@pytest.mark.parametrize("shift", [-86_400, 86_400])
def test_a_clock_that_jumps_is_no_sign_of_life(store, shift):
    run = store.create(tiny(), state="running")
    alive = store.path(run) / "alive"
    alive.touch()
    assert store.is_alive(run)
    now = time.time()
    os.utime(alive, (now - shift, now - shift))  # as it looks when the clock has moved by `shift`
    assert not store.is_alive(run)
    store.adopt()
    assert store.info(run).state == "interrupted"


def test_a_stop_lets_the_epoch_end_in_its_checkpoint(store):
    """Asked to finish in the middle of an epoch: the run leaves with that epoch whole."""
    run, orphaned = store.create(tiny(epochs=50)), worker.Orphaned()
    asked = []

    class Wishes(worker.Wishes):
        def __call__(self):
            wish = super().__call__()
            done = epochs(store, run)
            if done and not asked:
                asked.append(done)
                orphaned.finishing.set()
                orphaned.set()
            return wish

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker, "Wishes", Wishes)
        patch.setattr(phase, "FLUSH_S", 0.0)  # asked at every step
        assert do(store, run, orphaned) == "interrupted"
    assert epochs(store, run) == asked[0] + 1
    assert "can be resumed" in store.info(run).reason


class Dying(Ready):
    """A runner whose training is cut short."""

    def train(self, folder: Path) -> str:
        self.began.append(folder)
        self.up = False
        return ""

    def death(self) -> str:
        return "The machine is gone."


def test_a_runner_that_dies_is_told_and_the_service_goes_on(tmp_path):
    service = TrainingService(tmp_path, runner=Dying())
    try:
        for seed in (1, 2):
            run = service.submit(tiny(seeds=(seed,)))
            until = time.monotonic() + 60
            while service.info(run).state != "interrupted" and time.monotonic() < until:
                time.sleep(0.05)
            assert service.info(run).reason == "The machine is gone."
    finally:
        service.close()


def test_a_runs_folder_removed_in_mid_training_does_not_come_back(store, monkeypatch):
    run = store.create(tiny(epochs=40))
    real, saved = loop.write_tensors, []

    def write(path, plain):
        path.parent.mkdir(exist_ok=True)  # as the best weights' writing does
        real(path, plain)
        saved.append(path)
        if len(saved) == 2:
            shutil.rmtree(store.path(run))

    monkeypatch.setattr(loop, "write_tensors", write)
    monkeypatch.setattr(worker, "BEAT_S", 0.0)
    assert do(store, run) == "failed"
    assert not (store.root / run).exists() and len(saved) < 40


def test_visitors_do_not_read_where_the_images_should_lie(store, monkeypatch):
    def gone(kind):
        raise fashion.DataError("/srv/secret/train-images is missing.")

    for hosted, words in ((True, worker.NO_DATA), (False, "/srv/secret/train-images is missing.")):
        settings = ServerSettings(hosted=hosted)
        monkeypatch.setattr(worker, "server_settings", lambda settings=settings: settings)
        run = store.create(tiny())
        assert run_folder(store.path(run), gone, threading.Event(), "cpu") == "failed"
        assert store.info(run).reason == words


def test_an_end_that_cannot_be_written_is_known_and_written_later(store, monkeypatch):
    run = store.create(tiny(), state="running")

    def write(path, plain):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(stores, "write_json", write)
    store.set_state(run, "interrupted", "The disk is full.")
    assert (store.info(run).state, store.info(run).reason) == ("interrupted", "The disk is full.")
    assert [one.state for one in store.all()] == ["interrupted"]
    assert RunStore(store.root).info(run).state == "running"
    store.write_the_rest()
    assert RunStore(store.root).info(run).state == "running"
    with pytest.raises(SettingError, match="No space left on device"):
        store.set_state(run, "queued")  # it would not begin either
    monkeypatch.undo()
    store.write_the_rest()
    assert RunStore(store.root).info(run).state == "interrupted"
