"""The race: several optimizers in lockstep over the same batches, on any device.

Data stays on the device as bytes and every batch is gathered there. Losses and accuracies gather
on the device too and are fetched about five times a second, so that no step waits for the host.
The input needs no gradient, so none is computed. Whatever is drawn at random comes from a
generator seeded by (seed, epoch): a resumed run goes on exactly as if it had never stopped
(bit-equal on a CPU).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from initopt_core import data as fashion
from initopt_core.networks import BaseNetwork, pick_device
from initopt_core.optimizers import in_place
from initopt_core.registry import SettingError
from initopt_core.schedules import SCHEDULES
from initopt_core.wording import count

from .backprop import Backprop
from .checkpoints import cpu_state, read_tensors, save_model, write_json, write_tensors
from .config import TrainConfig
from .measure import HUGE, Divergence, count_correct, diagnose, report, snapshot
from .trial import (
    Trial,
    best_rate,
    blank_model,
    make_trial,
    permutation,
    rate_grid,
    short,
)

FLUSH_S = 0.2
PROBE_EVERY = 20  # steps between two measurements of gradients and updates
PROBE_IMAGES = 512
CHECKS, CHECK_IMAGES, FEWEST = 4, 500, 100
"""Within an epoch, so many looks at so many validation images (and not worth it with fewer)."""
CHECK_SHARE = 0.045
"""Images of all looks of an epoch over its training images. A look is a forward pass alone, about
a third of a step's work for each image: all looks together stay below 2 % of an epoch."""
CHECKPOINT = "last.ckpt"

Event = dict[str, Any]


class Stopped(Exception):
    """The run was left at once; what is finished is on disk and can be resumed."""


@dataclass
class Control:
    """What the watcher of a run wants of it; read between steps.

    Attributes:
        command: "run", "pause", "stop" (test what there is and finish), or "quit" (leave now,
            to be resumed from the last finished epoch).
        rates: racer number -> new base learning rate.
    """

    command: str = "run"
    rates: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class RacerResult:
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
        members: member name -> its result.
        models: member name -> the network with its best epoch's weights, on the CPU.
        search: rows (initializer, racer number, rate, validation accuracy or None).
        state: "done" or "stopped".
    """

    members: dict[str, RacerResult]
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


class _Data:
    """The data set on the device, once for all racers."""

    def __init__(self, dataset: fashion.FashionMNIST, config: TrainConfig, device) -> None:
        index = dataset.train_index[: config.train_images or None]
        if config.batch_size > len(index):
            raise SettingError(
                f"Batch size: {config.batch_size} is more than the {count(len(index))} training "
                "images."
            )
        val = dataset.val_index
        self.images = dataset.train_images[index].reshape(len(index), -1).to(device)
        self.labels = dataset.train_labels[index].to(device)
        self.val_images = fashion.normalize(dataset.train_images[val].to(device))
        self.val_labels = dataset.train_labels[val].to(device)
        self.test_images = dataset.test_images.to(device)
        self.test_labels = dataset.test_labels.to(device)
        self.probe = fashion.normalize(self.images[:PROBE_IMAGES])

    def batch(self, index: Tensor) -> tuple[Tensor, Tensor]:
        # index_select: indexing in brackets takes ten times as long.
        images = self.images.index_select(0, index)
        return fashion.normalize(images), self.labels.index_select(0, index)


def check_plan(steps: int, batch: int, validation: int) -> tuple[set[int], int]:
    """When, and on how many validation images, accuracy is looked at within an epoch.

    Args:
        steps, batch: of an epoch.
        validation: how many validation images there are.

    Returns:
        Numbers of steps after which to look (none at the epoch's end, when all images are
        looked at), and the number of images; no steps where an epoch is so short that looking
        would cost too much.
    """
    budget = int(CHECK_SHARE * steps * batch)
    images = min(validation, max(FEWEST, min(CHECK_IMAGES, budget // CHECKS)))
    looks = min(CHECKS, budget // max(images, 1))
    return {round((k + 1) * steps / (looks + 1)) for k in range(looks)} - {0, steps}, images


class _Run:
    """One run of `train`: the search, if there is one, then the race."""

    def __init__(self, config, dataset, emit, folder, control, device, mark) -> None:
        self.config, self.emit, self.control, self.mark = config, emit, control, mark
        self.folder = Path(folder) if folder else None
        self.device = device
        self.data = _Data(dataset, config, device)
        self.steps = len(self.data.labels) // config.batch_size
        self.saved: dict[str, Any] = {}
        if self.folder and (self.folder / CHECKPOINT).is_file():
            self.saved = read_tensors(self.folder / CHECKPOINT)
        self.search = [tuple(row) for row in self.saved.get("search", [])]
        self.clock: float = self.saved.get("clock", 0.0)  # seconds of training without pauses
        self.applied: dict[int, float] = dict(self.saved.get("applied", {}))

    def run(self) -> TrainResult:
        config = self.config
        if config.search_epochs:
            config = config.at_rates(self.find_rates())
        pairs = [(seed, i) for seed in config.seeds for i in range(len(config.racers))]
        members = [
            make_trial(config, i, config.racers[i], seed, name, self.data.probe)
            for (seed, i), name in zip(pairs, config.member_names(), strict=True)
        ]
        state = _Phase(self, config, members, config.epochs, "race").run()
        return self.finish(members, state)

    def find_rates(self) -> list[float]:
        """Try every rate of each racer's grid with equal budget; the best one for each racer."""
        config, probe = self.config, self.data.probe
        for init in dict.fromkeys([config.initializer, *config.search_initializers]):
            if any(row[0] == init for row in self.search):
                continue
            members = [
                make_trial(config, i, r.with_lr(lr), config.seeds[0], f"{i}", probe, init)
                for i, r in enumerate(config.racers)
                for lr in rate_grid(r)
            ]
            state = _Phase(self, config, members, config.search_epochs, f"search:{init}").run()
            for m in members:
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

    def save(self, members: list[Trial], epoch: int, phase: str) -> None:
        """Put on disk what a resumed run needs; the checkpoint last, as it vouches for the rest."""
        if not self.folder:
            return
        if phase == "race":
            for m in members:
                if m.best is not None and m.best_epoch == len(m.val_scores) - 1:
                    save_model(self.best_model(m), self.folder, m.name)
                write_json(self.folder / f"{m.name}_results.json", m.results())
        write_tensors(
            self.folder / CHECKPOINT,
            {
                "phase": phase,
                "epoch": epoch,
                "members": [m.state() for m in members],
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

    def finish(self, members: list[Trial], state: str) -> TrainResult:
        """Test the best weights of each, as the tutorial does, and say what came of it."""
        results, models = {}, {}
        for m in members:
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
            results[m.name] = RacerResult(**values, divergence=m.divergence)
        self.emit({"kind": "end", "state": state, "clock": round(self.clock, 3)})
        return TrainResult(results, models, self.search, state)


class _Phase:
    """A number of epochs for some trials: the race itself, or one search for rates."""

    def __init__(self, run: _Run, config: TrainConfig, members, epochs: int, name: str) -> None:
        self.run_, self.config, self.members, self.epochs = run, config, members, epochs
        self.name, self.racing = name, name == "race"
        self.schedule = SCHEDULES[config.schedule].call
        self.schedule_settings = dict(config.schedule_settings)
        self.data, self.steps, self.emit = run.data, run.steps, run.emit
        self.backprop = Backprop(members[0].model, config.batch_size)
        plan = check_plan(self.steps, config.batch_size, len(self.data.val_labels))
        self.check_at, self.check_images = plan if self.racing else (set(), 0)

    def run(self) -> str:
        """ "done" or "stopped"."""
        first = 0
        if self.run_.saved.get("phase") == self.name:
            first = self.run_.saved["epoch"]
            for member, state in zip(self.members, self.run_.saved["members"], strict=True):
                member.load(state)
        else:
            self.announce()
        self.asked = time.perf_counter()  # when the control was last asked, across epochs
        for epoch in range(first, self.epochs):
            if not any(m.alive for m in self.members):
                break
            if not self.epoch(epoch):
                return "stopped"
            self.run_.save(self.members, epoch + 1, self.name)
        return "done"

    def announce(self) -> None:
        fields = ("name", "label", "racer", "seed", "lr")
        self.emit(
            {
                "kind": "start",
                "phase": self.name,
                "members": [
                    {k: getattr(m, k) for k in fields}
                    | {"optimizer": self.config.racers[m.racer].optimizer}
                    for m in self.members
                ],
                "steps": self.steps,
                "epochs": self.epochs,
                "batch": self.config.batch_size,
                "device": self.run_.device.type,
            }
        )

    def epoch(self, epoch: int) -> bool:
        """One pass over the data for all; False when asked to stop before it was whole."""
        members, data, size, device = (
            self.members,
            self.data,
            self.config.batch_size,
            self.run_.device,
        )
        seeds = dict.fromkeys(m.seed for m in members)
        orders = {s: permutation(s, epoch, len(data.labels)).to(device) for s in seeds}
        # Loss, and the number of right predictions, of every trial at every step.
        self.seen = torch.full((2, len(members), self.steps), math.nan, device=device)
        self.busy = [0.0] * len(members)
        self.probes: list[tuple[str, int, Tensor]] = []
        self.checks: list[tuple[int, list[Tensor | None]]] = []
        self.sent, self.base = 0, epoch * self.steps
        self.last = time.perf_counter()
        clock = self.run_.clock
        for m in members:
            m.model.train()
        for step in range(self.steps):
            part = slice(step * size, (step + 1) * size)
            batches = {s: data.batch(order[part]) for s, order in orders.items()}
            for i, m in enumerate(members):
                if m.alive:
                    begun = time.perf_counter()
                    self.step(i, m, step, *batches[m.seed])
                    self.busy[i] += time.perf_counter() - begun
            if step + 1 in self.check_at:
                self.check(step + 1)
            if time.perf_counter() - self.asked >= FLUSH_S or self.base + step == 0:
                self.flush(step + 1)
                if self.obey() == "stop":
                    return False
        self.flush(self.steps)
        self.score(epoch, clock)
        return True

    def step(self, i: int, m: Trial, step: int, images: Tensor, labels: Tensor) -> None:
        """One step of one trial."""
        at = self.base + step
        m.optimizer.lr = m.lr * self.schedule(
            at, self.epochs * self.steps, **self.schedule_settings
        )
        loss, logits = self.backprop.forward(m.model, images, labels)
        self.seen[0, i, step] = loss
        self.seen[1, i, step] = (logits.argmax(-1) == labels).sum()
        # Reading costs nothing on a CPU, and the weights are still those that did it.
        if self.run_.device.type == "cpu" and not loss.item() < HUGE:
            self.fail(m, images, at, loss.item())
            m.losses.extend(self.seen[0, i, self.sent : step].tolist())
            return
        self.backprop.backward(m.model)
        if self.config.clip_norm:
            nn.utils.clip_grad_norm_(m.optimizer.params, self.config.clip_norm)
        if self.racing and (step % PROBE_EVERY == 0 or step == self.steps - 1):
            self.probes.append((m.name, at, _measured_step(m)))
        else:
            in_place.step(m.optimizer)

    def check(self, done: int) -> None:
        """Every trial on the fixed part of the validation images; nothing is waited for."""
        part = slice(self.check_images)
        images, labels = self.data.val_images[part], self.data.val_labels[part]
        counts = [count_correct(m.model, images, labels) if m.alive else None for m in self.members]
        self.checks.append((self.base + done, counts))

    def fail(self, m: Trial, images: Tensor, step: int, loss: float) -> None:
        """Stop one racer alone, and say why."""
        m.divergence = diagnose(m.model, images, step + 1, loss, m.optimizer.lr, m.label)
        number = self.members.index(m)
        self.emit({"kind": "diverged", "phase": self.name, "member": number, **vars(m.divergence)})

    def flush(self, upto: int) -> None:
        """Fetch what has gathered since the last time, share out the time, send."""
        rows, hits = self.seen[:, :, self.sent : upto].tolist()
        now = time.perf_counter()
        share = (now - self.last) / max(sum(self.busy), 1e-9)
        for i, (m, row) in enumerate(zip(self.members, rows, strict=True)):
            m.seconds += self.busy[i] * share
            self.busy[i] = 0.0
            if not m.alive:
                continue
            bad = next((k for k, loss in enumerate(row) if not loss < HUGE), None)
            if bad is not None:  # only off the CPU: there it is noticed at the step
                self.fail(m, self.data.probe, self.base + self.sent + bad, row[bad])
            m.losses.extend(row[:bad])
        self.run_.clock += now - self.last
        self.last = now
        event: Event = {
            "kind": "steps" if self.racing else "progress",
            "first": self.base + self.sent,
            "count": upto - self.sent,
            "clock": round(self.run_.clock, 3),
        }
        if self.racing:
            event["losses"] = [[short(v) for v in row] for row in rows]
            event["hits"] = [[int(v) if v == v else None for v in row] for row in hits]
            event["seconds"] = [round(m.seconds, 3) for m in self.members]
            event["lr"] = [m.optimizer.lr for m in self.members]
        self.emit(event)
        for name, step, values in self.probes:
            gradient, weight, update = values.view(3, -1).tolist()
            self.emit(
                {
                    "kind": "probe",
                    "name": name,
                    "step": step,
                    "gradient": [short(v) for v in gradient],
                    "ratio": [
                        short(u / max(w, 1e-30)) for u, w in zip(update, weight, strict=True)
                    ],
                }
            )
        self.probes.clear()
        for step, counts in self.checks:
            shares = [None if c is None else int(c) / self.check_images for c in counts]
            self.emit({"kind": "check", "step": step, "images": self.check_images, "val": shares})
        self.checks.clear()
        self.sent = upto

    def score(self, epoch: int, clock: float) -> None:
        """Validate, keep the best weights, and send what belongs to a whole epoch."""
        members, data = self.members, self.data
        seen = self.steps * self.config.batch_size
        alive = [m for m in members if m.alive]
        for m in alive:
            m.model.eval()
        counts = {id(m): count_correct(m.model, data.val_images, data.val_labels) for m in alive}
        for m, hits in zip(members, self.seen[1].sum(1).tolist(), strict=True):
            if m.alive:
                m.take_scores(hits / seen, int(counts[id(m)]) / len(data.val_labels), self.racing)
        if self.racing:
            layers = {m.name: snapshot(m.model, data.probe) for m in alive}
            self.emit({"kind": "layers", "epoch": epoch + 1, "layers": layers})
        self.run_.clock += time.perf_counter() - self.last
        self.emit(
            {
                "kind": "epoch",
                "phase": self.name,
                "epoch": epoch + 1,
                "train": [m.train_scores[-1] if m.alive else None for m in members],
                "val": [m.val_scores[-1] if m.alive else None for m in members],
                "clock": round(self.run_.clock, 3),
                "seconds": [round(m.seconds, 3) for m in members],
                "images_per_s": round(seen * len(alive) / max(self.run_.clock - clock, 1e-9)),
            }
        )

    def obey(self) -> str:
        """Do what the control says; a pause is waited out here. Returns the last command.

        Raises:
            Stopped: on "quit".
        """
        wish = self.control()
        self.asked = time.perf_counter()
        if wish.command == "pause":
            self.emit({"kind": "paused", "clock": round(self.run_.clock, 3)})
            while wish.command == "pause":
                time.sleep(0.05)
                wish = self.control()
            self.emit({"kind": "resumed", "clock": round(self.run_.clock, 3)})
            self.last = self.asked = time.perf_counter()
        if wish.command == "quit":
            raise Stopped
        return wish.command

    def control(self) -> Control:
        """What is wished now; new rates are taken over at once."""
        wish = self.run_.control()
        for racer, lr in wish.rates.items() if self.racing else ():
            if self.run_.applied.get(racer) != lr:
                self.run_.applied[racer] = lr
                for m in self.members:
                    if m.racer == racer:
                        m.lr = lr
                step = self.base + self.sent
                self.emit({"kind": "lr", "racer": racer, "lr": lr, "step": step})
        return wish


@torch.no_grad()
def _measured_step(m: Trial) -> Tensor:
    """Take the step; norms of each layer's gradient, weight and update, [3 x layers]."""
    weights = [layer.weight for layer in m.model.linears()]
    before = [w.detach().clone() for w in weights]
    gradients = [w.grad.norm() for w in weights if w.grad is not None]
    in_place.step(m.optimizer)
    updates = [(w - b).norm() for w, b in zip(weights, before, strict=True)]
    return torch.stack([*gradients, *(b.norm() for b in before), *updates])
