"""The process that trains: python -m initopt_core.training.runs.worker RUN_DIR

With --serve it stays, torch imported and data read, and takes run folders from its input, one a
line; it leaves when that input ends, which is also how it learns that its server is gone.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import shutil
import sys
import threading
import time
from functools import partial
from pathlib import Path

from initopt_core import data as fashion
from initopt_core.registry import SettingError
from initopt_core.settings import server_settings
from initopt_core.training.checkpoints import CheckpointError, read_tensors
from initopt_core.training.control import Control, Stopped
from initopt_core.training.events import Log
from initopt_core.training.loop import CHECKPOINT, train

from .runner import FINISH, READY
from .store import (
    ALIVE,
    CONFIG,
    CONTROL,
    EVENTS,
    INTERRUPTED,
    config_of,
    read_control,
    stamp,
    tell_status,
    write_status,
)

BEAT_S = 0.5
NO_DATA = "This server's training images cannot be read. Tell whoever runs it."


class Orphaned(threading.Event):
    """Set when the input ends; `finishing` when it asked for the end of the epoch first."""

    def __init__(self) -> None:
        super().__init__()
        self.finishing = threading.Event()


class Wishes:
    """The control file, read when it has changed; also the run's sign of life."""

    def __init__(self, folder: Path, orphaned: threading.Event) -> None:
        self.path, self.alive, self.orphaned = folder / CONTROL, folder / ALIVE, orphaned
        self.folder, self.saved = folder, folder / CHECKPOINT
        self.last: tuple | None = None  # the newest checkpoint when leaving was asked for
        self.seen: tuple | None = None
        self.wish = Control()
        self.beat = 0.0

    def __call__(self) -> Control:
        if self._must_leave():
            return Control("quit")
        now = time.monotonic()
        if now - self.beat > BEAT_S:
            self.beat = now
            if not (self.folder / CONFIG).exists():
                raise FileNotFoundError(errno.ENOENT, "removed", str(self.folder))
            with contextlib.suppress(OSError):  # a full disk: told elsewhere
                self.alive.touch()
        now = stamp(self.path)
        if now is None:
            return self.wish
        if now != self.seen:
            self.seen = now
            before, self.wish = self.wish.command, read_control(self.path)
            states = {"run": "running", "pause": "paused"}
            if self.wish.command != before and self.wish.command in states:
                write_status(self.folder, states[self.wish.command])
        return self.wish

    def _must_leave(self) -> bool:
        """The server is gone; or it asked for the end of the epoch, and that has been saved."""
        finishing = getattr(self.orphaned, "finishing", None)
        if finishing is None or not finishing.is_set():
            return self.orphaned.is_set()
        if self.last is None:
            self.last = (stamp(self.saved),)
        return self.last != (stamp(self.saved),) or self.wish.command == "pause"


def run_folder(folder: Path, dataset_for, orphaned: threading.Event, device=None) -> str:
    """Train, or go on with, the run in `folder`; its final state, also in its status.json."""

    status = partial(tell_status, folder)
    log = None
    try:
        status("running")
        (folder / ALIVE).touch()
        config = config_of(folder)
        saved = folder / CHECKPOINT
        log = Log(folder / EVENTS, read_tensors(saved)["position"] if saved.is_file() else None)
        result = train(
            config,
            dataset_for(config.data),
            log,
            folder=folder,
            control=Wishes(folder, orphaned),
            device=device,
            mark=log.position,
        )
        return status(result.state)
    except Stopped:
        return status("interrupted", INTERRUPTED)
    except fashion.DataError as problem:
        print(problem, file=sys.stderr, flush=True)
        return status("failed", NO_DATA if server_settings().hosted else str(problem))
    except SettingError as problem:
        return status("failed", str(problem))
    except CheckpointError as problem:
        return status("failed", f"{problem} This run cannot go on; train it anew.")
    except OSError as problem:
        if not (folder / CONFIG).exists():  # removed while it trained: nothing of it comes back
            shutil.rmtree(folder, ignore_errors=True)
            return "failed"
        return status("failed", no_room(problem))
    except MemoryError:
        return status("failed", "There was not enough memory. Try a smaller batch or network.")
    except Exception as problem:
        if "out of memory" in str(problem).lower():
            return status("failed", "The device's memory is full. Try a smaller batch or network.")
        import traceback

        traceback.print_exc()
        if _is_device(problem):
            return status(
                "failed",
                "The device that trained has failed. Finished epochs are kept: resume the run "
                "when the device is back, or set INITOPT_DEVICE=cpu.",
            )
        return status("failed", f"An unforeseen error ended it ({type(problem).__name__}).")
    finally:
        if log:
            with contextlib.suppress(OSError):  # what was in its buffer may find no room
                log.close()
        with contextlib.suppress(OSError):
            (folder / ALIVE).unlink()


def no_room(problem: OSError) -> str:
    """Why files could not be written or read, and what to do."""
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full. Finished epochs are kept: make room, then resume the run."
    if problem.errno == errno.ENOENT:
        return "The run's folder was removed while it was training."
    reason = problem.strerror or type(problem).__name__
    return f"The run's folder cannot be used ({reason}). Mend that, then resume the run."


def _is_device(problem: Exception) -> bool:
    """Whether an accelerator, not the program, is what failed."""
    text = str(problem)
    return isinstance(problem, RuntimeError) and any(
        word in text for word in ("CUDA error", "CUDA driver", "HIP error", "MPS backend", "cuDNN")
    )


class Datasets:
    """The data set, read once; "full" from `folder` or wherever `data.load` finds it.

    Raises (when called):
        DataError: when the full set is asked for and is not there.
    """

    def __init__(self, folder: str = "") -> None:
        self.folder = folder
        self.kept: dict[str, fashion.FashionMNIST] = {}

    def __call__(self, which: str) -> fashion.FashionMNIST:
        if which not in self.kept:
            if which == "sample":
                self.kept[which] = fashion.load_sample()
            else:
                found = fashion.load(self.folder or None)
                if found.source == "sample":
                    raise fashion.DataError(
                        "The full Fashion-MNIST is not on this computer. Download it on the home "
                        "page, or train on the sample."
                    )
                self.kept[which] = found
        return self.kept[which]


def be_polite(niceness: int) -> None:
    """Give way to the pages: a lower priority costs a run nothing while they are idle.

    Linux shares the processor between sessions first (autogroup) and heeds a process' niceness
    only within its session, so a worker that leads a session of its own lowers that too. Without
    it a page's answer took 1.4 s rather than 0.07 s beside a training run on two cores.
    """
    if hasattr(os, "nice"):
        os.nice(niceness)
    group = Path("/proc/self/autogroup")
    if hasattr(os, "getsid") and os.getsid(0) == os.getpid() and group.exists():
        with contextlib.suppress(OSError):
            group.write_text(str(niceness))


def serve(datasets: Datasets, device: str | None) -> None:
    """Take run folders from the input until it ends; answer each with its final state."""
    orphaned = Orphaned()
    jobs: list[str] = []
    more = threading.Condition()

    def listen() -> None:
        for line in sys.stdin:
            if line.strip() == FINISH:
                orphaned.finishing.set()
                continue
            with more:
                jobs.append(line.strip())
                more.notify()
        orphaned.set()
        with more:
            more.notify()

    threading.Thread(target=listen, daemon=True).start()
    with contextlib.suppress(OSError):  # a server that is gone already is noticed below
        print(READY, flush=True)
    while True:
        with more:
            more.wait_for(lambda: jobs or orphaned.is_set())
            if orphaned.is_set():
                return
            folder = jobs.pop(0)
        state = run_folder(Path(folder), datasets, orphaned, device)
        with contextlib.suppress(OSError):
            print(state, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("run", nargs="?", type=Path, help="folder of the run")
    parser.add_argument("--serve", action="store_true", help="take run folders from the input")
    parser.add_argument("--data", default="", help="folder with the full Fashion-MNIST")
    parser.add_argument("--device", default=None, help="cpu, cuda, mps; the best by default")
    parser.add_argument("--warm", default="", choices=("", "full", "sample"))
    options = parser.parse_args()
    try:
        be_polite(server_settings().niceness)
    except SettingError as problem:
        parser.error(str(problem))
    datasets = Datasets(options.data)
    if options.warm:
        with contextlib.suppress(fashion.DataError):
            datasets(options.warm)
    if options.serve:
        serve(datasets, options.device)
    elif options.run:
        state = run_folder(options.run, datasets, Orphaned(), options.device)
        print(state)
        sys.exit(0 if state in ("done", "stopped") else 1)
    else:
        parser.error("name a run's folder, or give --serve")


if __name__ == "__main__":
    main()
