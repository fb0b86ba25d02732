"""What trains a run: the boundary behind which a process of this computer, or a cluster, stands."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO, Any, Protocol

from initopt_core.paths import ROOT

READY = "ready"
"""First line of a worker that can train; one that cannot says why instead."""
FINISH = "finish"
"""Line that asks a worker to leave at the end of the present epoch."""


class Runner(Protocol):
    """Trains the run of a folder; everything else between them is files in that folder."""

    def start(self) -> bool:
        """Make ready; whether it is."""
        ...

    def running(self) -> bool:
        """Whether it is ready to train, or trains."""
        ...

    def train(self, folder: Path) -> str:
        """Train until the run has ended; "" when that was cut short, else its final state."""
        ...

    def death(self) -> str:
        """After "", or when it could not be made ready: why, in words."""
        ...

    def finish(self) -> None:
        """Let what trains now come to the end of its epoch, and no further."""
        ...

    def end(self, patience: float = 20.0) -> None:
        """Give everything back; what trains leaves after its step."""
        ...


class LocalRunner:
    """One worker process, started ahead of need: a run's first step comes at once.

    Args:
        data_folder: where the full Fashion-MNIST lies; "" to let the worker look.
        warm: data that an idle worker holds ready: "full", "sample" or "".
        device: device name, "" for the best.
    """

    def __init__(self, data_folder: str = "", warm: str = "", device: str = "") -> None:
        self.process: subprocess.Popen[str] | None = None
        self._code, self._said = 0, ""
        self._command = [sys.executable, "-m", "initopt_core.training.runs.worker", "--serve"]
        for option, value in (("--data", data_folder), ("--warm", warm), ("--device", device)):
            if value:
                self._command += [option, value]

    def start(self) -> bool:
        options: dict[str, Any] = {}
        if os.name == "nt":
            options["creationflags"] = subprocess.BELOW_NORMAL_PRIORITY_CLASS
        else:
            options["start_new_session"] = True  # Ctrl-C in the terminal is the server's affair
        paths = (str(ROOT), os.environ.get("PYTHONPATH"))
        process = self.process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)},
            **options,
        )
        said = pipes(process)[1].readline().strip()
        self._said = "" if said == READY else said
        if said == READY:
            return True
        self._code = process.wait()
        return False

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def train(self, folder: Path) -> str:
        process = self.process
        if process is None:  # it was ended in between
            return ""
        try:
            say(process, str(folder))
            answer = pipes(process)[1].readline()
        except (OSError, ValueError):
            answer = ""
        if not answer:
            self._code = process.wait()
        return answer.strip()

    def death(self) -> str:
        return self._said or death(self._code)

    def finish(self) -> None:
        process = self.process
        if process is not None and process.poll() is None:
            with contextlib.suppress(OSError, ValueError):
                say(process, FINISH)

    def end(self, patience: float = 20.0) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            # It finishes its step, or with `finish` its epoch, and leaves.
            pipes(process)[0].close()
        try:
            process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._ended(process)

    def _ended(self, process: subprocess.Popen[str]) -> None:
        """No more answers are wanted."""
        pipes(process)[1].close()


def say(process: subprocess.Popen[str], line: str) -> None:
    """A line to a worker. Raises OSError or ValueError when it does not read any more."""
    ask, _ = pipes(process)
    ask.write(f"{line}\n")
    ask.flush()


def pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    """What a worker reads and what it writes."""
    assert process.stdin is not None and process.stdout is not None  # it was begun with both
    return process.stdin, process.stdout


def death(code: int) -> str:
    """Why a worker is gone, in words."""
    if code < 0:
        name = signal.Signals(-code).name
        cause = " Perhaps the memory was full." if name == "SIGKILL" else ""
        return f"The training process was ended ({name}).{cause} Finished epochs are kept."
    return f"The training process ended by itself (code {code}). Finished epochs are kept."
