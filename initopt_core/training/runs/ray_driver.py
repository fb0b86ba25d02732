"""The process that trains on a Ray cluster: python -m initopt_core.training.runs.ray_driver

It takes run folders from its input, one a line, trains several at one time, and answers each with
its final state and its folder. It is a process of its own because Ray ends the process whose
cluster is gone; a web server must not go with it.

Each run, and each rate that a search tries (`spread`), is an actor with its share of a machine. It
trains in a folder there and hands back what is new whenever this process asks, which alone writes
the run's folder: machines share no disk. An actor that is lost is replaced by another, which goes
on from the last checkpoint.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any, NoReturn

from initopt_core import data as fashion
from initopt_core.paths import ROOT
from initopt_core.registry import SettingError
from initopt_core.settings import RAY_INSTALL, server_settings
from initopt_core.training.checkpoints import CheckpointError, write_json
from initopt_core.training.loop import CHECKPOINT

from .parcel import given, unpack
from .runner import FINISH, READY
from .spread import search
from .store import (
    ALIVE,
    CONTROL,
    INTERRUPTED,
    PLACE,
    config_of,
    read_control,
    stamp,
    tell_status,
)
from .trainer import Trainer
from .worker import Datasets, no_room

TRIES = 3
"""Machines lost one after the other, with no epoch finished between, after which a run is left."""
WAIT_S = 0.5
PATIENCE_S = 15.0
NO_CLUSTER = (
    "No cluster answers, so nothing can train at present. Runs wait until one does. On the server, "
    "“python -m initopt_core doctor” says what is wrong."
)
_log = logging.getLogger("initopt.training.ray")


class Driver:
    """Trains runs on the cluster to which this process is joined.

    Args:
        datasets: gives the data set of a kind; each goes to the cluster once.
        device: device name on the machines, "" for the best that Ray gives.
        cpus, gpus: share of a machine that each task takes.
        tasks: how many at one time.
    """

    def __init__(
        self, datasets: Datasets, device: str, cpus: float, gpus: float, tasks: int
    ) -> None:
        import ray  # pyright: ignore[reportMissingImports]  an extra

        self.ray, self.device = ray, device or ("" if gpus else "cpu")
        self._datasets, self._sent = datasets, {}
        # No retries of Ray's own: they would begin a run anew, not from its checkpoint.
        self._actor: Any = ray.remote(Trainer).options(
            num_cpus=cpus, num_gpus=gpus, max_restarts=0, max_task_retries=0
        )
        self._tasks, self._seats = tasks, threading.Semaphore(tasks)
        self._lock = threading.Lock()
        self._idle: list[Any] = []
        self.leave = ""

    def dataset(self, kind: str) -> Any:
        """Where the cluster finds a data set. Raises DataError when it is not here."""
        with self._lock:
            if kind not in self._sent:
                self._sent[kind] = self.ray.put(self._datasets(kind))
                self._datasets.kept.clear()
            return self._sent[kind]

    def train(self, folder: Path) -> str:
        """Train the run of a folder to its end, on as many machines as get lost; its state."""
        try:
            found = search(folder, self._part, self._tasks, lambda: bool(self.leave))
            if found == "interrupted" and self.leave:
                return tell_status(folder, "interrupted", INTERRUPTED)
            return found or self._to_the_end(folder)
        except (SettingError, CheckpointError, fashion.DataError) as problem:
            return tell_status(folder, "failed", str(problem))
        except OSError as problem:
            return tell_status(folder, "failed", no_room(problem))
        except self.ray.exceptions.RayError:
            _log.exception("the cluster cannot train %s", folder.name)
            return tell_status(
                folder,
                "interrupted",
                "The cluster cannot train it; the server's log says why. Finished epochs are kept.",
            )

    def _part(self, folder: Path) -> str:
        """Train one rate of a search; as `train`."""
        try:
            return self._to_the_end(folder)
        except Exception as problem:  # the search tells it as the run's
            _log.exception("the cluster cannot train %s", folder.name)
            reason = no_room(problem) if isinstance(problem, OSError) else str(problem)
            return tell_status(folder, "failed", reason)

    def _to_the_end(self, folder: Path) -> str:
        """Train one task's folder; its state."""
        while not self._seats.acquire(timeout=WAIT_S):
            (folder / ALIVE).touch()
            if ended := self._unwanted(folder):
                return ended
        try:
            return self._on_machines(folder)
        finally:
            self._seats.release()

    def _on_machines(self, folder: Path) -> str:
        lost = tries = 0
        while True:
            saved = stamp(folder / CHECKPOINT)
            try:
                return self._once(folder, lost)
            except self.ray.exceptions.RayActorError as problem:
                lost += 1
                tries = tries + 1 if stamp(folder / CHECKPOINT) == saved else 0
                _log.warning("%s lost its machine (%s)", folder.name, str(problem).split("\n")[0])
                if self.leave:
                    return tell_status(folder, "interrupted", INTERRUPTED)
                if tries >= TRIES:
                    return tell_status(
                        folder,
                        "interrupted",
                        f"{TRIES} machines were lost, one after the other, before an epoch was "
                        "finished: perhaps it needs more memory than they have. Finished epochs "
                        "are kept.",
                    )

    def _once(self, folder: Path, lost: int) -> str:
        """One actor's part of a run; its final state. Raises RayActorError when it is lost."""
        kind = config_of(folder).data
        found = self._trainer(folder)
        if isinstance(found, str):
            return found
        trainer, (host, process) = found
        through = False
        try:
            write_json(folder / PLACE, {"host": host, "process": process, "lost": lost})
            # What is wanted is read before the files are: a wish that comes between is told again.
            known = stamp(folder / CONTROL)
            begun = trainer.begin.remote(given(folder), self.dataset(kind), self.device)
            self._wait(begun, folder)
            while True:
                now, wish = stamp(folder / CONTROL), None
                if now != known:
                    known, wish = now, (folder / CONTROL).read_bytes()
                parcel = self._wait(trainer.news.remote(wish, self.leave, WAIT_S), folder)
                unpack(folder, parcel)
                if parcel.state:
                    through = True
                    return parcel.state
        finally:
            if through:
                with self._lock:
                    self._idle.append(trainer)
            else:
                self.ray.kill(trainer)
            with contextlib.suppress(OSError):
                (folder / ALIVE).unlink()

    def _trainer(self, folder: Path) -> tuple[Any, tuple[str, int]] | str:
        """One that is through with its last run, else a new one, which takes seconds to start or
        waits for room; and its place. Or the run's state, when it is not wanted any more.

        Raises:
            RayActorError: when a new one cannot start.
        """
        if used := self._used():
            return used
        trainer = self._actor.remote(server_settings().niceness)
        asked = trainer.place.remote()
        found = None
        try:
            while found is None:
                (folder / ALIVE).touch()
                ready, _ = self.ray.wait([asked], timeout=WAIT_S)
                if ready:
                    found = trainer, self.ray.get(asked)
                # One that rests may be holding the very room for which this one waits.
                elif ended := self._unwanted(folder):
                    return ended
                elif used := self._used():
                    return used
            return found
        finally:
            if found is None:
                self.ray.kill(trainer)

    def _used(self) -> tuple[Any, tuple[str, int]] | None:
        """A trainer without a run, and its place; those whose machine is gone are dropped."""
        while True:
            with self._lock:
                if not self._idle:
                    return None
                trainer = self._idle.pop()
            with contextlib.suppress(self.ray.exceptions.RayActorError):
                return trainer, self.ray.get(trainer.place.remote())

    def _wait(self, asked: Any, folder: Path) -> Any:
        """The answer; the run shows its life meanwhile."""
        while True:
            (folder / ALIVE).touch()
            ready, _ = self.ray.wait([asked], timeout=WAIT_S)
            if ready:
                return self.ray.get(asked)

    def _unwanted(self, folder: Path) -> str:
        """While a run waits for a machine: its final state when it shall not begin."""
        if self.leave:
            return tell_status(folder, "interrupted", INTERRUPTED)
        if read_control(folder / CONTROL).command == "stop":
            return tell_status(folder, "stopped", "It was stopped before a machine was free.")
        return ""


def join(address: str) -> None:
    """Join the cluster, and send it this program.

    Args:
        address: "local" for one of this computer's own, "auto", HOST:PORT or ray://HOST:PORT.

    Raises:
        ConnectionError: when nobody answers there.
    """
    if problem := unreachable(address):  # Ray itself would try for minutes
        raise ConnectionError(problem)
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray  # pyright: ignore[reportMissingImports]  an extra

    own: dict[str, Any] = {"include_dashboard": False} if address == "local" else {}
    ray.init(
        address=address,
        log_to_driver=False,
        logging_level=logging.WARNING,
        runtime_env={"py_modules": [str(ROOT / "initopt_core")]},
        **own,
    )


def unreachable(address: str, seconds: float = 3.0) -> str:
    """Why no connection to HOST:PORT or ray://HOST:PORT can be made; "" when it can, or when the
    address names no host."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host:
        return ""
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=seconds).close()
    except (OSError, OverflowError) as problem:
        return str(getattr(problem, "strerror", None) or problem)
    return ""


def share_of_gpu(wanted: float | None) -> float:
    """What each task takes of a GPU: a quarter where there are any, unless something is wanted."""
    import ray  # pyright: ignore[reportMissingImports]  an extra

    if wanted is not None:
        return wanted
    return 0.25 if ray.cluster_resources().get("GPU", 0) else 0.0


def serve(driver: Driver) -> None:
    """Take run folders from the input until it ends."""
    writing, threads = threading.Lock(), []

    def train(folder: str) -> None:
        state = driver.train(Path(folder))
        with writing, contextlib.suppress(OSError):
            print(f"{state} {folder}", flush=True)

    with contextlib.suppress(OSError):
        print(READY, flush=True)
    for line in sys.stdin:
        if line.strip() == FINISH:
            driver.leave = "epoch"
            continue
        threads.append(threading.Thread(target=train, args=(line.strip(),), daemon=True))
        threads[-1].start()
    driver.leave = driver.leave or "now"
    until = time.monotonic() + PATIENCE_S
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))


def _leave(reason: str) -> NoReturn:
    print(reason, flush=True)
    sys.exit(1)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--address", default="auto", help="of the cluster, as Ray writes it")
    parser.add_argument("--cpus", type=float, default=1.0, help="cores a task")
    parser.add_argument("--gpus", type=float, default=None, help="share of a GPU a task")
    parser.add_argument("--tasks", type=int, default=8, help="tasks at one time")
    parser.add_argument("--data", default="", help="folder with the full Fashion-MNIST")
    parser.add_argument("--device", default="", help="cpu or cuda; the best by default")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    try:
        with contextlib.redirect_stdout(sys.stderr):  # its own lines are answers
            join(options.address)
    except ImportError:
        _log.error("Ray is not installed: %s, or INITOPT_RAY=off", RAY_INSTALL)
        _leave(NO_CLUSTER)
    except (ConnectionError, RuntimeError, ValueError) as problem:
        _log.error("no Ray cluster at %s: %s", options.address, str(problem).splitlines()[0])
        _leave(NO_CLUSTER)
    gpus = share_of_gpu(options.gpus)
    serve(Driver(Datasets(options.data), options.device, options.cpus, gpus, options.tasks))


if __name__ == "__main__":
    main()
