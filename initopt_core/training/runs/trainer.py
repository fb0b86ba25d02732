"""The far end of a cluster: trains one run after the other in a folder of its own machine.

Nothing here knows Ray; an actor of Ray is made of `Trainer` where it is used.
"""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
import threading
import time
from pathlib import Path

from initopt_core.data import FashionMNIST
from initopt_core.paths import write_atomic
from initopt_core.training.checkpoints import CheckpointError, read_tensors
from initopt_core.training.loop import CHECKPOINT

from .parcel import Outbox, Parcel
from .store import CONTROL, EVENTS
from .worker import Orphaned, be_polite, run_folder

LOOK_S = 0.02


class Trainer:
    """Trains in a thread; whoever asks for `news` says at the same time what is wanted.

    Args:
        niceness: 0 to 19, how far it gives way to other programs of its machine.
    """

    def __init__(self, niceness: int = 0) -> None:
        if niceness:
            be_polite(niceness)
        self._folder: Path | None = None
        self._state = ""

    def place(self) -> tuple[str, int]:
        """Name of the machine, and the process there."""
        return platform.node(), os.getpid()

    def begin(self, files: dict[str, bytes], dataset: FashionMNIST, device: str = "") -> None:
        """Train a run from its files (config.json, and what else `parcel.given` gives).

        Args:
            dataset: what its configuration asks for.
            device: device name, "" for the best of this machine.
        """
        self._clear()
        self._folder = folder = Path(tempfile.mkdtemp(prefix="initopt-run-"))
        for name, content in files.items():
            (folder / name).write_bytes(content)
        at = _position(folder / CHECKPOINT) if CHECKPOINT in files else 0
        with open(folder / EVENTS, "wb") as stream:
            stream.truncate(at)  # a hole: what stands there has been told already
        self._outbox = Outbox(folder, at)
        self._orphaned, self._state = Orphaned(), ""

        def train() -> None:
            self._state = run_folder(folder, lambda kind: dataset, self._orphaned, device or None)

        self._thread = threading.Thread(target=train, daemon=True)
        self._thread.start()

    def news(self, control: bytes | None = None, leave: str = "", wait_s: float = 0.5) -> Parcel:
        """What came since the last time; waits for something to come.

        Args:
            control: new content of the run's control.json, if there is one.
            leave: "epoch" to leave at the end of the present epoch, "now" after this step.
            wait_s: seconds after which an empty parcel is given.
        """
        assert self._folder is not None  # it was begun
        if control is not None:
            write_atomic(self._folder / CONTROL, control)
        if leave == "epoch":
            self._orphaned.finishing.set()
        elif leave:
            self._orphaned.set()
        until = time.monotonic() + wait_s
        while True:
            state = "" if self._thread.is_alive() else self._state or "failed"
            parcel = self._outbox.pack(state)
            if parcel or time.monotonic() > until:
                break
            time.sleep(LOOK_S)
        if state:
            self._clear()
        return parcel

    def _clear(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


def _position(checkpoint: Path) -> int:
    """Bytes of the event log that a checkpoint vouches for; a damaged one is told by the run."""
    try:
        return int(read_tensors(checkpoint)["position"])
    except (CheckpointError, KeyError, TypeError, ValueError):
        return 0
