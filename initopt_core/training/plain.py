"""Training from the command line: in this process, a line an epoch, files in the end."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from .. import data as fashion
from .checkpoints import finite, write_json
from .config import TrainConfig
from .loop import Event, TrainResult, train


def train_to_folder(
    config: TrainConfig, dataset: fashion.FashionMNIST, out: str | Path
) -> TrainResult:
    """Train, print a line for each epoch, and write what the Training page would keep.

    `out` then holds config.json, events.jsonl and, for each racer, NAME.config, NAME.tar and
    NAME_results.json in the tutorial's format. Called again on the same folder, an unfinished
    training goes on.

    Raises:
        SettingError: when the data cannot serve the configuration.
    """
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    config = dataclasses.replace(config, data="sample" if dataset.source == "sample" else "full")
    write_json(out / "config.json", config.as_dict())
    labels: list[str] = []
    with open(out / "events.jsonl", "a", encoding="utf-8") as log:

        def emit(event: Event) -> None:
            log.write(json.dumps(finite(event), separators=(",", ":")) + "\n")
            if event["kind"] == "start":
                labels[:] = [f"{m['label']} lr {m['lr']:g}" for m in event["members"]]
                print(f"{event['phase']}: {', '.join(labels)}", flush=True)
            elif event["kind"] == "epoch":
                scores = [
                    f"{label} {100 * v:.2f} %" if v is not None else f"{label} stopped"
                    for label, v in zip(labels, event["val"], strict=True)
                ]
                print(
                    f"epoch {event['epoch']:3d}  {event['clock']:8.1f} s  validation: "
                    + "  ".join(scores),
                    flush=True,
                )
            elif event["kind"] == "diverged":
                print(f"{event['cause']} {event['advice']}", flush=True)
            elif event["kind"] == "test":
                print(
                    f"{event['name']}: test accuracy {100 * event['accuracy']:.2f} % "
                    f"(weights of epoch {event['best_epoch']})",
                    flush=True,
                )

        return train(config, dataset, emit, folder=out)
