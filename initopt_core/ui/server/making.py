"""Files that take a while, made one after the other in threads that give way to all who look at
pages: clips in one line, figures taken together in another."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from initopt_core.cache import Crowded, Recent
from initopt_core.reading import SettingError

from . import logs

MOST_WAITING = 12
"""Files that may wait at one time in a line."""
MOST_KEPT = 4
"""Finished files of a line that are kept for whoever asks for the same."""
NICENESS = 10
SURE = 3
"""Pieces after which something is said about the time left, and seconds."""


class Cancelled(Exception):
    """Nobody wants the file any more."""


@dataclass
class Job:
    """A file that is being made.

    Attributes:
        file, mime: its name and its type.
        piece: what is counted, such as "Frame".
        done, all: pieces; now: the one that is being made, in words.
        data: the file, once it is there.
        problem: why there is none; empty while all is well.
    """

    file: str
    mime: str
    piece: str
    done: int = 0
    all: int = 0
    now: str = ""
    data: bytes | None = None
    problem: str = ""
    _begun: float = 0.0
    _took: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)

    @property
    def running(self) -> bool:
        """Whether it is waiting or being made."""
        return self.data is None and not self.problem

    @property
    def share(self) -> float:
        """Of its pieces, 0 to 1."""
        return self.done / self.all if self.all else 0.0

    @property
    def seconds_left(self) -> float | None:
        """By the pace so far; None before there is one."""
        if self.done < SURE or self._took < SURE:
            return None
        whole = self._took * self.all / self.done
        return max(0.0, self._begun + whole - time.monotonic())

    def step(self, done: int, all: int, now: str = "") -> None:
        """Say how far it is, from its thread.

        Raises:
            Cancelled: when nobody wants it any more.
        """
        if self.cancelled():
            raise Cancelled
        self.done, self.all, self.now = done, all, now
        self._took = time.monotonic() - self._begun

    def cancel(self) -> None:
        """Make no further piece."""
        self._stop.set()
        if self.running:
            self.problem = "Cancelled; nothing was kept."

    def cancelled(self) -> bool:
        return self._stop.is_set()


Make = Callable[[Job], bytes]
"""Makes the file; calls the job's `step` before each piece, or after it."""


class Line:
    """Jobs that are done one after the other.

    Args:
        name: of its thread.
    """

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(1, name, initializer=_give_way)
        self._lock = threading.Lock()
        self._jobs: list[Job] = []
        self._kept: Recent[Hashable, bytes] = Recent(MOST_KEPT)

    def begin(self, make: Make, job: Job, keep: Hashable = None) -> Job:
        """Have the file made in its turn; the job says how far it is, and what is in the way.

        Args:
            keep: names the file among the newest that are kept for others; None keeps none.
        """
        with self._lock:
            job.data = self._kept.get(keep) if keep is not None else None
            if job.data is None and len(self._jobs) >= MOST_WAITING:
                job.problem = "Many files are being made at the moment; try again in a minute."
            if not job.running:
                return job
            self._jobs.append(job)
        self._pool.submit(self._work, make, job, keep)
        return job

    def ahead(self, job: Job) -> int:
        """How many are made before it."""
        with self._lock:
            before = self._jobs[: self._jobs.index(job)] if job in self._jobs else []
            return sum(one.running for one in before)

    def wait(self, seconds: float) -> None:
        """Until all that have begun have ended."""
        self._pool.submit(lambda: None).result(seconds)

    def _work(self, make: Make, job: Job, keep: Hashable) -> None:
        try:
            with self._lock:
                made = self._kept.get(keep) if keep is not None else None
            if not job.cancelled():
                job._begun = time.monotonic()
                job.data = made or make(job)
                with self._lock:
                    if keep is not None:
                        self._kept.put(keep, job.data)
        except Cancelled:
            pass  # said by `cancel`
        except SettingError as problem:
            job.problem = job.problem or str(problem)
        except Crowded:
            job.problem = "Very many are here and want something computed; try again in a minute."
        except Exception:
            job.problem = f"The file could not be made (error {logs.unforeseen('a file')})."
        finally:
            with self._lock:
                self._jobs = [one for one in self._jobs if one is not job]


def _give_way() -> None:
    """This thread alone; where threads have no priority of their own, it has the usual one."""
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


clips, together = Line("initopt-clip"), Line("initopt-together")
