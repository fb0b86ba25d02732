"""One server under load, or two behind HAProxy."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.support import haproxy, server


@contextlib.contextmanager
def hall(
    script: Path, count: int, more: dict[str, str] | None = None
) -> Iterator[tuple[list[server.Server], str]]:
    """So many servers, and where visitors go.

    Args:
        more: of their environment.
    """
    home = Path(tempfile.mkdtemp(prefix="initopt-load-"))
    env = {"PYTHONPATH": str(server.ROOT), "INITOPT_HOME": str(home), "INITOPT_SECRET": "s" * 40}
    with contextlib.ExitStack() as all_of_them:
        enter = all_of_them.enter_context
        env |= more or {}
        servers = [enter(server.serving(script, home / str(i), env)) for i in range(count)]
        if count == 1:
            yield servers, servers[0].url
            return
        for one in servers:
            haproxy.wait_for(f"{one.url}/readyz", 180)
        yield servers, enter(haproxy.before(servers, home / "haproxy.log"))
