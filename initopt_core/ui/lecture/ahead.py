"""What the next scenes show is computed while one is shown: results are kept for all.

One scene at a time, each once, in a thread that goes on only while nobody waits for the server. A
failure is the log's: whoever comes to the scene is told what is wrong, as without this.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence

from initopt_core.cache import Recent
from initopt_core.lecture.scenes import LABORATORIES, Scene
from initopt_core.ui import address
from initopt_core.ui.server import operation, startup
from initopt_core.ui.server.compute import results

SCENES = 2
"""So many are made ready while one is shown."""
MOST_WAITING = 6
"""Scenes that may wait for it, of all lectures that are held."""
MOST_KNOWN = 100
"""Scenes that are taken for ready; what they computed is not kept for ever."""
REST_SECONDS = 0.4
"""For which the server has to be at rest before the next scene is begun: a browser draws."""
LOOK_SECONDS = 0.05
_log = logging.getLogger("initopt.lecture")


def busy() -> bool:
    """Whether somebody waits for this server."""
    asked = operation.LOAD.waiting()[0] or results().waiting()
    return bool(asked) or not startup.loaded()


def steps(scene: Scene) -> Iterable[None]:
    """Compute what the scene shows, a step at a time."""
    from initopt_core.ui.state import Reading

    from .fitting import laboratory

    lab, link = laboratory(scene.page), dict(scene.settings)
    with address.trying(lab.name, link):
        yield from lab.ahead(lab.read(Reading()))


class Ready:
    """Makes scenes ready.

    Args:
        steps: computes what a scene shows, a step at a time.
        busy: whether that has to wait.
    """

    def __init__(
        self,
        steps: Callable[[Scene], Iterable[None]] = steps,
        busy: Callable[[], bool] = busy,
    ) -> None:
        self._steps, self._busy = steps, busy
        self._lock = threading.Lock()
        self._known: Recent[tuple, bool] = Recent(MOST_KNOWN)
        self._wanted: list[Scene] = []
        self._thread: threading.Thread | None = None

    def wish(self, scenes: Sequence[Scene]) -> None:
        """Make these ready, the first one first, before what was wished for earlier; cheap where
        they are. Of too many that wait the oldest are left out."""
        with self._lock:
            new = [s for s in scenes if s.page in LABORATORIES and _of(s) not in self._known]
            older = [s for s in self._wanted if s not in new]
            self._wanted = [*new, *older][:MOST_WAITING]
            if self._wanted and self._thread is None:
                self._thread = threading.Thread(
                    target=self._work, name="initopt-ahead", daemon=True
                )
                self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Until nothing is left to do; whether that is so."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(seconds)
        return thread is None or not thread.is_alive()

    def _work(self) -> None:
        while True:
            self._give_way(REST_SECONDS)
            with self._lock:
                if not self._wanted:
                    self._thread = None
                    return
                scene = self._wanted.pop(0)
                if _of(scene) in self._known:
                    continue
                self._known.put(_of(scene), True)
            try:
                for _ in self._steps(scene):
                    self._give_way()
            except Exception:
                _log.warning("the scene %r was not made ready", scene.title, exc_info=True)

    def _give_way(self, rest: float = 0.0) -> None:
        """Until nobody waits for the server, and has not for so many seconds."""
        since = time.monotonic()
        while (waits := self._busy()) or time.monotonic() - since < rest:
            since = time.monotonic() if waits else since
            time.sleep(LOOK_SECONDS)


def _of(scene: Scene) -> tuple:
    """What it computes depends on this."""
    return scene.page, scene.settings


READY = Ready()
"""Of this server."""
