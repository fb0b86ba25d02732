"""The one owner of training on a server: queue, worker process, runs and their histories.

Longer than other files: queue, worker and histories change together, under the same locks.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from initopt_core.cache import Recent
from initopt_core.registry import SettingError
from initopt_core.training.config import TrainConfig
from initopt_core.training.history import History
from initopt_core.visitors import LOCAL, Visitor

from .mirror import Mirror
from .objects import Objects
from .ownership import Allowance, cost, owner_of, refuse_costly, refuse_strangers
from .queue import FairQueue
from .runner import LocalRunner, Runner
from .store import (
    ACTIVE,
    CONTROL,
    EVENTS,
    INTERRUPTED,
    NOT_BEGUN,
    BrokenRun,
    RunInfo,
    RunStore,
    read_control,
)

KEPT_HISTORIES = 32
TIDY_S = 600.0
BEAT_S = 2.0
PAUSE_S = 30.0  # longest time between two tries to make the runner ready
LOST_S = 60.0  # silence after which another server's run counts as nobody's
IDLE_S = 600.0  # a worker that nobody has needed for so long gives its memory back
_log = logging.getLogger("initopt.training")


@dataclass(frozen=True)
class Place:
    """Where a run stands in the queue.

    Attributes:
        ahead: runs that come before it.
        seconds: until it begins, as far as that can be told.
        problem: why nothing can begin at present, as a sentence; "" when it can.
    """

    ahead: int
    seconds: float | None
    problem: str = ""


class TrainingService:
    """Trains one run after the other in a process of its own; on a cluster several at one time.

    The worker is started ahead of need, so that a run's first step comes at once, and ended when
    it has been idle for long; when it dies, the run that it trained is marked and the next run
    gets a new worker. Everything between this object and the worker is files in the run's folder,
    and folder names on its input.

    Args:
        root: folder of the runs; the user's data folder unless given.
        data_folder: where the full Fashion-MNIST lies; "" to let the worker look.
        warm: data that an idle worker holds ready: "full", "sample" or "".
        device: device name, "" for the best.
        idle_s: seconds after which an idle worker ends; `expect` or a run starts another.
        allowed: what visitors may ask for.
        keep_s, disk_bytes: age and size beyond which visitors' runs are removed.
        runner: what trains; a process of this computer unless given.
        at_once: how many runs the runner may be given at one time.
        far: address of the store in which servers share their runs; "" for none. The folder is
            then this server's alone.

    Raises:
        SettingError: for an address that means nothing here.
    """

    def __init__(
        self,
        root: Path | None = None,
        data_folder: str = "",
        warm: str = "",
        device: str = "",
        idle_s: float = IDLE_S,
        *,
        allowed: Allowance = Allowance(),
        keep_s: float = float("inf"),
        disk_bytes: int | None = None,
        runner: Runner | None = None,
        at_once: int = 1,
        far: str = "",
    ) -> None:
        self.store = RunStore(root)
        self.store.root.mkdir(parents=True, exist_ok=True)
        self.mirror = Mirror(self.store, Objects(far), self._mine, LOST_S) if far else None
        self._training: dict[str, float] = {}  # run -> when it began, the oldest first
        self._queue = FairQueue()
        self.store.adopt()  # also of others' runs, which the mirror then sets right
        self.runner = runner or LocalRunner(data_folder, warm, device)
        self.allowed = allowed
        self._keep_s, self._disk_bytes = keep_s, disk_bytes
        self._at_once = at_once
        self._speed: float | None = None  # images x racers a second
        self._ready, self._tries = False, 0
        self.problem = ""  # why nothing can begin at present
        self._wake = threading.Condition()
        self._closed = False
        self._idle_s = idle_s
        self._asked = time.monotonic()
        self._tidied = -TIDY_S
        self._histories: Recent[str, History] = Recent(KEPT_HISTORIES)
        self._lock = threading.Lock()
        self._submitting = threading.Lock()
        self._thread = threading.Thread(target=self._manage, name="training-service", daemon=True)
        self._thread.start()
        threading.Thread(target=self._beat, name="training-beat", daemon=True).start()
        if self.mirror:
            threading.Thread(target=self._share, name="training-share", daemon=True).start()

    # -- what pages ask ----------------------------------------------------------------------

    def expect(self) -> None:
        """Somebody is about to train: have a worker ready."""
        with self._wake:
            self._asked = time.monotonic()
            self._wake.notify()

    def submit(
        self,
        config: TrainConfig,
        name: str = "",
        *,
        again: bool = False,
        visitor: Visitor = LOCAL,
    ) -> str:
        """Start training, or give the run of the same configuration that is finished, training
        or waiting; the run's id.

        Args:
            again: train anew even if there is a finished run; that one stays.

        Raises:
            SettingError: when a visitor asks for more than is allowed, or the disk is full.
        """
        with self._submitting, self.store.alone():
            if not again and (known := self.finished_like(config)):
                return known.id
            if shared := self._active_like(config):
                return shared
            self.refuse(config, visitor)
            run_id = self.store.create(config, name, owner=owner_of(visitor))
            self._enqueue(run_id)
            return run_id

    def finished_like(self, config: TrainConfig) -> RunInfo | None:
        """The newest finished run that shows what this configuration does."""
        return next(
            (r for r in self.store.finished_like(config) if not self._is_steered(r.id)), None
        )

    def is_like(self, run: RunInfo, config: TrainConfig) -> bool:
        """Whether a run, so far, is what this configuration says."""
        return run.fingerprint == config.fingerprint() and not self._is_steered(run.id)

    def _is_steered(self, run_id: str) -> bool:
        """Whether a rate was changed on the way: such a run is not what its settings say."""
        with contextlib.suppress(SettingError):
            return bool(self.history(run_id).rate_changes)
        return True

    def refuse(self, config: TrainConfig, visitor: Visitor) -> None:
        """Raise SettingError when the visitor may not start this now: it is beyond the budget, or
        too much waits already."""
        refuse_costly(visitor, config, self.allowed)
        self._refuse_crowds(visitor)

    def _active_like(self, config: TrainConfig) -> str | None:
        """A run of the same training that waits or trains, here or on another server of these
        runs; one that was lost with its server counts for as long as that is not known."""
        mine = self._mine()
        alike = (r for r in self.store.all() if r.state in ACTIVE and self.is_like(r, config))
        return next((r.id for r in sorted(alike, key=lambda r: r.id not in mine)), None)

    def _refuse_crowds(self, visitor: Visitor) -> None:
        if visitor.full:
            return
        with self._wake:
            mine = self._queue.count(visitor.name)
            mine += sum(self._owner(run_id) == visitor.name for run_id in self._training)
            waiting = len(self._queue)
        if mine >= self.allowed.waiting:
            raise SettingError(
                f"{mine} of your runs wait or train already; stop one, or wait until it is through."
            )
        if waiting >= self.allowed.queue:
            raise SettingError(
                f"{waiting} runs wait already. Watch one of them, or come back soon."
            )

    def _owner(self, run_id: str) -> str:
        with contextlib.suppress(SettingError):
            return self.store.info(run_id).owner
        return ""

    def _allow(self, run_id: str, visitor: Visitor) -> None:
        """Raise SettingError unless the visitor may change this run."""
        if not visitor.full:
            refuse_strangers(visitor, self.store.info(run_id).owner)

    def resume(self, run_id: str, *, visitor: Visitor = LOCAL) -> None:
        """Go on from the last finished epoch.

        Raises:
            SettingError: when the run is not one that can be resumed, or is another's.
        """
        self._allow(run_id, visitor)
        with self._submitting:
            self._fetch(run_id)
            if not self.store.can_resume(run_id):
                raise SettingError("This run is finished or already training.")
            self.refuse(self.store.info(run_id).config, visitor)
            rates = self.store.path(run_id) / CONTROL
            if rates.is_file():
                self.store.wish(run_id, "run")
            self.store.set_state(run_id, "queued")
            self._enqueue(run_id)

    def pause(self, run_id: str, *, visitor: Visitor = LOCAL) -> None:
        """Hold a run after its present step, everything kept in memory.

        Raises:
            SettingError: when the run is another's and others wait for their turn.
        """
        self._allow(run_id, visitor)
        if not visitor.full and len(self._queue):
            raise SettingError("Others wait for their turn: a run can be stopped, not paused.")
        self.store.wish(run_id, "pause")

    def go_on(self, run_id: str, *, visitor: Visitor = LOCAL) -> None:
        """End a pause."""
        self._allow(run_id, visitor)
        self.store.wish(run_id, "run")

    def stop(self, run_id: str, *, visitor: Visitor = LOCAL) -> None:
        """End a run early: it is tested with the best weights so far. A queued one is dropped."""
        self._allow(run_id, visitor)
        with self._wake:
            if self._queue.remove(run_id):
                self.store.set_state(run_id, "stopped", "It was stopped before it began.")
                return
        self.store.wish(run_id, "stop")

    def wished_rate(self, run_id: str, racer: int) -> float | None:
        """What was asked for last with `set_rate`, heard by the run or not; None for nothing."""
        return read_control(self.store.path(run_id) / CONTROL).rates.get(racer)

    def set_rate(self, run_id: str, racer: int, lr: float, *, visitor: Visitor = LOCAL) -> None:
        """Change a racer's base learning rate from the next step on.

        Raises:
            SettingError: for a rate out of range, or another's run.
        """
        self._allow(run_id, visitor)
        config = self.store.info(run_id).config
        if not 0 <= racer < len(config.racers):
            raise SettingError("There is no such racer in this run.")
        config.racers[racer].with_lr(lr)  # checks the rate
        self.store.wish(run_id, rates={racer: float(lr)})

    def runs(self) -> list[RunInfo]:
        """Every run that is not known to be broken, the newest first."""
        with self._lock:
            told = {i for i, h in self._histories.items() if h.problem}
        return [run for run in self.store.all() if run.id not in told]

    def broken(self) -> list[BrokenRun]:
        """Every run that cannot be read, and why, as far as it is known."""
        with self._lock:
            told = {i: h.problem for i, h in self._histories.items() if h.problem}
        return self.store.broken() + [
            BrokenRun(run.id, f"Run {run.id} cannot be read: {told[run.id]}")
            for run in self.store.all()
            if run.id in told
        ]

    def check(self, run_id: str) -> None:
        """Read a run's record up to now.

        Raises:
            SettingError: when the run is not there or cannot be read.
        """
        self.store.info(run_id)
        if problem := self.history(run_id).problem:
            raise SettingError(f"Run {run_id} cannot be read: {problem}")

    def give_up(self, run_id: str, problem: Exception) -> None:
        """Count a run as unreadable from now on, because drawing it failed with `problem`."""
        _log.error("run %s cannot be drawn", run_id, exc_info=problem)
        self.history(run_id).problem = f"its record cannot be drawn ({type(problem).__name__})."

    def info(self, run_id: str) -> RunInfo:
        """One run. Raises SettingError when it is not there."""
        return self.store.info(run_id)

    def active(self) -> RunInfo | None:
        """The run that is training now, if there is one; of several the one that began first."""
        with self._wake:
            ids = list(self._training)
        for run_id in ids:
            with contextlib.suppress(SettingError):
                return self.store.info(run_id)
        return None

    def position(self, run_id: str) -> int:
        """How many runs come before this queued one."""
        return self.place(run_id).ahead

    def place(self, run_id: str) -> Place:
        """How many runs come before this queued one, and how long they will take."""
        with self._wake:
            training, speed, problem = dict(self._training), self._speed, self.problem
            here = run_id in self._queue
            before = self._queue.ahead(run_id)
        if not here:  # it begins now, or waits on another server of these runs
            told = None if run_id in training else self.store.told_place(run_id)
            return Place(*(told or (0, None)))
        ahead = len(before) + len(training)
        speed = speed or self._present_speed(training)
        if problem or speed is None or any(self._is_paused(one) for one in training):
            return Place(ahead, None, problem)
        seconds = sum(one.cost for one in before) / speed
        for current, began in training.items():
            with contextlib.suppress(SettingError):
                left = self._seconds_left(current)
                whole = cost(self.store.info(current).config) / speed
                past = time.monotonic() - began
                seconds += max(0.0, whole - past) if left is None else left
        return Place(ahead, seconds / self._at_once)

    def _present_speed(self, training: Iterable[str]) -> float | None:
        """Before any run is through: that of one which is on its way, if it is known."""
        for current in training:
            with contextlib.suppress(SettingError):
                left = self._seconds_left(current)
                to_do = 1.0 - self.history(current).share_done()
                if left and to_do:
                    return cost(self.store.info(current).config) * to_do / left
        return None

    def _seconds_left(self, run_id: str) -> float | None:
        """Of a run in training; None before it has a pace, and where a race follows its search for
        rates, which takes no less than that."""
        if self.store.info(run_id).config.search_epochs:
            return None
        return self.history(run_id).seconds_left()

    def _is_paused(self, run_id: str) -> bool:
        with contextlib.suppress(SettingError):
            return self.store.info(run_id).state == "paused"
        return False

    def busy(self) -> bool:
        """Whether a run trains."""
        return bool(self._training)

    def cut_off(self) -> bool:
        """Whether the store in which servers share their runs does not answer."""
        return bool(self.mirror and self.mirror.problem)

    def waiting(self) -> int:
        """How many runs wait."""
        return len(self._queue)

    def history(self, run_id: str) -> History:
        """The run's history, read up to now; one object shared by all who watch."""
        path = self.store.path(run_id) / EVENTS
        with self._lock:
            history = self._histories.get(run_id)
            if history is None:
                history = History(path)
                self._histories.put(run_id, history)
        history.poll()
        return history

    def rename(self, run_id: str, name: str, *, visitor: Visitor = LOCAL) -> None:
        """Give a run another name. Raises SettingError for an empty one, or another's run."""
        self._allow(run_id, visitor)
        self.store.rename(run_id, name)

    def delete(self, run_id: str, *, visitor: Visitor = LOCAL) -> None:
        """Remove a run. Raises SettingError while it is active, or when it is another's."""
        if not visitor.full:
            refuse_strangers(visitor, self.store.owner(run_id))
        self.store.delete(run_id)
        with self._lock:
            self._histories.pop(run_id)

    def tidy(self) -> list[str]:
        """Remove visitors' runs that are too old or too many; their ids."""
        gone = self.store.tidy(self._keep_s, self._disk_bytes)
        with self._lock:
            for run_id in gone:
                self._histories.pop(run_id)
        return gone

    def close(self, patience: float = 5.0, *, at_epoch: bool = False) -> None:
        """End the worker; a run in training can be resumed later.

        Args:
            patience: seconds that it has.
            at_epoch: let the present epoch come to its end, if it does so in that time.
        """
        with self._wake:
            self._closed = True
            waiting, training = list(self._queue), list(self._training)
            self._wake.notify()
        if at_epoch:
            self.runner.finish()
        self.runner.end(patience)
        self._thread.join(timeout=5)
        self._tell_ends(waiting, NOT_BEGUN)
        self._tell_ends(training, INTERRUPTED)
        if self.mirror:  # a store that does not answer may take longer than there is
            last = partial(self.mirror.sync, all_of_it=True)
            sharing = threading.Thread(target=last, daemon=True)
            sharing.start()
            sharing.join(timeout=patience)

    def _tell_ends(self, ids: Iterable[str], reason: str) -> None:
        """What waited or trained here is interrupted; another server need not find that out."""
        for run_id in ids:
            with contextlib.suppress(SettingError, OSError):
                if self.store.info(run_id).state in ACTIVE:
                    self.store.set_state(run_id, "interrupted", reason)

    # -- the worker --------------------------------------------------------------------------

    def _enqueue(self, run_id: str) -> None:
        run = self.store.info(run_id)
        with self._wake:
            # The person at this computer, and a lecturer, have no name: theirs come first.
            self._queue.add(run_id, run.owner, cost(run.config), first=not run.owner)
            self._wake.notify()

    def _needed(self) -> bool:
        return bool(self._queue or self._training) or time.monotonic() - self._asked < self._idle_s

    def _manage(self) -> None:
        while not self._closed:
            try:
                self._tidy_now_and_then()
                if not self._needed():
                    self._ready = False
                    self.runner.end()
                elif not self.runner.running():
                    self._start()
                    continue
                with self._wake:
                    self._wake.wait_for(
                        lambda: self._room() or self._closed or self._needed() != self._ready,
                        timeout=1.0,
                    )
                    if self._closed or not self._room() or not self._ready:
                        continue
                    if not self.runner.running():  # it died since: another is started first
                        continue
                    run_id = self._queue.pop()
                    self._training[run_id] = time.monotonic()
                if self._at_once == 1:
                    self._through(run_id)
                else:
                    threading.Thread(target=self._through, args=(run_id,), daemon=True).start()
            except Exception:
                _log.exception("the training service met an error")
                time.sleep(1.0)

    def _start(self) -> None:
        """Make the runner ready; when it cannot be, say why and wait before the next try."""
        self._ready = self.runner.start()
        self._tries = 0 if self._ready else self._tries + 1
        problem = "" if self._ready else self.runner.death()
        if problem != self.problem and not self._closed:
            if problem:
                _log.error("no run can begin: %s", problem)
            self.problem = problem
        if not self._ready:
            with self._wake:  # a start takes seconds of this computer's time
                pause = min(2.0**self._tries, PAUSE_S)
                self._wake.wait_for(lambda: self._closed, timeout=pause)

    def _room(self) -> bool:
        """Whether a run waits that may begin."""
        return bool(len(self._queue)) and len(self._training) < self._at_once

    def _through(self, run_id: str) -> None:
        """Train one run that has been taken out of the queue."""
        try:
            self._train(run_id)
        except Exception:
            _log.exception("the training service met an error")
            time.sleep(1.0)
        finally:
            with self._wake:
                self._asked = time.monotonic()
                self._training.pop(run_id, None)
                self._wake.notify()

    def _beat(self) -> None:
        """Show other servers of the same folder that the runs in this queue are somebody's, and
        tell what nobody has shown for long."""
        asked = time.monotonic()
        while not self._closed:
            with contextlib.suppress(OSError, SettingError):
                self.store.write_the_rest()
                for run_id in list(self._queue):
                    place = self.place(run_id)
                    self.store.show_life(run_id, (place.ahead, place.seconds))
                if time.monotonic() - asked > LOST_S / 2:
                    asked = time.monotonic()
                    self.store.adopt(LOST_S, self._mine())
            with self._wake:
                self._wake.wait_for(lambda: self._closed, timeout=BEAT_S)

    def _mine(self) -> set[str]:
        """Runs that wait or train here."""
        with self._wake:
            return {*self._queue, *self._training}

    def _share(self) -> None:
        """Keep the folder and the store of all servers alike."""
        while not self._closed:
            assert self.mirror is not None  # else nobody calls this
            self.mirror.sync()
            with self._wake:
                self._wake.wait_for(lambda: self._closed, timeout=BEAT_S)

    def _fetch(self, run_id: str) -> None:
        """Have all of a run here that another server may have trained."""
        if self.mirror:
            try:
                self.mirror.bring(run_id)
            except Exception as problem:  # each store has its own
                raise SettingError(
                    "The store of all runs does not answer, so this run cannot go on here. Try "
                    "again soon."
                ) from problem

    def _tidy_now_and_then(self) -> None:
        if self._disk_bytes is not None and time.monotonic() - self._tidied > TIDY_S:
            self._tidied = time.monotonic()
            self.tidy()

    def _train(self, run_id: str) -> None:
        """Hand one run to the runner and wait until it is through or the runner is dead."""
        try:
            path, config = self.store.path(run_id), self.store.info(run_id).config
        except SettingError:
            return  # deleted meanwhile
        start = time.monotonic()
        state = self.runner.train(path)
        if state == "done":
            speed = cost(config) / max(time.monotonic() - start, 1e-3)
            self._speed = speed if self._speed is None else 0.5 * (self._speed + speed)
        if self._closed:
            return
        reason = self.runner.death() if not state else _UNWRITTEN
        with contextlib.suppress(SettingError):  # one that cannot be read is shown as that
            if self.store.info(run_id).state in ACTIVE:
                self.store.set_state(run_id, "interrupted", reason)


_UNWRITTEN = "It ended, and that could not be written: is the disk full? Finished epochs are kept."
