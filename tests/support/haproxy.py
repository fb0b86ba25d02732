"""HAProxy on the loopback before two servers, with the configuration that is shipped."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.support.server import ROOT, Server, free_port

HAPROXY = shutil.which("haproxy", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def status(url: str) -> int:
    """What an address answers; 0 if it does not."""
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:
            return answer.status
    except urllib.error.HTTPError as problem:
        return problem.code
    except OSError:
        return 0


def wait_for(url: str, seconds: float) -> None:
    """Until it answers 200, or for so long."""
    until = time.monotonic() + seconds
    while status(url) != 200 and time.monotonic() < until:
        time.sleep(0.1)


@contextlib.contextmanager
def before(servers: Sequence[Server], log: Path) -> Iterator[str]:
    """The proxy's address, for the length of the block; `servers` are two, and ready."""
    port = free_port()
    one, two = (server.url.removeprefix("http://") for server in servers)
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(HAPROXY), "-db", "-f", str(ROOT / ".deploy" / "haproxy.cfg")],
            env={"BIND": "127.0.0.1", "PORT": str(port), "APP1": one, "APP2": two},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", 30)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(10)
