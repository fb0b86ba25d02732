"""Run a Streamlit app for a test: free loopback port, its own folders, its log kept."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class Server:
    """A running app: `url`, `home` (its user's folder), and `log` (path of what it printed)."""

    def __init__(self, script: str | Path, home: Path, env: dict[str, str] | None = None) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.home = home
        self.log = home / "streamlit.log"
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        command = [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            str(script),
            "--server.port",
            str(port),
            "--server.address",
            "127.0.0.1",
            "--server.headless",
            "true",
            "--browser.gatherUsageStats",
            "false",
        ]
        self._out = self.log.open("wb")
        # The project root: its .streamlit/config.toml holds the settings that are tested too.
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=self._out,
            stderr=subprocess.STDOUT,
            env={**os.environ, "INITOPT_HOME": str(home), **(env or {})},
            start_new_session=True,
        )

    def wait(self, seconds: float = 90) -> None:
        """Until the server is healthy.

        Raises:
            RuntimeError: when it ends or does not answer in time, with the end of its log.
        """
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.process.poll() is None:
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2) as answer,
            ):
                if answer.status == 200:
                    return
            time.sleep(0.1)
        raise RuntimeError(f"the app did not start:\n{self.tail()}")

    def tail(self, characters: int = 4000) -> str:
        return self.log.read_text(errors="replace")[-characters:] if self.log.exists() else ""

    def stop(self) -> None:
        """End the app and what it started."""
        for sig in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is not None:
                break
            with contextlib.suppress(ProcessLookupError):
                if hasattr(os, "killpg"):
                    os.killpg(self.process.pid, sig)
                else:
                    self.process.send_signal(sig)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(5)
        self._out.close()


@contextlib.contextmanager
def serving(script: str | Path, home: Path, env: dict[str, str] | None = None) -> Iterator[Server]:
    """The app, healthy, for the length of the block."""
    server = Server(script, home, env)
    try:
        server.wait()
        yield server
    finally:
        server.stop()
