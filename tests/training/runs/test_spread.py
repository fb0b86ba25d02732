"""A rate search as small runs gives what the loop's search in lockstep gives."""

from __future__ import annotations

import dataclasses
import json
import threading
from pathlib import Path

import pytest

from initopt_core.training import Racer, train
from initopt_core.training.checkpoints import read_tensors
from initopt_core.training.history import History
from initopt_core.training.loop import CHECKPOINT
from initopt_core.training.runs.spread import FOLDER, FOUND, attempts, search
from initopt_core.training.runs.store import RunStore
from initopt_core.training.runs.worker import run_folder
from tests.support.training import sample, tiny, without_times

CONFIG = tiny(
    racers=(Racer("SGD", (("lr", 0.1),)), Racer("Adam", (("lr", 0.003),))),
    search_epochs=1,
    epochs=1,
    train_images=512,
    search_initializers=("xavier",),
)


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path)


def here(folder: Path) -> str:
    return run_folder(folder, lambda kind: sample(), threading.Event(), "cpu")


def never() -> bool:
    return False


def events(folder: Path, *kinds: str) -> list[dict]:
    lines = (folder / "events.jsonl").read_text().splitlines()
    return [without_times(e) for e in map(json.loads, lines) if e["kind"] in kinds]


def test_the_same_rates_are_found_and_the_same_race_is_run(store):
    folder, whole = (store.path(store.create(CONFIG)) for _ in range(2))
    assert search(folder, here, 2, never) == ""
    assert not (folder / FOLDER).exists()
    assert here(folder) == here(whole) == "done"
    kinds = ("start", "epoch", "diverged", "rates", "test", "end")
    assert events(folder, *kinds) == events(whole, *kinds)
    history = History(folder / "events.jsonl")
    history.poll()
    assert history.state == "done" and history.problem == ""
    rows = train(CONFIG, sample(), device="cpu").search
    assert history.search == {row[:3]: row[3] for row in rows}


def test_what_cannot_be_trained_ends_the_search_with_its_reason(store):
    run_id = store.create(tiny(search_epochs=1, batch_size=2048))
    assert search(store.path(run_id), here, 1, never) == "failed"
    assert "1,024 training images" in store.info(run_id).reason


def test_a_search_that_was_left_keeps_what_it_has(store):
    folder, trained = store.path(store.create(CONFIG)), []

    def few(small: Path) -> str:
        trained.append(small)
        return here(small)

    assert search(folder, few, 1, lambda: len(trained) >= 3) == "interrupted"
    assert len(trained) == 3 and len(list((folder / FOLDER).glob("*/last.ckpt"))) == 3


def test_another_server_trains_only_the_rates_that_are_left(store, tmp_path):
    few = dataclasses.replace(CONFIG, racers=CONFIG.racers[:1], search_initializers=())
    folder, whole, trained = store.path(store.create(few)), store.path(store.create(few)), []

    def counted(small: Path) -> str:
        trained.append(small.name)
        return here(small)

    search(folder, counted, 1, lambda: len(trained) >= 3)
    there = RunStore(tmp_path / "other").root / folder.name
    there.mkdir(parents=True)
    for path in folder.iterdir():  # as `mirror` carries it over: files, nothing hidden
        if path.is_file():
            (there / path.name).write_bytes(path.read_bytes())
    assert search(there, counted, 1, never) == ""
    assert len(trained) == len(set(trained)) and not (there / FOUND).exists()
    search(whole, here, 1, never)
    kinds = ("start", "epoch", "diverged")
    assert events(there, *kinds) == events(whole, *kinds)
    rows = [read_tensors(one / CHECKPOINT)["search"] for one in (there, whole)]
    assert rows[0] == rows[1] and len(rows[0]) == len(trained)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"NAME": 1}', '{"NAME": {"state": "done"}}'])
def test_what_was_found_and_cannot_be_read_is_found_again(store, text):
    folder = store.path(store.create(CONFIG))
    name = attempts(CONFIG, CONFIG.initializer, folder)[0].folder.name
    (folder / FOUND).write_text(text.replace("NAME", name))
    trained = []
    search(folder, lambda small: trained.append(small.name) or "failed", 1, never)
    assert trained[0] == name


def test_a_run_without_a_search_or_past_it_is_left_alone(store):
    def nobody(small: Path) -> str:
        raise AssertionError(small)

    assert search(store.path(store.create(tiny())), nobody, 1, never) == ""
