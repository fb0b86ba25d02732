"""What a run's folder gained on one machine, packed there and put into its folder on another.

The folder that pages read has one writer, whoever trains: a machine that was given up may go on
and its parcels are never asked for, so that it spoils nothing.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from initopt_core.paths import write_atomic
from initopt_core.training.loop import CHECKPOINT

from .store import ALIVE, CONFIG, CONTROL, EVENTS, STATUS, is_file_of_run, stamp

GIVEN = (CONFIG, CONTROL, CHECKPOINT)
"""What a machine needs to begin, or to go on with, a run."""
KEPT = (EVENTS, CONFIG, CONTROL, ALIVE)
"""What never travels as a whole file from the machine that trains."""


@dataclass(frozen=True)
class Parcel:
    """What is new.

    Attributes:
        events: whole lines of the event log, which belong at the byte `at`; what the log holds
            from there on is of an epoch that was begun and lost.
        files: name -> content; each was read no earlier than those before it.
        state: the run's final state, "" while it trains.
    """

    at: int
    events: bytes
    files: dict[str, bytes]
    state: str = ""

    def __bool__(self) -> bool:
        return bool(self.events or self.files or self.state)


class Outbox:
    """Finds what is new in a folder that one thread of this process writes.

    Args:
        at: bytes of the event log that are known already.
    """

    def __init__(self, folder: Path, at: int = 0) -> None:
        self.folder, self._at = folder, at
        self._seen = {path.name: stamp(path) for path in folder.iterdir()}

    def pack(self, state: str = "") -> Parcel:
        """All that is new. `state` is asked for before, so that a final parcel lacks nothing."""
        # A checkpoint vouches for models and events, so those are read after it.
        first = (STATUS, CHECKPOINT)
        names = [p.name for p in self.folder.iterdir()]
        files = {}
        for name in (*first, *sorted(set(names) - set(first))):
            mark = stamp(self.folder / name)
            if name in KEPT or name.startswith(".") or mark in (None, self._seen.get(name)):
                continue
            with contextlib.suppress(FileNotFoundError):
                files[name] = (self.folder / name).read_bytes()
                self._seen[name] = mark
        return Parcel(self._at, self._lines(), files, state)

    def _lines(self) -> bytes:
        try:
            with open(self.folder / EVENTS, "rb") as stream:
                stream.seek(self._at)
                new = stream.read()
        except FileNotFoundError:
            return b""
        new = new[: new.rfind(b"\n") + 1]
        self._at += len(new)
        return new


def given(folder: Path) -> dict[str, bytes]:
    """Files of a run that a machine needs to begin or go on with it."""
    found = {}
    for name in GIVEN:
        with contextlib.suppress(FileNotFoundError):
            found[name] = (folder / name).read_bytes()
    return found


def unpack(folder: Path, parcel: Parcel) -> None:
    """Put a parcel into the run's folder; whatever happens between, it can be resumed.

    Raises:
        OSError: when the folder cannot be written.
        ValueError: for a name that is no plain file's.
    """
    if parcel.events:
        with open(folder / EVENTS, "ab", buffering=0) as stream:
            stream.truncate(parcel.at)
            stream.write(parcel.events)
    for name, content in reversed(parcel.files.items()):  # the checkpoint after all it vouches for
        if not is_file_of_run(name):
            raise ValueError(f"{name!r} is no file of a run")
        write_atomic(folder / name, content)
