"""Clips are made one after the other in a thread that gives way to all who look at pages."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from initopt_core.figures.clips.clip import Clip
from initopt_core.figures.clips.encode import Cancelled, clip_bytes
from initopt_core.figures.clips.options import ClipOptions
from initopt_core.reading import SettingError

from . import logs

MOST_WAITING = 12
"""Clips that may wait at one time on this server."""
NICENESS = 10


@dataclass
class Job:
    """A clip that is being made.

    Attributes:
        options: how it is made.
        done, all: frames.
        data: the file, once it is there.
        problem: why there is none; empty while all is well.
    """

    options: ClipOptions
    done: int = 0
    all: int = 0
    data: bytes | None = None
    problem: str = ""
    _stop: threading.Event = field(default_factory=threading.Event)

    @property
    def running(self) -> bool:
        """Whether it is waiting or being made."""
        return self.data is None and not self.problem

    @property
    def share(self) -> float:
        """Of its frames, 0 to 1."""
        return self.done / self.all if self.all else 0.0

    def cancel(self) -> None:
        """Make no further frame."""
        self._stop.set()
        if self.running:
            self.problem = "Cancelled; nothing was kept."

    def cancelled(self) -> bool:
        return self._stop.is_set()


def begin(make: Callable[[], Clip], options: ClipOptions) -> Job:
    """Make a clip in its turn.

    Raises:
        SettingError: when too many wait already.
    """
    global _waiting
    with _lock:
        if _waiting >= MOST_WAITING:
            raise SettingError("Many clips are being made at the moment; try again in a minute.")
        _waiting += 1
    job = Job(options)
    _pool.submit(_work, job, make)
    return job


def _work(job: Job, make: Callable[[], Clip]) -> None:
    global _waiting

    def progress(done: int, frames: int) -> None:
        job.done, job.all = done, frames

    try:
        if not job.cancelled():
            job.data = clip_bytes(make(), job.options, progress, job.cancelled)
    except Cancelled:
        pass  # said by `cancel`
    except SettingError as problem:
        job.problem = str(problem)
    except Exception:
        job.problem = f"The clip could not be made (error {logs.unforeseen('a clip')})."
    finally:
        with _lock:
            _waiting -= 1


def _give_way() -> None:
    """This thread alone; where threads have no priority of their own, it has the usual one."""
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


_lock = threading.Lock()
_waiting = 0
_pool = ThreadPoolExecutor(1, "initopt-clip", initializer=_give_way)
