"""Where own lectures lie: one small file each, named so that a link can open it."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from initopt_core.paths import write_atomic
from initopt_core.reading import SettingError

from . import files
from .scenes import Lecture, is_name, name_of

MAX_LECTURES = 500
"""On one server; the one that was changed longest ago makes room."""
MAX_OWN = 50
"""Of one owner, so that nobody pushes out those of others alone."""


@dataclass(frozen=True)
class Kept:
    """A lecture on the shelf; `owner` is the visitor who may change it."""

    lecture: Lecture
    owner: str


@lru_cache(maxsize=MAX_LECTURES)
def _read(path: Path, stamp: tuple[int, ...]) -> Kept | None:
    """The file as it was with this `stamp`; a page looks through all in each of its runs."""
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
        lecture, _problems = files.read(whole["text"])
        return Kept(replace(lecture, name=path.stem), whole["owner"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


class Shelf:
    """The lectures of one folder.

    Args:
        folder: made when it is first needed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, lecture: Lecture, owner: str) -> Lecture:
        """Write it, under its name if it is this owner's, else under a new one that nobody guesses.

        Raises:
            SettingError: where nothing can be written, or one too many would be.
        """
        found = self.find(lecture.name)
        if found is None or found.owner != owner:
            if len(self.of(owner)) >= MAX_OWN:
                raise SettingError(
                    f"{MAX_OWN} lectures of yours are kept on this server; download this one, or "
                    "change an older one instead."
                )
            fresh = f"{name_of(lecture.title)}-{secrets.token_hex(4)}"
            lecture = replace(lecture, name=fresh)
        whole = {"owner": owner, "text": files.text_of(lecture)}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_atomic(self._path(lecture.name), json.dumps(whole).encode())
        except OSError as problem:
            why = os.strerror(problem.errno) if problem.errno else str(problem)
            raise SettingError(
                f"The lecture could not be kept on the server ({why}); download it instead."
            ) from None
        self._tidy()
        return lecture

    def find(self, name: str) -> Kept | None:
        """The lecture of this name, or None."""
        if not is_name(name):
            return None
        path = self._path(name)
        try:
            now = path.stat()
        except OSError:
            return None
        return _read(path, (now.st_mtime_ns, now.st_ino, now.st_size))

    def of(self, owner: str) -> list[Lecture]:
        """What this owner keeps, the newest first."""
        found = (self.find(path.stem) for path in self._paths())
        return [kept.lecture for kept in found if kept is not None and kept.owner == owner]

    def _paths(self) -> list[Path]:
        times = {}
        with contextlib.suppress(OSError):
            for path in self.folder.glob("*.json"):
                with contextlib.suppress(OSError):
                    times[path] = path.stat().st_mtime
        return sorted(times, key=lambda path: -times[path])

    def _tidy(self) -> None:
        for path in self._paths()[MAX_LECTURES:]:
            with contextlib.suppress(OSError):
                path.unlink()

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"
