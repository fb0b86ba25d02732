"""Models trained elsewhere, the tutorial's own among them, opened as runs like any other."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from initopt_core import data as fashion
from initopt_core.networks import ACTIVATIONS
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.paths import ROOT
from initopt_core.registry import SettingError
from initopt_core.training.checkpoints import (
    CheckpointError,
    finite,
    load_model,
    published_names,
    save_model,
    write_atomic,
    write_json,
)
from initopt_core.training.config import MAX_RACERS, Racer, TrainConfig, pack
from initopt_core.training.measure import report

from .store import RunStore, clean_name
from .uploads import MAX_UPLOAD_BYTES, Models, read_upload

SOURCE = "https://raw.githubusercontent.com/phlippe/saved_models/main/tutorial4/"
NAMES = ("FashionMNIST_SGD", "FashionMNIST_SGDMom", "FashionMNIST_Adam")
SUFFIXES = (".config", ".tar", "_results.json")
TITLE = "Published by the tutorial"

MAX_EPOCHS = 500


def folder() -> Path | None:
    """A folder on this computer with the published models: INITOPT_PRETRAINED, `pretrained` in
    the project or beside it; None when there is none."""
    named = os.environ.get("INITOPT_PRETRAINED")
    places = [Path(named)] if named else []
    places += [ROOT / "pretrained", ROOT.parent / "pretrained"]
    return next((p for p in places if published_names(p)), None)


def from_folder(path: Path) -> Models:
    """Every whole model of a folder.

    Raises:
        CheckpointError: for a damaged one.
    """
    return {name: load_model(path, name) for name in published_names(path)}


def download(progress: Callable[[float], None] = lambda share: None) -> Models:
    """The tutorial's three models from where it keeps them (7.7 MB), checked like any upload.

    Raises:
        CheckpointError: when they cannot be had, saying what else can be done.
    """
    files: dict[str, bytes] = {}
    wanted = [name + suffix for name in NAMES for suffix in SUFFIXES]
    for count, name in enumerate(wanted):
        try:
            with urllib.request.urlopen(SOURCE + name, timeout=20) as answer:
                files[name] = answer.read(MAX_UPLOAD_BYTES + 1)
        except OSError as problem:
            raise CheckpointError(
                f"{name} could not be downloaded ({_reason(problem)}). Get the tutorial's saved "
                "models by hand and upload them here."
            ) from problem
        progress((count + 1) / len(wanted))
    return read_upload(files)


def _reason(problem: OSError) -> str:
    """Why nothing came, without the library's brackets."""
    if isinstance(problem, urllib.error.HTTPError):
        return f"the server says {problem.code} {problem.reason}"
    inner = getattr(problem, "reason", problem)
    return (isinstance(inner, OSError) and inner.strerror) or str(inner)


def guess_optimizer(name: str) -> str:
    """The optimizer that a model's name tells: FashionMNIST_SGDMom -> SGDMomentum."""
    text = name.lower()
    signs = [
        (sign, e.name) for e in OPTIMIZERS.values() for sign in (e.name.lower(), *e.file_names)
    ]
    known = [(len(sign), at, name) for at, (sign, name) in enumerate(signs) if sign in text]
    return max(known)[2] if known else "SGD"


def open_models(
    store: RunStore,
    models: Models,
    dataset: fashion.FashionMNIST,
    title: str = TITLE,
    owner: str = "",
) -> str:
    """Put models into the store as a finished run, tested anew on `dataset`; the run's id.

    The curves come from the result files where there are some, the test results from the weights.

    Args:
        owner: name of the visitor who brought them.

    Raises:
        SettingError: when there is no room for them.
        CheckpointError: when they are not networks for Fashion-MNIST, or too many.
    """
    if not 1 <= len(models) <= MAX_RACERS:
        raise CheckpointError(f"Give 1 to {MAX_RACERS} models at once; these are {len(models)}.")
    names = list(models)
    for name, (model, results) in models.items():
        if (model.config["input_size"], model.config["num_classes"]) != (784, 10):
            raise CheckpointError(f"{name} is not a network for 784 pixels and 10 classes.")
        if results is None:
            continue
        if not results["val_scores"]:
            raise CheckpointError(f"{name}_results.json has no epochs.")
        if len(results["val_scores"]) > MAX_EPOCHS:
            raise CheckpointError(
                f"{name}_results.json has {len(results['val_scores'])} epochs; at most "
                f"{MAX_EPOCHS} are shown."
            )
    first, _ = models[names[0]]
    racers = []
    for name in names:
        racers.append(Racer(guess_optimizer(name)))
    act = first.config["act_fn"]
    activation = next((e.name for e in ACTIVATIONS.values() if e.call.__name__ == act), "relu")
    settings = first.config.get("act_fn_settings", {})
    try:
        config = TrainConfig(
            racers=tuple(racers),
            hidden_sizes=tuple(first.config["hidden_sizes"]),
            activation=activation,
            activation_settings=pack(settings),
            epochs=max((len(r["val_scores"]) for _, r in models.values() if r), default=1),
            data="sample" if dataset.source == "sample" else "full",
        )
    except SettingError as problem:
        raise CheckpointError(str(problem)) from problem
    events = _events(config, models, dataset)

    def fill(path: Path) -> None:
        for trial, (model, found) in zip(config.trial_names(), models.values(), strict=True):
            save_model(model, path, trial)
            if found is not None:
                write_json(path / f"{trial}_results.json", found)
        text = "".join(json.dumps(finite(e), separators=(",", ":")) + "\n" for e in events)
        write_atomic(path / "events.jsonl", text.encode())

    return store.create(config, title, state="done", fingerprint="", fill=fill, owner=owner)


_NO_CURVES: dict[str, Any] = {
    "test_acc": None,
    "val_scores": [],
    "train_scores": [],
    "train_losses": [],
}


def _events(config: TrainConfig, models: Models, dataset) -> list[dict[str, Any]]:
    """The story of the models as a run would have told it."""
    results = [r or _NO_CURVES for _, r in models.values()]
    with_curves = any(r["val_scores"] for r in results)
    trials = _trials(config, list(models))
    steps = max(len(r["train_losses"]) // max(len(r["val_scores"]), 1) for r in results) or 1
    events: list[dict[str, Any]] = [
        {
            "kind": "start",
            "phase": "race",
            "trials": trials,
            "steps": steps,
            "epochs": config.epochs,
            "batch": config.batch_size,
            "device": "",
        }
    ]
    if with_curves:
        events.append(
            {
                "kind": "steps",
                "first": 0,
                "count": max(len(r["train_losses"]) for r in results),
                "clock": 0.0,
                "losses": [r["train_losses"] for r in results],
                "seconds": [0.0] * len(results),
            }
        )
        events += [_epoch(results, epoch) for epoch in range(config.epochs)]
    for trial, (model, _), found in zip(trials, models.values(), results, strict=True):
        scores = found["val_scores"]
        tested = report(model, dataset.test_images, dataset.test_labels)
        events.append(
            {
                "kind": "test",
                "name": trial["name"],
                "best_epoch": 1 + scores.index(max(scores)) if scores else 0,
                "stated": found["test_acc"],
                **tested,
            }
        )
    events.append({"kind": "end", "state": "done", "clock": 0.0})
    return events


def _trials(config: TrainConfig, names: list[str]) -> list[dict[str, Any]]:
    # The common start of several names (FashionMNIST_) tells nothing in a legend.
    starts = {name[: name.rfind("_") + 1] for name in names}
    cut = len(starts.pop()) if len(starts) == 1 and len(names) > 1 else 0
    return [
        {
            "name": trial,
            "label": clean_name(name[cut:]) or trial,
            "racer": number,
            "seed": 0,
            "lr": None,
            "optimizer": racer.optimizer,
        }
        for number, (trial, name, racer) in enumerate(
            zip(config.trial_names(), names, config.racers, strict=True)
        )
    ]


def _epoch(results: list[dict[str, Any]], epoch: int) -> dict[str, Any]:
    """One epoch of all models; None for those that have fewer."""
    scores = {
        kind: [r[field][epoch] if epoch < len(r[field]) else None for r in results]
        for kind, field in (("train", "train_scores"), ("val", "val_scores"))
    }
    return {"kind": "epoch", "phase": "race", "epoch": epoch + 1, "images_per_s": None, **scores}
