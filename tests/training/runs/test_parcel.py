"""What travels between a machine that trains and the run's folder, without any cluster."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from initopt_core.training.history import History
from initopt_core.training.loop import CHECKPOINT
from initopt_core.training.runs.parcel import Outbox, Parcel, given, unpack
from initopt_core.training.runs.store import RunStore
from initopt_core.training.runs.trainer import Trainer
from tests.support.training import sample, tiny, without_times


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path)


def follow(folder: Path, until=lambda: False) -> str:
    """Train the run of a folder by a trainer, until it has ended or is lost."""
    trainer = Trainer()
    trainer.begin(given(folder), sample(), "cpu")
    while not until():
        parcel = trainer.news(wait_s=5.0)
        unpack(folder, parcel)
        if parcel.state:
            return parcel.state
    trainer.news(leave="now")  # so that the test leaves no thread; its parcel is lost
    return ""


def events(folder: Path) -> list[dict]:
    return [
        without_times(json.loads(line))
        for line in (folder / "events.jsonl").read_text().splitlines()
        if '"kind":"progress"' not in line and '"kind":"steps"' not in line
    ]


def test_a_lost_machines_run_is_what_an_undisturbed_one_is(store):
    whole, lost = (store.path(store.create(tiny(epochs=4))) for _ in range(2))
    assert follow(whole) == "done"
    history = History(lost / "events.jsonl")
    assert follow(lost, lambda: history.poll() and history.finished_epochs >= 1) == ""
    kept = [e for e in events(lost) if e["kind"] == "epoch"]
    assert follow(lost) == "done" and store.info(lost.name).state == "done"
    assert events(lost) == events(whole)
    assert [e for e in events(lost) if e["kind"] == "epoch"][: len(kept)] == kept
    for name in ("SGD", "Adam"):
        assert (lost / f"{name}.tar").read_bytes() == (whole / f"{name}.tar").read_bytes()
    history.poll()
    assert history.state == "done" and len(history.curves["SGD"].losses) == 4 * 8


def test_a_wish_reaches_the_machine(store):
    run_id = store.create(tiny(epochs=500))
    folder, trainer = store.path(run_id), Trainer()
    trainer.begin(given(folder), sample(), "cpu")
    store.wish(run_id, "stop")
    wish, until = (folder / "control.json").read_bytes(), time.monotonic() + 60
    parcel = trainer.news(wish)
    while not parcel.state and time.monotonic() < until:
        unpack(folder, parcel)
        parcel = trainer.news()
    assert parcel.state == "stopped"


def test_a_parcel_holds_what_is_new_and_whole_lines_alone(tmp_path):
    folder = tmp_path / "there"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    outbox = Outbox(folder)
    assert not outbox.pack()
    (folder / "events.jsonl").write_bytes(b"one\ntw")
    for name in ("SGD.tar", "alive", ".part", CHECKPOINT, "status.json"):
        (folder / name).write_bytes(name.encode())
    parcel = outbox.pack()
    assert parcel.events == b"one\n" and list(parcel.files) == [
        "status.json",
        CHECKPOINT,
        "SGD.tar",
    ]
    (folder / "events.jsonl").write_bytes(b"one\ntwo\n")
    assert outbox.pack() == Parcel(4, b"two\n", {})


def test_a_resumed_runs_log_is_cut_back_where_its_events_begin(tmp_path):
    (tmp_path / "events.jsonl").write_bytes(b"kept\nlost\n")
    unpack(tmp_path, Parcel(5, b"again\n", {}))
    assert (tmp_path / "events.jsonl").read_bytes() == b"kept\nagain\n"


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/b", ".hidden"])
def test_a_parcel_writes_into_the_runs_folder_alone(tmp_path, name):
    with pytest.raises(ValueError):
        unpack(tmp_path, Parcel(0, b"", {name: b""}))
    assert list(tmp_path.iterdir()) == []


def test_a_log_that_was_cut_back_and_grew_between_two_looks_is_read_anew(tmp_path):
    def line(**fields):
        return json.dumps({"kind": "rates", **fields}) + "\n"

    log = tmp_path / "events.jsonl"
    log.write_text(line(rates=[0.5]) + line(rates=[0.25]))
    history = History(log)
    history.poll()
    log.write_text(line(rates=[0.5]) + line(rates=[0.125]) + line(rates=[1.0]) * 3)
    history.poll()
    assert history.rates == [1.0] and history.problem == ""
