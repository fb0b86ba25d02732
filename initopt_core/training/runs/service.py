"""The one owner of training on a server: queue, worker process, runs and their histories."""

from __future__ import annotations

import collections
import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from initopt_core.paths import ROOT
from initopt_core.registry import SettingError
from initopt_core.training.config import TrainConfig
from initopt_core.training.history import History

from .store import ACTIVE, BrokenRun, RunInfo, RunStore

KEPT_HISTORIES = 32
IDLE_S = 600.0  # a worker that nobody has needed for so long gives its memory back
_log = logging.getLogger("initopt.training")


class TrainingService:
    """Trains one run after the other in a process of its own.

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
    """

    def __init__(
        self,
        root: Path | None = None,
        data_folder: str = "",
        warm: str = "",
        device: str = "",
        idle_s: float = IDLE_S,
    ) -> None:
        self.store = RunStore(root)
        self.store.root.mkdir(parents=True, exist_ok=True)
        self.store.adopt()
        self._command = [sys.executable, "-m", "initopt_core.training.runs.worker", "--serve"]
        for option, value in (("--data", data_folder), ("--warm", warm), ("--device", device)):
            if value:
                self._command += [option, value]
        self._queue: collections.deque[str] = collections.deque()
        self._current: str | None = None
        self._worker: subprocess.Popen | None = None
        self._wake = threading.Condition()
        self._closed = False
        self._idle_s = idle_s
        self._asked = time.monotonic()
        self._histories: collections.OrderedDict[str, History] = collections.OrderedDict()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._manage, name="training-service", daemon=True)
        self._thread.start()

    # -- what pages ask ----------------------------------------------------------------------

    def expect(self) -> None:
        """Somebody is about to train: have a worker ready."""
        with self._wake:
            self._asked = time.monotonic()
            self._wake.notify()

    def submit(self, config: TrainConfig, name: str = "", *, again: bool = False) -> str:
        """Start training, or give the finished run of the same configuration; the run's id.

        Args:
            again: train anew even if there is a finished run; that one stays.
        """
        if not again and (known := self.store.finished_like(config)):
            return known.id
        run_id = self.store.create(config, name)
        self._enqueue(run_id)
        return run_id

    def resume(self, run_id: str) -> None:
        """Go on from the last finished epoch.

        Raises:
            SettingError: when the run is not one that can be resumed.
        """
        if not self.store.can_resume(run_id):
            raise SettingError("This run is finished or already training.")
        rates = self.store.path(run_id) / "control.json"
        if rates.is_file():
            self.store.wish(run_id, "run")
        self.store.set_state(run_id, "queued")
        self._enqueue(run_id)

    def pause(self, run_id: str) -> None:
        """Hold a run after its present step, everything kept in memory."""
        self.store.wish(run_id, "pause")

    def go_on(self, run_id: str) -> None:
        """End a pause."""
        self.store.wish(run_id, "run")

    def stop(self, run_id: str) -> None:
        """End a run early: it is tested with the best weights so far. A queued one is dropped."""
        with self._wake:
            if run_id in self._queue:
                self._queue.remove(run_id)
                self.store.set_state(run_id, "stopped", "It was stopped before it began.")
                return
        self.store.wish(run_id, "stop")

    def set_rate(self, run_id: str, racer: int, lr: float) -> None:
        """Change a racer's base learning rate from the next step on.

        Raises:
            SettingError: for a rate out of range.
        """
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
        """The run that is training now, if there is one."""
        run_id = self._current
        if run_id is None:
            return None
        with contextlib.suppress(SettingError):
            return self.store.info(run_id)
        return None

    def position(self, run_id: str) -> int:
        """How many runs come before this queued one."""
        with self._wake:
            ahead = self._queue.index(run_id) if run_id in self._queue else 0
            return ahead + (self._current is not None)

    def history(self, run_id: str) -> History:
        """The run's history, read up to now; one object shared by all who watch."""
        path = self.store.path(run_id) / "events.jsonl"
        with self._lock:
            history = self._histories.get(run_id)
            if history is None:
                history = self._histories[run_id] = History(path)
            self._histories.move_to_end(run_id)
            while len(self._histories) > KEPT_HISTORIES:
                self._histories.popitem(last=False)
        history.poll()
        return history

    def delete(self, run_id: str) -> None:
        """Remove a run. Raises SettingError while it is active."""
        self.store.delete(run_id)
        with self._lock:
            self._histories.pop(run_id, None)

    def close(self) -> None:
        """End the worker; a run in training can be resumed later."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        self._end_worker()
        self._thread.join(timeout=5)

    # -- the worker --------------------------------------------------------------------------

    def _enqueue(self, run_id: str) -> None:
        with self._wake:
            self._queue.append(run_id)
            self._wake.notify()

    def _start_worker(self) -> subprocess.Popen:
        options = {}
        if os.name == "nt":
            options["creationflags"] = subprocess.BELOW_NORMAL_PRIORITY_CLASS
        else:
            options["start_new_session"] = True  # Ctrl-C in the terminal is the server's affair
        worker = subprocess.Popen(
            self._command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            **options,
        )
        return worker

    def _end_worker(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        with contextlib.suppress(OSError):
            worker.stdin.close()  # it finishes its step and leaves
        try:
            worker.wait(timeout=5)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
        worker.stdout.close()

    def _needed(self) -> bool:
        return bool(self._queue) or time.monotonic() - self._asked < self._idle_s

    def _manage(self) -> None:
        while not self._closed:
            try:
                if not self._needed():
                    self._end_worker()
                elif self._worker is None or self._worker.poll() is not None:
                    self._worker = self._start_worker()
                    if not self._worker.stdout.readline():  # "ready", or nothing when it died
                        time.sleep(2.0)
                        continue
                with self._wake:
                    self._wake.wait_for(
                        lambda: self._queue or self._closed or self._needed() != bool(self._worker),
                        timeout=1.0,
                    )
                    if self._closed or not self._queue or self._worker is None:
                        continue
                    self._current = self._queue.popleft()
                self._train(self._current)
                self._asked = time.monotonic()
            except Exception:
                _log.exception("the training service met an error")
                time.sleep(1.0)
            finally:
                self._current = None

    def _train(self, run_id: str) -> None:
        """Hand one run to the worker and wait until it is through or the worker is dead."""
        worker = self._worker
        try:
            path = self.store.path(run_id)
            worker.stdin.write(f"{path}\n")
            worker.stdin.flush()
            answer = worker.stdout.readline()
        except SettingError:
            return  # deleted meanwhile
        except (OSError, ValueError):
            answer = ""
        if answer or self._closed:
            return
        code = worker.wait()
        with contextlib.suppress(SettingError):  # one that cannot be read is shown as that
            if self.store.info(run_id).state in ACTIVE:
                self.store.set_state(run_id, "interrupted", _death(code))


def _death(code: int) -> str:
    """Why a worker is gone, in words."""
    if code < 0:
        name = signal.Signals(-code).name
        cause = " Perhaps the memory was full." if name == "SIGKILL" else ""
        return f"The training process was ended ({name}).{cause} Finished epochs are kept."
    return f"The training process ended by itself (code {code}). Finished epochs are kept."
