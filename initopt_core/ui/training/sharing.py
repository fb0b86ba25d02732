"""Pictures that many threads want at once: made by one of them, shared by all."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast

Picture = TypeVar("Picture")


@dataclass
class _Place(Generic[Picture]):
    """The last picture of one kind, when it was begun, and who draws the next."""

    begun: float = -math.inf
    last: Picture | None = None
    busy: threading.Lock = field(default_factory=threading.Lock)


class Shared(Generic[Picture]):
    """The last picture of each key; those that nobody has asked for in `kept` seconds are dropped.

    While one thread draws a picture, others make do with the last one, where they may, or wait and
    take the one that was begun since they asked: so at most one thread draws, and at most one more
    picture is drawn for all who wait.
    """

    def __init__(self, kept: float = 60.0) -> None:
        self._kept = kept
        self._lock = threading.Lock()
        self._places: dict[Hashable, _Place[Picture]] = {}

    def get(
        self, key: Hashable, draw: Callable[[Picture | None], Picture], age: float = 0.0
    ) -> Picture:
        """The picture of now, or one that was begun at most `age` seconds ago.

        Args:
            draw: makes it, from the last one if there is one.
        """
        asked = time.monotonic()
        with self._lock:
            place = self._places.setdefault(key, _Place())
        if asked - place.begun <= age:
            return cast(Picture, place.last)  # it has begun, so there is one
        free = place.busy.acquire(blocking=False)
        if not free and age and place.begun > -math.inf:
            return cast(Picture, place.last)
        if not free:
            place.busy.acquire()
        try:
            if place.begun >= asked:  # by another thread since this one asked
                return cast(Picture, place.last)
            begun = time.monotonic()
            picture = place.last = draw(place.last)
            place.begun = begun
            self._forget(begun)
            return picture
        finally:
            place.busy.release()

    def _forget(self, now: float) -> None:
        with self._lock:
            for key in [k for k, p in self._places.items() if now - p.begun > self._kept]:
                if not self._places[key].busy.locked():
                    del self._places[key]
