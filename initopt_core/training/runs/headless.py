"""Training from the command line: in this process, a line an epoch, files in the end."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from pathlib import Path
from typing import Any

from initopt_core import data as fashion
from initopt_core.registry import SettingError
from initopt_core.training.checkpoints import CheckpointError, read_json, read_tensors, write_json
from initopt_core.training.config import TrainConfig
from initopt_core.training.events import Log
from initopt_core.training.loop import CHECKPOINT, TrainResult, train
from initopt_core.training.phase import Event
from initopt_core.wording import number, percent

EVENTS = "events.jsonl"


def train_to_folder(
    config: TrainConfig, dataset: fashion.FashionMNIST, out: str | Path
) -> TrainResult:
    """Train, print a line for each epoch, and write what the Training page would keep.

    `out` then holds config.json, events.jsonl and, for each racer, NAME.config, NAME.tar and
    NAME_results.json in the tutorial's format. Called again on the same folder with the same
    configuration, an unfinished training goes on from its last whole epoch and ends with the
    numbers of an undisturbed one; a finished one is tested again, which changes nothing.

    Raises:
        SettingError: when the data cannot serve the configuration, or the folder holds another
            training.
        OSError: when the folder cannot be made or written.
    """
    out = Path(out)
    config = dataclasses.replace(config, data="sample" if dataset.source == "sample" else "full")
    check_folder(out, config)
    out.mkdir(parents=True, exist_ok=True)
    write_json(out / "config.json", config.as_dict())
    log = Log(out / EVENTS, _position(out))
    report = _Report(out / EVENTS)

    def emit(event: Event) -> None:
        log(event)
        report(event)

    try:
        return train(config, dataset, emit, folder=out, mark=log.position)
    finally:
        log.close()


def check_folder(out: Path, config: TrainConfig) -> None:
    """Raise SettingError when `out` holds anything of another training: never mix two."""
    if not any((out / name).exists() for name in (EVENTS, CHECKPOINT)) and not any(
        out.glob("*_results.json")
    ):
        return
    advice = "choose another folder for --out, or empty this one"
    try:
        found = TrainConfig.from_json(json.dumps(read_json(out / "config.json")))
    except (SettingError, CheckpointError) as problem:
        text = str(problem).rstrip(".")
        raise SettingError(
            f"{out} holds a training of unknown settings ({text}): {advice}."
        ) from None
    if found != config:
        raise SettingError(
            f"{out} holds another training ({_difference(found, config)}): {advice}."
        )


def _difference(found: TrainConfig, wanted: TrainConfig) -> str:
    """The first fields in which two configurations differ, in words."""
    a, b = found.as_dict(), wanted.as_dict()
    differing = [name for name in a if a[name] != b[name]]
    shown = [f"{n} {json.dumps(a[n])[:60]}, not {json.dumps(b[n])[:60]}" for n in differing[:2]]
    return "; ".join(shown) + (" …" if len(differing) > 2 else "")


def _position(out: Path) -> int | None:
    """How much of the event log the folder's checkpoint vouches for; None without one.

    Raises:
        SettingError: for a damaged checkpoint.
    """
    saved = out / CHECKPOINT
    if not saved.is_file():
        return None
    try:
        return int(read_tensors(saved)["position"])
    except (CheckpointError, KeyError, TypeError, ValueError):
        raise SettingError(
            f"{saved} is damaged, so this training cannot go on: empty the folder to train anew."
        ) from None


class _Report:
    """Prints what a person wants to read of the events, a line each."""

    def __init__(self, log: Path) -> None:
        self.labels: list[str] = []
        for line in log.read_text(encoding="utf-8").splitlines():  # of a training that goes on
            with contextlib.suppress(ValueError):  # a line that a kill left half written
                self._recall(json.loads(line))

    def __call__(self, event: Event) -> None:
        if event["kind"] == "start":
            self._start(event)
            print(f"{event['phase']}: {', '.join(self.labels)}", flush=True)
        elif text := _sentence(event, self.labels):
            print(text, flush=True)

    def _recall(self, event: dict[str, Any]) -> None:
        if event["kind"] == "start":
            self._start(event)
        elif event["kind"] == "epoch":
            print(f"done before: epoch {event['epoch']} of {event['phase']}", flush=True)

    def _start(self, event: dict[str, Any]) -> None:
        self.labels = [f"{m['label']} lr {number(m['lr'], 6)}" for m in event["trials"]]


def _sentence(event: Event, labels: list[str]) -> str:
    """An event in words; empty where there is nothing to tell."""
    if event["kind"] == "epoch":
        scores = [
            f"{label} {percent(v, 2)}" if v is not None else f"{label} stopped"
            for label, v in zip(labels, event["val"], strict=True)
        ]
        return f"epoch {event['epoch']:3d}  {event['clock']:8.1f} s  validation: " + "  ".join(
            scores
        )
    if event["kind"] == "diverged":
        return f"{event['cause']} {event['advice']}"
    if event["kind"] == "test":
        return (
            f"{event['name']}: test accuracy {percent(event['accuracy'], 2)} "
            f"(weights of epoch {event['best_epoch']})"
        )
    return ""
