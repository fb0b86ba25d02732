"""Runs shared by servers that share no disk: each has its own folder and keeps it like a store.

Pages and workers read and write the folder, as they do without a store; what changed on either side
is carried to the other every few seconds. In the store a run is a folder of whole files and
`manifest.json`, which is put last: who trains it, a count that grows while he lives, and each
file's hash. No clock is compared: a run is another's while its count is seen to grow.

Who trains a run alone changes its files; everybody may change its name and what is wanted of it
(`SHARED`).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from initopt_core.paths import write_atomic
from initopt_core.registry import SettingError
from initopt_core.training.loop import CHECKPOINT

from .objects import Objects
from .store import (
    ACTIVE,
    ALIVE,
    CONFIG,
    CONTROL,
    EVENTS,
    PLACE,
    RUN_ID,
    STATUS,
    RunStore,
    is_file_of_run,
    stamp,
)

MANIFEST = "manifest.json"
SHARED = (CONTROL, CONFIG)
OWN = (ALIVE, PLACE)
"""What says something of this server alone."""
MARKER = ("store", "name")
"""Where a store says which it is: one that was emptied, or changed for another, is no reason to
delete what is here."""
REST = 20.0
"""Growing files are put at most for one part in so many of the time."""
SELDOM = 10
"""Of so many looks one asks for runs that are over and unchanged here."""
_log = logging.getLogger("initopt.training")


@dataclass
class _Known:
    """What is remembered of a run."""

    agreed: dict[str, str]
    count: Any = None  # of the manifest
    grew: float = 0.0  # when that was last seen to change
    hashes: dict[str, tuple[Any, str]] = field(default_factory=dict)  # name -> (stamp, hash)
    rested: float = 0.0  # when growing files may be put again
    over: bool = False


class Mirror:
    """Keeps the runs of a folder and of a store alike.

    Args:
        store: the folder, which no other server uses.
        far: the store, which all share.
        mine: ids of the runs that wait or train here.
        lost_s: seconds without a sign of life after which a run is nobody's.
    """

    def __init__(
        self,
        store: RunStore,
        far: Objects,
        mine: Callable[[], Collection[str]] = tuple,
        lost_s: float = 60.0,
    ) -> None:
        self.store, self.far, self.mine, self.lost_s = store, far, mine, lost_s
        self.me = _name(store.root / ".server")
        self._known: dict[str, _Known] = {}
        self._looks = self._count = 0
        self._where = ""
        self._lock = threading.Lock()
        self.problem = ""

    def sync(self, *, all_of_it: bool = False) -> None:
        """Carry over what changed on either side; what cannot be is tried again the next time.

        Args:
            all_of_it: also what has been put a moment ago.
        """
        try:
            self._recognise()
            there = {name for name in self.far.folders() if RUN_ID.fullmatch(name)}
            seldom = bool(self._looks % SELDOM) and not all_of_it
            for run_id in sorted(there | set(self.store.ids()) | set(self._known)):
                with contextlib.suppress(FileNotFoundError):  # deleted here at this moment
                    self.bring(run_id, all_of_it=all_of_it, seldom=seldom)
            self._looks += 1
            self._tell("")
        except Exception as problem:  # each store has its own; training goes on without it
            self._tell(f"{type(problem).__name__}: {problem}")

    def _recognise(self) -> None:
        """Ask the store for its name; what was agreed with another says nothing."""
        found = self.far.get(*MARKER)
        if found is None:
            found = secrets.token_hex(8).encode()
            self.far.put(*MARKER, found)
        with self._lock:
            if (name := _hash(found)[:8]) != self._where:
                self._where, self._known = name, {}

    def _agreed(self, folder: Path) -> Path:
        """Hashes of a run's files as they were when both sides last had the same."""
        return folder / f".agreed-{self._where}.json"

    def _tell(self, problem: str) -> None:
        if problem and problem != self.problem:
            _log.error("runs cannot be shared at present: %s", problem)
        self.problem = problem

    def bring(self, run_id: str, *, all_of_it: bool = False, seldom: bool = False) -> None:
        """Make one run alike on both sides.

        Args:
            seldom: leave it when it was over the last time and has not changed here.

        Raises:
            Exception: whatever the store raises.
        """
        with self._lock:
            folder = self.store.root / run_id
            known = self._known.setdefault(run_id, _Known(_read(self._agreed(folder))))
            known.rested = 0.0 if all_of_it else known.rested
            if folder.is_dir():
                here = self._hashes(folder, known)
                if not (seldom and known.over and here == known.agreed):
                    self._alike(run_id, folder, known, here)
            elif known.agreed:  # deleted here
                self.far.remove(run_id)
                del self._known[run_id]
            else:
                self._fetch(run_id, folder, known)

    def _alike(self, run_id: str, folder: Path, known: _Known, here: dict[str, str]) -> None:
        """Carry what changed of a run that is here."""
        mine, there = run_id in self.mine(), self._manifest(run_id)
        if there is None and known.agreed and not mine:  # deleted elsewhere
            shutil.rmtree(folder, ignore_errors=True)
            del self._known[run_id]
            return
        there = there or {"by": self.me, "count": 0, "state": "", "files": {}}
        held = self._held(known, there)
        if held:
            with contextlib.suppress(OSError, SettingError):
                self.store.show_life(run_id)
        changed = {n for n in {*here, *there["files"]} if here.get(n) != there["files"].get(n)}
        put = {n for n in changed if self._is_ours(n, here, there["files"], known, held, mine)}
        if time.monotonic() < known.rested and _state(folder) in ACTIVE:
            put -= set(_growing(put))
        if CHECKPOINT in put:  # with what it vouches for, which may have grown since it was hashed
            put |= set(_growing(here))
        for name in _checkpoint_first(changed - put):
            if name in there["files"] and not (mine and not held and name not in SHARED):
                self._pull(run_id, folder, name, known, held)
        if put or (mine and not held):
            self._put(run_id, folder, put, known, there, held)
        known.agreed |= {n: h for n, h in here.items() if there["files"].get(n) == h}
        known.over = _state(folder) not in ACTIVE
        _write(self._agreed(folder), known.agreed)

    @staticmethod
    def _is_ours(
        name: str,
        here: dict[str, str],
        there: dict[str, str],
        known: _Known,
        held: bool,
        mine: bool,
    ) -> bool:
        """Whether this side's content of a file that differs is the one to keep."""
        if name not in here or (held and name not in SHARED):
            return False
        if mine and name not in SHARED:
            return True
        before = known.agreed.get(name)
        return name not in there or there[name] == before or (mine and here[name] != before)

    def _held(self, known: _Known, there: dict[str, Any]) -> bool:
        """Whether another server, which lives, trains the run or has it in its queue."""
        now, count = time.monotonic(), (there["by"], there["count"])
        if count != known.count:
            known.count, known.grew = count, now
        return (
            there["by"] != self.me and there["state"] in ACTIVE and now - known.grew < self.lost_s
        )

    def _put(
        self,
        run_id: str,
        folder: Path,
        names: set[str],
        known: _Known,
        there: dict[str, Any],
        held: bool,
    ) -> None:
        """Put files, then the manifest that tells of them."""
        began = time.monotonic()
        contents = {}
        for name in _checkpoint_first(names):
            with contextlib.suppress(FileNotFoundError):
                contents[name] = (folder / name).read_bytes()
        for name, content in reversed(contents.items()):
            self.far.put(run_id, name, content)
            known.agreed[name] = there["files"][name] = _hash(content)
        if any(_growing(contents)):
            known.rested = time.monotonic() + REST * (time.monotonic() - began)
        if not held:
            self._count += 1
            there |= {"by": self.me, "count": self._count, "state": _state(folder)}
            known.count = (self.me, self._count)
        self.far.put(run_id, MANIFEST, json.dumps(there).encode())

    def _pull(self, run_id: str, folder: Path, name: str, known: _Known, held: bool) -> None:
        """Take over a file; the large one only when it may be needed here."""
        if held and name == CHECKPOINT:
            return
        if not is_file_of_run(name) or name in OWN:
            return
        content = self.far.get(run_id, name)
        if content is not None:
            write_atomic(folder / name, content)
            known.agreed[name] = _hash(content)

    def _fetch(self, run_id: str, folder: Path, known: _Known) -> None:
        """Take over a run that is not here; it appears when it is whole."""
        there = self._manifest(run_id)
        if there is None:
            self._known.pop(run_id, None)
            return
        part = folder.with_name(f".{run_id}-{secrets.token_hex(3)}")
        part.mkdir(parents=True)
        try:
            held = self._held(known, there)
            for name in _checkpoint_first(there["files"]):
                self._pull(run_id, part, name, known, held)
            (part / CONFIG).stat()  # else it is being deleted
            if held:
                (part / ALIVE).touch()
            _write(self._agreed(part), known.agreed)
            os.replace(part, folder)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            self._known.pop(run_id, None)
            raise

    def _hashes(self, folder: Path, known: _Known) -> dict[str, str]:
        """Of each file that is shared: computed anew only when the file has changed."""
        found = {}
        for path in folder.iterdir():
            mark = stamp(path)
            if path.name.startswith(".") or path.name in OWN or mark is None or path.is_dir():
                continue
            if known.hashes.get(path.name, (None,))[0] != mark:
                with contextlib.suppress(OSError):
                    known.hashes[path.name] = (mark, _hash(path.read_bytes()))
            if path.name in known.hashes:
                found[path.name] = known.hashes[path.name][1]
        return found

    def _manifest(self, run_id: str) -> dict[str, Any] | None:
        """What the store says of a run; None when it is not there, or not whole yet."""
        content = self.far.get(run_id, MANIFEST)
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
            plain = json.loads(content or b"")
            files = {str(name): str(digest) for name, digest in plain["files"].items()}
            return {k: plain[k] for k in ("by", "count", "state")} | {"files": files}
        return None


def _growing(names: Collection[str]) -> list[str]:
    """Those that grow, or are large, while a run trains; they are put together."""
    return [n for n in names if n in (EVENTS, CHECKPOINT) or n.endswith((".tar", "_results.json"))]


def _checkpoint_first(names: Collection[str]) -> list[str]:
    """In the order in which files are read: a checkpoint vouches for events and models, so it is
    read before them and written after them."""
    return sorted(names, key=lambda name: (name != CHECKPOINT, name))


def _hash(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _state(folder: Path) -> str:
    return str(_read(folder / STATUS).get("state", ""))


def _read(path: Path) -> dict[str, str]:
    with contextlib.suppress(OSError, ValueError):
        found = json.loads(path.read_bytes())
        return found if isinstance(found, dict) else {}
    return {}


def _write(path: Path, plain: dict[str, str]) -> None:
    if _read(path) != plain:
        with contextlib.suppress(OSError):
            write_atomic(path, json.dumps(plain).encode())


def _name(path: Path) -> str:
    """This server's name, the same after a restart."""
    with contextlib.suppress(OSError, UnicodeError):
        if found := path.read_text(encoding="ascii").strip():
            return found
    made = secrets.token_hex(8)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, made.encode())
    return made
