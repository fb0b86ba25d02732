"""A run's events, read as they are written and gathered into curves."""

from __future__ import annotations

import bisect
import copy
import json
import math
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from initopt_core.registry import SettingError

from .events import check_event
from .pace import Pace

END_BYTES = 100


@dataclass
class Curve:
    """All that is known of one trial of a race so far.

    Attributes:
        losses: of every step (NaN where it was no number).
        hits: images of every step's batch that were right; none in runs of before they were kept.
        checks: rows (steps done, accuracy 0 to 1 on a fixed part of the validation images) within
            the epochs; likewise.
        train, val: accuracy of every epoch, 0 to 1, None after a divergence.
        probes: rows (step, gradient norm of each layer, update-to-weight ratio of each layer).
        layers: epoch (from 1) -> histograms of each layer.
        divergence: fields of a `Divergence`, or None.
        test: accuracy, loss, confusion, mistakes and best_epoch, or None before the end.
    """

    name: str
    label: str
    optimizer: str
    racer: int
    seed: int
    lr: float
    losses: list[float] = field(default_factory=list)
    hits: list[int] = field(default_factory=list)
    checks: list[tuple[int, float]] = field(default_factory=list)
    train: list[float | None] = field(default_factory=list)
    val: list[float | None] = field(default_factory=list)
    probes: list[tuple[int, list, list]] = field(default_factory=list)
    layers: dict[int, list[dict]] = field(default_factory=dict)
    divergence: dict[str, Any] | None = None
    test: dict[str, Any] | None = None
    seconds: list[float] = field(default_factory=list)  # at the end of each flush

    def copy(self) -> Curve:
        """One that does not grow with this."""
        twin, held = copy.copy(self), vars(self).items()
        vars(twin).update({k: copy.copy(v) for k, v in held if isinstance(v, (list, dict))})
        return twin

    @property
    def best_epoch(self) -> int:
        """Epoch (from 1) with the best validation accuracy; 0 before the first."""
        scored = [(v, -i) for i, v in enumerate(self.val) if v is not None]
        return 1 - max(scored)[1] if scored else 0


class History:
    """The state of one run as its events tell it.

    `version` grows with every change, so that whoever draws can tell whether there is something
    new. Reading goes on where it last ended; a log that was cut back (a resumed run) is read anew.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self.version = 0
        self._lock = threading.Lock()
        self._frozen: History | None = None
        self._reset()

    def _reset(self) -> None:
        self._offset = 0
        self._end = b""  # of what has been read, to know a log that was cut back and grew again
        self.problem = ""  # why the record cannot be read, when it cannot
        self.curves: dict[str, Curve] = {}
        self.phase = ""
        self.steps_per_epoch = 1
        self.epochs = 0
        self.batch = 1
        self.device = ""
        self.step = 0
        self.clock = 0.0
        self._pace = Pace(1, 0)
        self.images_per_s: float | None = None
        self.check_images = 0  # validation images in a check
        self.paused = False
        self.state = ""
        self.rates: list[float] = []
        self.rate_changes: list[dict] = []
        self.search: dict[tuple[str, int, float], float | None] = {}
        self.search_trials: list[dict] = []
        self.flushes: list[int] = []  # steps finished at each flush

    def snapshot(self) -> History:
        """A copy that stays at this version while the run goes on; the same for all who ask."""
        with self._lock:
            if self._frozen is None or self._frozen.version != self.version:
                self._frozen = self._copy()
            return self._frozen

    def _copy(self) -> History:
        frozen = object.__new__(History)
        for name, value in vars(self).items():
            setattr(frozen, name, copy.copy(value) if isinstance(value, (list, dict)) else value)
        frozen._lock, frozen._frozen = threading.Lock(), None
        frozen.curves = {name: curve.copy() for name, curve in self.curves.items()}
        return frozen

    def poll(self) -> int:
        """Read what is new; the version afterwards."""
        with self._lock:
            try:
                size = self.path.stat().st_size
                if size < self._offset:
                    self._reset()
                    self.version += 1
                if size == self._offset:
                    return self.version
                with open(self.path, "rb") as stream:
                    stream.seek(self._offset - len(self._end))
                    if stream.read(len(self._end)) != self._end:
                        self._reset()
                        self.version += 1
                        stream.seek(0)
                    chunk = stream.read()
            except FileNotFoundError:
                return self.version
            except OSError as problem:
                self.problem = f"events.jsonl cannot be read ({problem.strerror})."
                return self.version
            whole = chunk.rfind(b"\n") + 1  # the last line may still be growing
            self._offset += whole
            self._end = chunk[max(0, whole - END_BYTES) : whole] or self._end
            for line in chunk[:whole].splitlines():
                try:
                    event = json.loads(line)
                except (ValueError, RecursionError):
                    continue  # a line that a killed worker left half written
                self._read(event)
            if whole:
                self.version += 1
            return self.version

    def _read(self, event: Any) -> None:
        """Take an event, or keep in `problem` why the record cannot be read from here on."""
        try:
            if not self.problem:
                self._take(check_event(event))
        except SettingError as problem:
            self.problem = f"events.jsonl is damaged: {problem}"
        except (KeyError, ValueError, TypeError, IndexError, AttributeError) as problem:
            self.problem = f"events.jsonl is damaged: its events do not fit ({problem!r})."

    def _take(self, e: dict[str, Any]) -> None:
        take = getattr(self, "_take_" + str(e.get("kind")), None)
        if "clock" in e:
            self.clock = e["clock"]
        if take:
            take(e)

    def _take_start(self, e) -> None:
        self.phase, self.epochs, self.step = e["phase"], e["epochs"], 0
        self.steps_per_epoch, self.batch, self.device = e["steps"], e["batch"], e["device"]
        self._pace = Pace(self.steps_per_epoch, self.epochs, clock=self.clock)
        if self.phase == "race":
            self.curves = {
                m["name"]: Curve(
                    m["name"], m["label"], m["optimizer"], m["racer"], m["seed"], m["lr"] or 0.0
                )
                for m in e["trials"]
            }
        else:
            self.search_trials = e["trials"]

    def _take_steps(self, e) -> None:
        self._take_progress(e)
        self.flushes.append(self.step)
        nothing: list[list[int]] = [[] for _ in self.curves]
        for curve, losses, hits, seconds in zip(
            self.curves.values(), e["losses"], e.get("hits", nothing), e["seconds"], strict=True
        ):
            # After a divergence nothing is a loss any more, the one that showed it included.
            end = curve.divergence["step"] - 1 if curve.divergence else self.step
            count = max(end - e["first"], 0)
            curve.losses.extend(math.nan if v is None else v for v in losses[:count])
            curve.hits.extend(hits[:count])
            curve.seconds.append(seconds)

    def _take_progress(self, e) -> None:
        self.step = e["first"] + e["count"]
        self._pace = self._pace.after(self.step, self.clock)

    def _take_probe(self, e) -> None:
        if e["name"] in self.curves:
            self.curves[e["name"]].probes.append((e["step"], e["gradient"], e["ratio"]))

    def _take_check(self, e) -> None:
        self.check_images = e["images"]
        for curve, share in zip(self.curves.values(), e["val"], strict=True):
            if share is not None:
                curve.checks.append((e["step"], share))

    def _take_layers(self, e) -> None:
        for name, layers in e["layers"].items():
            self.curves[name].layers[e["epoch"]] = layers

    def _take_epoch(self, e) -> None:
        self.images_per_s = e["images_per_s"]
        self._pace = self._pace.validated(self.clock)
        if e["phase"] == "race":
            for curve, train, val in zip(self.curves.values(), e["train"], e["val"], strict=True):
                curve.train.append(train)
                curve.val.append(val)
            return
        init = e["phase"].split(":", 1)[1]
        for m, val in zip(self.search_trials, e["val"], strict=True):
            key = (init, m["racer"], m["lr"])
            known = self.search.get(key)
            self.search[key] = val if known is None or val is None else max(known, val)

    def _take_diverged(self, e) -> None:
        if e["phase"] == "race":
            curve = list(self.curves.values())[e["trial"]]
            curve.divergence = {k: e[k] for k in ("step", "layer", "loss", "cause", "advice")}
        else:
            m = self.search_trials[e["trial"]]
            self.search[(e["phase"].split(":", 1)[1], m["racer"], m["lr"])] = None

    def _take_rates(self, e) -> None:
        self.rates = e["rates"]

    def _take_lr(self, e) -> None:
        self.rate_changes.append(e)

    def _take_paused(self, e) -> None:
        self.paused = True

    def _take_resumed(self, e) -> None:
        self.paused = False

    def _take_test(self, e) -> None:
        self.curves[e["name"]].test = e

    def _take_end(self, e) -> None:
        self.state, self.paused = e["state"], False

    # -- what is asked of it -----------------------------------------------------------------

    @property
    def finished_epochs(self) -> int:
        """Whole epochs in the present phase."""
        return max((len(c.val) for c in self.curves.values()), default=0)

    def share_done(self) -> float:
        """How much of the present phase is done, 0 to 1."""
        total = self.epochs * self.steps_per_epoch
        return min(self.step / total, 1.0) if total else 0.0

    def seconds_left(self) -> float | None:
        """Estimate for the present phase from its pace of late; None before there is one."""
        return self._pace.left() if self.share_done() >= 0.01 else None

    def seconds_at(self, curve: Curve, step: int) -> float:
        """The trial's own training time when it had taken `step` steps, between flushes by
        straight lines."""
        if not self.flushes:
            return 0.0
        i = bisect.bisect_left(self.flushes, step)
        if i >= len(self.flushes):
            return curve.seconds[-1]
        low_step, low = (self.flushes[i - 1], curve.seconds[i - 1]) if i else (0, 0.0)
        share = (step - low_step) / max(self.flushes[i] - low_step, 1)
        return low + share * (curve.seconds[i] - low)
