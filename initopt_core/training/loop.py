"""The race: several optimizers in lockstep over the same batches, on any device.

Data stays on the device as bytes and every batch is gathered there. Losses and accuracies gather
on the device too and are fetched about five times a second, so that no step waits for the host.
The input needs no gradient, so none is computed. Whatever is drawn at random comes from a
generator seeded by (seed, epoch): a resumed run goes on exactly as if it had never stopped
(bit-equal on a CPU).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from initopt_core import data as fashion
from initopt_core.networks import BaseNetwork, pick_device

from .batches import DeviceData
from .checkpoints import cpu_state, read_tensors, save_model, write_json, write_tensors
from .config import TrainConfig
from .control import Control
from .measure import Divergence, report
from .phase import Event, Phase
from .trial import Trial, best_rate, blank_model, make_trial, rate_grid

CHECKPOINT = "last.ckpt"


@dataclass(frozen=True)
class TrialResult:
    """What came of one racer with one seed; the first four fields are the tutorial's."""

    test_acc: float | None
    val_scores: list[float]
    train_losses: list[float]
    train_scores: list[float]
    best_epoch: int
    seconds: float
    lr: float
    divergence: Divergence | None = None


@dataclass(frozen=True)
class TrainResult:
    """What came of a race.

    Attributes:
        trials: trial name -> its result.
        models: trial name -> the network with its best epoch's weights, on the CPU.
        search: rows (initializer, racer number, rate, validation accuracy or None).
        state: "done" or "stopped".
    """

    trials: dict[str, TrialResult]
    models: dict[str, BaseNetwork]
    search: list[tuple[str, int, float, float | None]]
    state: str


def train(
    config: TrainConfig,
    dataset: fashion.FashionMNIST,
    emit: Callable[[Event], None] = lambda event: None,
    *,
    folder: str | Path | None = None,
    control: Callable[[], Control] = Control,
    device: str | torch.device | None = None,
    mark: Callable[[], int] = lambda: 0,
) -> TrainResult:
    """Train every racer of `config`, and test each with its best epoch's weights.

    Args:
        config: what to train.
        dataset: its arrays are only read.
        emit: called with each event (a JSON-safe dict with "kind") as it happens.
        folder: where checkpoints go after every epoch, and where a run is resumed from if they
            are there; None keeps everything in memory.
        control: asked about five times a second what to do.
        device: None for the best there is.
        mark: gives the position in the event log, kept with each checkpoint.

    Returns:
        The results; on a stop, of what was finished.

    Raises:
        SettingError: when the data cannot serve the configuration.
        Stopped: when the control says "quit".
    """
    device = torch.device(device) if device else pick_device()
    return _Run(config, dataset, emit, folder, control, device, mark).run()


class _Run:
    """One run of `train`: the search, if there is one, then the race."""

    def __init__(
        self,
        config: TrainConfig,
        dataset: fashion.FashionMNIST,
        emit: Callable[[Event], None],
        folder: str | Path | None,
        control: Callable[[], Control],
        device: torch.device,
        mark: Callable[[], int],
    ) -> None:
        self.config, self.mark = config, mark
        self.emit: Callable[[Event], None] = emit
        self.control: Callable[[], Control] = control
        self.folder = Path(folder) if folder else None
        self.device: torch.device = device
        self.data = DeviceData(dataset, config, device)
        self.steps = len(self.data.labels) // config.batch_size
        self.saved: dict[str, Any] = {}
        if self.folder and (self.folder / CHECKPOINT).is_file():
            self.saved = read_tensors(self.folder / CHECKPOINT)
            if "members" in self.saved:  # their name at first
                self.saved["trials"] = self.saved.pop("members")
        self.search = [tuple(row) for row in self.saved.get("search", [])]
        self.clock: float = self.saved.get("clock", 0.0)  # seconds of training without pauses
        self.applied: dict[int, float] = dict(self.saved.get("applied", {}))

    def run(self) -> TrainResult:
        config = self.config
        if config.search_epochs:
            config = config.at_rates(self.find_rates())
        pairs = [(seed, i) for seed in config.seeds for i in range(len(config.racers))]
        trials = [
            make_trial(config, i, config.racers[i], seed, name, self.data.probe)
            for (seed, i), name in zip(pairs, config.trial_names(), strict=True)
        ]
        state = Phase(self, config, trials, config.epochs, "race").run()
        return self.finish(trials, state)

    def find_rates(self) -> list[float]:
        """Try every rate of each racer's grid with equal budget; the best one for each racer."""
        config, probe = self.config, self.data.probe
        for init in dict.fromkeys([config.initializer, *config.search_initializers]):
            if any(row[0] == init for row in self.search):
                continue
            trials = [
                make_trial(config, i, r.with_lr(lr), config.seeds[0], f"{i}", probe, init)
                for i, r in enumerate(config.racers)
                for lr in rate_grid(r)
            ]
            state = Phase(self, config, trials, config.search_epochs, f"search:{init}").run()
            for m in trials:
                score = max(m.val_scores) if m.alive and m.val_scores else None
                self.search.append((init, m.racer, m.lr, score))
            if state == "stopped":
                break
        rates = [
            best_rate(self.search, config.initializer, i, r.lr) for i, r in enumerate(config.racers)
        ]
        if self.saved.get("phase") != "race":
            self.emit({"kind": "rates", "rates": rates, "search": [list(r) for r in self.search]})
        return rates

    def save(self, trials: list[Trial], epoch: int, phase: str) -> None:
        """Put on disk what a resumed run needs; the checkpoint last, as it vouches for the rest."""
        if not self.folder:
            return
        if phase == "race":
            for m in trials:
                if m.best is not None and m.best_epoch == len(m.val_scores) - 1:
                    save_model(self.best_model(m), self.folder, m.name)
                write_json(self.folder / f"{m.name}_results.json", m.results())
        write_tensors(
            self.folder / CHECKPOINT,
            {
                "phase": phase,
                "epoch": epoch,
                "trials": [m.state() for m in trials],
                "search": [list(row) for row in self.search],
                "clock": self.clock,
                "applied": self.applied,
                "position": self.mark(),
            },
        )

    def best_model(self, m: Trial) -> BaseNetwork:
        """The network with the trial's best weights, or its present ones before any epoch."""
        model = blank_model(self.config)
        model.load_state_dict(m.best if m.best is not None else cpu_state(m.model))
        return model.eval()

    def finish(self, trials: list[Trial], state: str) -> TrainResult:
        """Test the best weights of each, as the tutorial does, and say what came of it."""
        results, models = {}, {}
        for m in trials:
            model = models[m.name] = self.best_model(m)
            accuracy = None
            if m.alive or m.val_scores:
                found = report(model.to(self.device), self.data.test_images, self.data.test_labels)
                model.cpu()
                accuracy = found["accuracy"]
                self.emit({"kind": "test", "name": m.name, "best_epoch": m.best_epoch + 1, **found})
                if self.folder:
                    save_model(model, self.folder, m.name)
            values = m.results(accuracy)
            if self.folder:
                write_json(self.folder / f"{m.name}_results.json", values)
            results[m.name] = TrialResult(**values, divergence=m.divergence)
        self.emit({"kind": "end", "state": state, "clock": round(self.clock, 3)})
        return TrainResult(results, models, self.search, state)
