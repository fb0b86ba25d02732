"""A rate search as many small runs, one a rate, that train wherever there is room.

Trials of a search share batches but nothing else, so each gives alone what it gives in lockstep
with the others. A race stays one task: its racers are watched step by step on the same batches.

RUN/.search/INITIALIZER-RACER-NUMBER holds each small run, so that one whose machine is lost goes
on from its own checkpoint. What each gave is kept in RUN/searched.json, which servers that share
runs carry over: a search that goes on elsewhere trains only the rates that are left. All results
become a checkpoint of the run, and the race begins there.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from initopt_core.paths import write_atomic
from initopt_core.training.checkpoints import write_json, write_tensors
from initopt_core.training.config import TrainConfig
from initopt_core.training.events import Log
from initopt_core.training.loop import CHECKPOINT
from initopt_core.training.trial import rate_grid

from .store import (
    ALIVE,
    CONFIG,
    CONTROL,
    EVENTS,
    STATUS,
    config_of,
    read_control,
    stamp,
    write_status,
)

FOLDER = ".search"
FOUND = "searched.json"
KEPT = ("train", "val", "diverged", "step", "clock", "start")
"""Fields of an `Attempt` that are through with it."""
LOOK_S = 0.2
Train = Callable[[Path], str]


@dataclasses.dataclass
class Attempt:
    """One rate on trial.

    Attributes:
        folder: of its small run.
        config: what that trains.
        told: its fields in the search's events.
        state: the small run's final state, "" before.
        train, val: accuracy of each epoch, 0 to 1.
        diverged: its event, if it did.
        step, clock: how far it is; steps and seconds.
    """

    folder: Path
    config: TrainConfig
    told: dict[str, Any]
    state: str = ""
    train: list[float] = dataclasses.field(default_factory=list)
    val: list[float] = dataclasses.field(default_factory=list)
    diverged: dict[str, Any] | None = None
    step: int = 0
    clock: float = 0.0
    start: dict[str, Any] = dataclasses.field(default_factory=dict)
    _seen: tuple | None = None

    def read(self) -> None:
        """Take over what its small run has told by now."""
        log = self.folder / EVENTS
        if (now := stamp(log)) == self._seen:
            return
        self._seen, self.train, self.val = now, [], []
        with contextlib.suppress(FileNotFoundError):
            for line in log.read_bytes().splitlines():
                with contextlib.suppress(ValueError):
                    self._take(json.loads(line))

    def _take(self, event: dict[str, Any]) -> None:
        self.clock = event.get("clock", self.clock)
        if event["kind"] == "start":
            self.start = event
        elif event["kind"] == "steps":
            self.step = event["first"] + event["count"]
        elif event["kind"] == "diverged":
            self.diverged = event
        elif event["kind"] == "epoch" and event["val"][0] is not None:
            self.train.append(event["train"][0])
            self.val.append(event["val"][0])

    def give(self) -> dict[str, Any]:
        """What there is to keep of it."""
        return {"state": self.state} | {name: getattr(self, name) for name in KEPT}

    def take(self, kept: dict[str, Any]) -> None:
        """Be through, as another server has found. Raises KeyError, TypeError when it cannot."""
        values = {name: kept[name] for name in KEPT}
        if kept["state"] != "done" or not values["start"]["steps"]:
            raise KeyError("a trial that is not through")
        self.state = "done"
        for name, value in values.items():
            setattr(self, name, value)

    @property
    def row(self) -> tuple[str, int, float, float | None]:
        """As the search of the loop keeps it: initializer, racer, rate, best accuracy or None."""
        score = None if self.diverged or not self.val else max(self.val)
        return self.config.initializer, self.told["racer"], self.told["lr"], score


def attempts(config: TrainConfig, initializer: str, folder: Path) -> list[Attempt]:
    """The trials of a search from one initializer, as small runs in `folder`."""
    found, same = [], initializer == config.initializer
    for number, racer in enumerate(config.racers):
        for k, lr in enumerate(rate_grid(racer)):
            small = dataclasses.replace(
                config,
                racers=(racer.with_lr(lr),),
                seeds=config.seeds[:1],
                epochs=config.search_epochs,
                search_epochs=0,
                search_initializers=(),
                initializer=initializer,
                initializer_settings=config.initializer_settings if same else (),
            )
            told = {
                "name": f"{number}",
                "label": config.labels()[number],
                "racer": number,
                "seed": config.seeds[0],
                "lr": lr,
                "optimizer": racer.optimizer,
            }
            found.append(Attempt(folder / f"{initializer}-{number}-{k}", small, told))
    return found


def search(folder: Path, train: Train, at_once: int, leaving: Callable[[], bool]) -> str:
    """Do the rate search of a run that has not begun, if it wants one.

    Args:
        train: trains the run of a folder to its end; called from several threads.
        at_once: from how many.
        leaving: whether no further small run shall begin.

    Returns:
        "" when the race can begin, else the final state of a small run that could not be
        trained; its reason is then the run's.
    """
    config = config_of(folder)
    if not config.search_epochs or (folder / CHECKPOINT).exists():
        return ""
    write_status(folder, "running")
    log, rows, clock = Log(folder / EVENTS, None), [], 0.0
    try:
        for initializer in dict.fromkeys([config.initializer, *config.search_initializers]):
            trials = attempts(config, initializer, folder / FOLDER)
            found = _Phase(folder, trials, f"search:{initializer}", clock, log)
            if bad := found.run(train, at_once, leaving):
                return bad
            rows += [list(one.row) for one in trials]
            clock = found.clock
            if read_control(folder / CONTROL).command == "stop":
                break
        # Under a name that no phase has: the race begins, and what was found stands.
        write_tensors(
            folder / CHECKPOINT,
            {"phase": "searched", "epoch": 0, "trials": [], "search": rows}
            | {"clock": clock, "applied": {}, "position": log.position()},
        )
    finally:
        log.close()
    shutil.rmtree(folder / FOLDER, ignore_errors=True)
    (folder / FOUND).unlink(missing_ok=True)
    return ""


def found_before(folder: Path) -> dict[str, Any]:
    """Name of a small run -> what is kept of it; empty where nothing can be read."""
    with contextlib.suppress(OSError, ValueError):
        plain = json.loads((folder / FOUND).read_bytes())
        return plain if isinstance(plain, dict) else {}
    return {}


class _Phase:
    """The trials from one initializer: trains them, tells what they do as one search."""

    def __init__(
        self, folder: Path, trials: list[Attempt], name: str, clock: float, log: Log
    ) -> None:
        self.folder, self.trials, self.name, self.log = folder, trials, name, log
        self.clock, self._before = clock, clock
        self._announced, self._epochs, self._step, self._wish = False, 0, 0, "run"
        self._found = found_before(folder)
        for one in trials:
            with contextlib.suppress(KeyError, TypeError):
                one.take(self._found[one.folder.name])
        self._left = [one for one in reversed(trials) if not one.state]

    def run(self, train: Train, at_once: int, leaving: Callable[[], bool]) -> str:
        """As `search`."""
        for one in self._left:
            one.folder.mkdir(parents=True, exist_ok=True)
            write_json(one.folder / CONFIG, {"config": one.config.as_dict()})
            (one.folder / CONTROL).unlink(missing_ok=True)
        width = min(at_once, len(self.trials))
        threads = [
            threading.Thread(target=self._work, args=(train, leaving), daemon=True)
            for _ in range(width)
        ]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            time.sleep(LOOK_S)
            self._obey()
            self._tell()
        self._tell()
        for one in self.trials:
            if one.state not in ("done", "stopped"):
                with contextlib.suppress(OSError):
                    told = (one.folder / STATUS).read_bytes()
                    write_atomic(self.folder / STATUS, told)
                return one.state or "interrupted"
        return ""

    def _work(self, train: Train, leaving: Callable[[], bool]) -> None:
        while not leaving():
            try:
                one = self._left.pop()
            except IndexError:
                return
            one.state = train(one.folder)

    def _read(self) -> None:
        """Take over what the trials have told, and keep what those gave that are through."""
        known = len(self._found)
        for one in self.trials:
            if one.folder.name not in self._found:
                through = one.state == "done"  # then all is written that it tells
                one.read()
                if through:
                    self._found[one.folder.name] = one.give()
        if len(self._found) > known:
            with contextlib.suppress(OSError):  # a full disk is told by what follows
                write_json(self.folder / FOUND, self._found)

    def _obey(self) -> None:
        """Hand a wish to every trial; rates by hand are the race's, which has other numbers."""
        (self.folder / ALIVE).touch()
        wish = read_control(self.folder / CONTROL).command
        if wish == self._wish:
            return
        for one in self.trials:
            if one.folder.is_dir():  # not of another server
                write_json(one.folder / CONTROL, {"command": wish, "rates": {}})
        if wish in ("pause", "run"):
            paused = wish == "pause"
            self.log({"kind": "paused" if paused else "resumed", "clock": round(self.clock, 3)})
            state = "paused" if paused else "running"
            write_status(self.folder, state)
        self._wish = wish

    def _tell(self) -> None:
        """Events of the search, as far as all trials are."""
        self._read()
        start = next((one.start for one in self.trials if one.start), None)
        if start is None:
            return
        if not self._announced:
            self._announced = True
            fields = {k: start[k] for k in ("steps", "epochs", "batch", "device")}
            told = [one.told for one in self.trials]
            self.log({"kind": "start", "phase": self.name, "trials": told, **fields})
        self.clock = self._before + max(one.clock for one in self.trials)
        clock = round(self.clock, 3)
        whole = start["steps"] * start["epochs"]
        steps = [whole if one.state else one.step for one in self.trials]
        step = sum(steps) // len(steps)
        if step > self._step:
            event = {"first": self._step, "count": step - self._step, "clock": clock}
            self.log({"kind": "progress", **event})
            self._step = step
        ends = [start["epochs"] if one.state else len(one.val) for one in self.trials]
        while self._epochs < min(ends):
            self._tell_epoch(self._epochs, clock)
            self._epochs += 1

    def _tell_epoch(self, epoch: int, clock: float) -> None:
        for number, one in enumerate(self.trials):
            if one.diverged and len(one.val) == epoch:
                self.log(one.diverged | {"phase": self.name, "trial": number})
        self.log(
            {
                "kind": "epoch",
                "phase": self.name,
                "epoch": epoch + 1,
                "train": [_at(one.train, epoch) for one in self.trials],
                "val": [_at(one.val, epoch) for one in self.trials],
                "clock": clock,
                "seconds": [round(one.clock, 3) for one in self.trials],
                "images_per_s": None,
            }
        )


def _at(scores: list[float], epoch: int) -> float | None:
    return scores[epoch] if epoch < len(scores) else None
