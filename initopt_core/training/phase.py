"""A number of epochs for some trials in lockstep: every step, what is measured, what is sent."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from initopt_core.optimizers import in_place
from initopt_core.schedules import SCHEDULES

from .backprop import Backprop
from .batches import DeviceData, check_plan
from .config import TrainConfig
from .control import Control, Stopped
from .measure import HUGE, count_correct, diagnose, snapshot
from .trial import Trial, permutation, short

FLUSH_S = 0.2
PROBE_EVERY = 20  # steps between two measurements of gradients and updates

Event = dict[str, Any]


class Run(Protocol):
    """What a phase needs of the run that it belongs to.

    Attributes:
        data, device: where the images are.
        steps: of an epoch.
        emit: takes events.
        control: gives the watcher's wishes.
        saved: the checkpoint to go on from, or empty.
        clock: seconds of training without pauses.
        applied: racer number -> the rate it was last given by hand.
    """

    data: DeviceData
    device: torch.device
    steps: int
    emit: Callable[[Event], None]
    control: Callable[[], Control]
    saved: dict[str, Any]
    clock: float
    applied: dict[int, float]

    def save(self, trials: list[Trial], epoch: int, phase: str) -> None:
        """Keep what a resumed run needs."""


class Phase:
    """A number of epochs for some trials: the race itself, or one search for rates."""

    def __init__(self, run: Run, config: TrainConfig, trials, epochs: int, name: str) -> None:
        self.run_, self.config, self.trials, self.epochs = run, config, trials, epochs
        self.name, self.racing = name, name == "race"
        self.schedule = SCHEDULES[config.schedule].call
        self.schedule_settings = dict(config.schedule_settings)
        self.data, self.steps, self.emit = run.data, run.steps, run.emit
        self.backprop = Backprop(trials[0].model, config.batch_size)
        plan = check_plan(self.steps, config.batch_size, len(self.data.val_labels))
        self.check_at, self.check_images = plan if self.racing else (set(), 0)

    def run(self) -> str:
        """ "done" or "stopped"."""
        first = 0
        if self.run_.saved.get("phase") == self.name:
            first = self.run_.saved["epoch"]
            for trial, state in zip(self.trials, self.run_.saved["trials"], strict=True):
                trial.load(state)
        else:
            self.announce()
        self.asked = time.perf_counter()  # when the control was last asked, across epochs
        for epoch in range(first, self.epochs):
            if not any(m.alive for m in self.trials):
                break
            if not self.epoch(epoch):
                return "stopped"
            self.run_.save(self.trials, epoch + 1, self.name)
        return "done"

    def announce(self) -> None:
        fields = ("name", "label", "racer", "seed", "lr")
        self.emit(
            {
                "kind": "start",
                "phase": self.name,
                "trials": [
                    {k: getattr(m, k) for k in fields}
                    | {"optimizer": self.config.racers[m.racer].optimizer}
                    for m in self.trials
                ],
                "steps": self.steps,
                "epochs": self.epochs,
                "batch": self.config.batch_size,
                "device": self.run_.device.type,
            }
        )

    def epoch(self, epoch: int) -> bool:
        """One pass over the data for all; False when asked to stop before it was whole."""
        trials, data, size, device = (
            self.trials,
            self.data,
            self.config.batch_size,
            self.run_.device,
        )
        seeds = dict.fromkeys(m.seed for m in trials)
        orders = {s: permutation(s, epoch, len(data.labels)).to(device) for s in seeds}
        # Loss, and the number of right predictions, of every trial at every step.
        self.seen = torch.full((2, len(trials), self.steps), math.nan, device=device)
        self.busy = [0.0] * len(trials)
        self.probes: list[tuple[str, int, Tensor]] = []
        self.checks: list[tuple[int, list[Tensor | None]]] = []
        self.sent, self.base = 0, epoch * self.steps
        self.last = time.perf_counter()
        clock = self.run_.clock
        for m in trials:
            m.model.train()
        for step in range(self.steps):
            part = slice(step * size, (step + 1) * size)
            batches = {s: data.batch(order[part]) for s, order in orders.items()}
            for i, m in enumerate(trials):
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
        counts = [count_correct(m.model, images, labels) if m.alive else None for m in self.trials]
        self.checks.append((self.base + done, counts))

    def fail(self, m: Trial, images: Tensor, step: int, loss: float) -> None:
        """Stop one racer alone, and say why."""
        m.divergence = diagnose(m.model, images, step + 1, loss, m.optimizer.lr, m.label)
        number = self.trials.index(m)
        self.emit({"kind": "diverged", "phase": self.name, "trial": number, **vars(m.divergence)})

    def flush(self, upto: int) -> None:
        """Fetch what has gathered since the last time, share out the time, send."""
        rows, hits = self.seen[:, :, self.sent : upto].tolist()
        now = time.perf_counter()
        share = (now - self.last) / max(sum(self.busy), 1e-9)
        for i, (m, row) in enumerate(zip(self.trials, rows, strict=True)):
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
            event["seconds"] = [round(m.seconds, 3) for m in self.trials]
            event["lr"] = [m.optimizer.lr for m in self.trials]
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
        trials, data = self.trials, self.data
        seen = self.steps * self.config.batch_size
        alive = [m for m in trials if m.alive]
        for m in alive:
            m.model.eval()
        counts = {id(m): count_correct(m.model, data.val_images, data.val_labels) for m in alive}
        for m, hits in zip(trials, self.seen[1].sum(1).tolist(), strict=True):
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
                "train": [m.train_scores[-1] if m.alive else None for m in trials],
                "val": [m.val_scores[-1] if m.alive else None for m in trials],
                "clock": round(self.run_.clock, 3),
                "seconds": [round(m.seconds, 3) for m in trials],
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
                for m in self.trials:
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
