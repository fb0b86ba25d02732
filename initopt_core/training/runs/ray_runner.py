"""Trains on a Ray cluster, several runs at one time, through one process (`ray_driver`)."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
from pathlib import Path

from .runner import LocalRunner, pipes, say


class RayRunner(LocalRunner):
    """The server's end of `ray_driver`. `train` may be called from several threads.

    Args:
        address: of the cluster: "auto", "local", HOST:PORT or ray://HOST:PORT.
        cpus: cores that each task takes.
        gpus: share of a GPU that each task takes; None for a quarter where there are any.
        tasks: how many run at one time.
        data_folder: where the full Fashion-MNIST lies on this computer; the cluster needs none.
        device: device name on the cluster, "" for the best that Ray gives.
    """

    def __init__(
        self,
        address: str,
        cpus: float = 1.0,
        gpus: float | None = None,
        tasks: int = 8,
        data_folder: str = "",
        device: str = "",
    ) -> None:
        super().__init__()
        self._command = [sys.executable, "-m", "initopt_core.training.runs.ray_driver"]
        self._command += ["--address", address, "--cpus", f"{cpus:g}", "--tasks", str(tasks)]
        for option, value in (("--data", data_folder), ("--device", device)):
            self._command += [option, value] if value else []
        self._command += ["--gpus", f"{gpus:g}"] if gpus is not None else []
        self._waiting: dict[str, queue.SimpleQueue[str]] = {}
        self._lock = threading.Lock()
        self._listener: threading.Thread | None = None

    def start(self) -> bool:
        if not super().start() or self.process is None:
            return False
        self._listener = threading.Thread(target=self._listen, args=(self.process,), daemon=True)
        self._listener.start()
        return True

    def _listen(self, process: subprocess.Popen[str]) -> None:
        """Hand each answer to whoever waits for it; nothing to all when no more can come."""
        for line in pipes(process)[1]:
            state, _, folder = line.strip().partition(" ")
            self._answer(folder, state)
        self._code = process.wait()
        for folder in list(self._waiting):
            self._answer(folder, "")

    def _answer(self, folder: str, state: str) -> None:
        with self._lock:
            waiting = self._waiting.pop(folder, None)
        if waiting is not None:
            waiting.put(state)

    def death(self) -> str:
        return self._said or (
            "The link to the cluster was lost. Finished epochs are kept: resume the run when the "
            "cluster is back."
        )

    def train(self, folder: Path) -> str:
        process, answer = self.process, queue.SimpleQueue()
        with self._lock:
            if process is None or self._listener is None:
                return ""
            self._waiting[str(folder)] = answer
            try:
                say(process, str(folder))
            except (OSError, ValueError):
                answer.put("")
        if not self._listener.is_alive():  # it may have ended before this run was known to it
            self._answer(str(folder), "")
        return answer.get()

    def _ended(self, process: subprocess.Popen[str]) -> None:
        if self._listener is not None:  # it reads the last answers, and that none comes any more
            self._listener.join(timeout=5.0)
