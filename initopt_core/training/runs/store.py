"""Runs on disk: one folder each, named by the program alone.

RUN/config.json    what is trained, its name, when it was asked for
RUN/status.json    its state and how it came to it
RUN/control.json   what the watcher wants: pause, stop, new rates
RUN/events.jsonl   everything that happened, a line each
RUN/owner          name of the visitor who started it; absent for the person at this computer
RUN/place          machine and process of a cluster that train it or trained it last
RUN/alive          touched every second by the worker that trains it
RUN/NAME.config, NAME.tar, NAME_results.json   best epoch of each racer, the tutorial's format
RUN/last.ckpt      all that is needed to go on

Longer than other files: whatever touches these files does it here.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import secrets
import shutil
import sys
import time
import zipfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.request import url2pathname

from filelock import FileLock, Timeout

from initopt_core.paths import home_folder
from initopt_core.reading import shown
from initopt_core.registry import SettingError
from initopt_core.settings import server_settings
from initopt_core.training.checkpoints import CheckpointError, read_json, write_json
from initopt_core.training.config import TrainConfig
from initopt_core.training.control import Control
from initopt_core.training.differences import own_name
from initopt_core.training.loop import CHECKPOINT

from .tidying import Kept, to_remove

RUN_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6}")
STATES = ("queued", "running", "paused", "done", "stopped", "interrupted", "failed")
ACTIVE = ("queued", "running", "paused")
ASK_S = 5.0  # longest wait for another server that makes a run
SILENT_S = 5.0  # a run whose worker has not shown itself for so long has none
MAX_NAME = 80
CONFIG, STATUS, CONTROL, EVENTS = "config.json", "status.json", "control.json", "events.jsonl"
ALIVE, OWNER, PLACE = "alive", "owner", "place"
INTERRUPTED = "The program ended while this run was training. It can be resumed."
NOT_BEGUN = "The program ended before this run began. Resume lets it begin."
_NO_ROOM = (
    "This run cannot be kept ({}). Delete runs that are not needed, or make room on the server's "
    "disk."
)
UNSHARED = (CHECKPOINT, ALIVE, CONTROL, OWNER, PLACE)
"""Files of a run that its export leaves out."""
FILE = "file://"
YEAR_3000 = 32_503_680_000  # seconds since 1970; clocks read nothing much later


def runs_folder() -> Path:
    """The folder that INITOPT_RUNS names, else INITOPT_HOME/runs, or the user's data folder."""
    address = server_settings().runs
    if address.startswith(FILE):
        return Path(url2pathname(address.removeprefix(FILE)))
    return home_folder() / "runs"


def shared_store() -> str:
    """Address of the store that INITOPT_RUNS names, of which the folder is a copy; "" for none."""
    address = server_settings().runs
    return "" if address.startswith(FILE) else address


@dataclass(frozen=True)
class RunInfo:
    """What the list of runs shows.

    Attributes:
        id: folder name, also in links.
        name: the user's.
        state: one of STATES.
        reason: a sentence when it failed or was interrupted.
        created: seconds since 1970.
        owner: name of the visitor who may change it; "" for the person at this computer.
    """

    id: str
    name: str
    config: TrainConfig
    state: str
    reason: str
    created: float
    fingerprint: str
    owner: str = ""


@dataclass(frozen=True)
class BrokenRun:
    """A folder among the runs that cannot be read.

    Attributes:
        id: folder name.
        problem: a sentence that says why.
    """

    id: str
    problem: str


class RunStore:
    """The runs of one folder. Ids from links are checked before they touch a path."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = Path(root or runs_folder())
        self._infos: dict[str, tuple[tuple, RunInfo]] = {}
        self._unwritten: dict[str, tuple[str, str]] = {}
        """State and reason of runs whose folder could not take them, on a full disk."""

    def path(self, run_id: str) -> Path:
        """The folder of a run.

        Raises:
            SettingError: for an id that is not one of ours, or a run that is not there.
        """
        if not isinstance(run_id, str) or not RUN_ID.fullmatch(run_id):
            raise SettingError("This link does not name a training run.")
        path = self.root / run_id
        if not path.is_dir():
            raise SettingError("This training run is not here any more.")
        return path

    def create(
        self,
        config: TrainConfig,
        name: str = "",
        *,
        state: str = "queued",
        fingerprint: str | None = None,
        fill: Callable[[Path], None] = lambda path: None,
        owner: str = "",
    ) -> str:
        """A new run; its id.

        Args:
            name: the user's; a description of the configuration when empty.
            state: what it starts as.
            fingerprint: the configuration's own unless given; "" is like no other run.
            fill: puts further files into the folder before the run appears in the list.
            owner: the visitor's name.

        Raises:
            SettingError: when the disk is full or the folder cannot be written.
        """
        try:
            return self._create(config, name, state, fingerprint, fill, owner)
        except OSError as problem:
            raise SettingError(_NO_ROOM.format(problem.strerror)) from problem

    def _create(
        self,
        config: TrainConfig,
        name: str,
        state: str,
        fingerprint: str | None,
        fill: Callable[[Path], None],
        owner: str,
    ) -> str:
        """As `create`; what was begun is taken away again when it fails."""
        run_id = f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"
        part = self.root / f".{run_id}"
        try:
            part.mkdir(parents=True)
            write_json(
                part / CONFIG,
                {
                    "name": clean_name(name) or describe(config),
                    "created": time.time(),
                    "fingerprint": config.fingerprint() if fingerprint is None else fingerprint,
                    "config": config.as_dict(),
                },
            )
            write_status(part, state)
            if state in ACTIVE:  # somebody's, before any queue has it
                (part / ALIVE).touch()
            if owner:
                (part / OWNER).write_text(owner, encoding="utf-8")
            fill(part)
            os.replace(part, self.root / run_id)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
        return run_id

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """While no other server of this folder looks for a run and makes one; where the folder
        knows no locks, or one is held for long, without that."""
        lock = FileLock(self.root / ".asking", timeout=ASK_S)
        with contextlib.suppress(OSError, Timeout, NotImplementedError):
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def owner(self, run_id: str) -> str:
        """The name of the visitor who started a run, readable or not; "" for nobody's."""
        try:
            return (self.path(run_id) / OWNER).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError):
            return ""

    def info(self, run_id: str) -> RunInfo:
        """What is known of a run.

        Raises:
            SettingError: when it is not there or its configuration cannot be read.
        """
        path = self.path(run_id)
        # Pages ask several times a second for what changes a few times in a run.
        stamps = tuple(stamp(path / name) for name in (CONFIG, STATUS))
        kept = self._infos.get(run_id)
        if kept and kept[0] == stamps:
            return self._as_known(kept[1])
        info = self._read_info(run_id, path)
        self._infos[run_id] = (stamps, info)
        return self._as_known(info)

    def _as_known(self, info: RunInfo) -> RunInfo:
        """With the state that could not be written, if there is one."""
        if (known := self._unwritten.get(info.id)) is None:
            return info
        return replace(info, state=known[0], reason=known[1])

    def _read_info(self, run_id: str, path: Path) -> RunInfo:
        try:
            head = _fields(read_json(path / CONFIG), CONFIG, _HEAD)
            status = _fields(read_json(path / STATUS), STATUS, _STATUS)
            if status["state"] not in STATES:
                raise CheckpointError(f"status.json has no state {shown(status['state'])}.")
            config = TrainConfig.from_dict(head["config"])
        except (CheckpointError, SettingError) as problem:
            raise SettingError(f"Run {run_id} cannot be read: {problem}") from problem
        return RunInfo(
            run_id,
            head["name"],
            config,
            status["state"],
            status["reason"],
            float(head["created"]),
            head["fingerprint"],
            self.owner(run_id),
        )

    def all(self) -> list[RunInfo]:
        """Every readable run, the newest first."""
        found = []
        for run_id in self.ids():
            with contextlib.suppress(SettingError):
                found.append(self.info(run_id))
        return sorted(found, key=lambda r: (r.created, r.id), reverse=True)

    def broken(self) -> list[BrokenRun]:
        """Every run that cannot be read, and why, the newest first."""
        found = []
        for run_id in sorted(self.ids(), reverse=True):
            try:
                self.info(run_id)
            except SettingError as problem:
                found.append(BrokenRun(run_id, str(problem)))
        return found

    def ids(self) -> list[str]:
        """Names of the folders that are runs, readable or not."""
        if not self.root.is_dir():
            return []
        return [p.name for p in self.root.iterdir() if RUN_ID.fullmatch(p.name) and p.is_dir()]

    def finished_like(self, config: TrainConfig) -> Iterator[RunInfo]:
        """The finished runs that were started with exactly this configuration, newest first."""
        wanted = config.fingerprint()
        return (r for r in self.all() if r.fingerprint == wanted and r.state == "done")

    def set_state(self, run_id: str, state: str, reason: str = "") -> None:
        """Write a run's state. Where the disk is full, an end is known here until it can be.

        Raises:
            SettingError: when the run is not there, or is to begin and that cannot be written.
        """
        path = self.path(run_id)
        try:
            write_status(path, state, reason)
            self._unwritten.pop(run_id, None)
            if state not in ACTIVE:
                (path / ALIVE).unlink(missing_ok=True)
        except OSError as problem:
            if state in ACTIVE:
                raise SettingError(_NO_ROOM.format(problem.strerror)) from problem
            self._unwritten[run_id] = (state, reason)

    def write_the_rest(self) -> None:
        """Try again to write what could not be."""
        for run_id, (state, reason) in list(self._unwritten.items()):
            try:
                self.set_state(run_id, state, reason)
            except SettingError:  # the run is gone
                self._unwritten.pop(run_id, None)

    def rename(self, run_id: str, name: str) -> None:
        """Give a run another name.

        Raises:
            SettingError: for an empty name.
        """
        path = self.path(run_id) / CONFIG
        if not clean_name(name):
            raise SettingError("Name: give at least one letter or digit.")
        write_json(path, read_json(path) | {"name": clean_name(name)})

    def delete(self, run_id: str) -> None:
        """Remove a run that is not active, with all its files; also one that cannot be read.

        Raises:
            SettingError: while it is queued or training.
        """
        path = self.path(run_id)
        try:
            active = self.info(run_id).state in ACTIVE
        except SettingError:
            active = self.is_alive(run_id)
        if active:
            raise SettingError("Stop this run before deleting it.")
        gone = path.with_name(f".deleted-{run_id}")
        os.replace(path, gone)  # out of the list at once, even if what follows is cut short
        shutil.rmtree(gone, ignore_errors=True)

    def export(self, run_id: str) -> bytes:
        """Everything of a run but the resume file, as a zip."""
        path = self.path(run_id)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(path.iterdir()):
                if file.name.startswith(".") or file.name in UNSHARED:
                    continue
                archive.write(file, file.name)
        return buffer.getvalue()

    # -- between the watcher and the worker --------------------------------------------------

    def wish(self, run_id: str, command: str | None = None, rates: dict | None = None) -> None:
        """Tell the worker what is wanted; it looks about five times a second."""
        path = self.path(run_id) / CONTROL
        known = read_control(path)
        write_json(
            path,
            {
                "command": command or known.command,
                "rates": {str(k): v for k, v in {**known.rates, **(rates or {})}.items()},
            },
        )

    def show_life(self, run_id: str, place: tuple[int, float | None] | None = None) -> None:
        """Let it be seen that a server has this run in its queue, and at which place: how many
        come before it, and for how many seconds."""
        path = self.path(run_id) / ALIVE
        path.touch()
        if place is not None and place != self.told_place(run_id):
            # In one step, but without waiting for the disk: it is told anew every two seconds.
            part = path.with_name(f".{ALIVE}")
            part.write_text(json.dumps(place), encoding="utf-8")
            os.replace(part, path)

    def told_place(self, run_id: str) -> tuple[int, float | None] | None:
        """What the server that has it in its queue has told of its place; None for nothing."""
        try:
            ahead, seconds = json.loads((self.path(run_id) / ALIVE).read_text(encoding="utf-8"))
            return int(ahead), None if seconds is None else float(seconds)
        except (OSError, SettingError, ValueError, TypeError):
            return None

    def is_alive(self, run_id: str, silent_s: float = SILENT_S) -> bool:
        """Whether a worker or a queue has shown itself on this run lately."""
        try:
            silent = time.time() - (self.path(run_id) / ALIVE).stat().st_mtime
            return abs(silent) < silent_s  # a clock that was set back is no sign of life
        except (OSError, SettingError):
            return False

    def can_resume(self, run_id: str) -> bool:
        """Whether there is anything left to do."""
        return self.info(run_id).state in ("interrupted", "stopped", "failed")

    def adopt(self, silent_s: float = SILENT_S, mine: Collection[str] = ()) -> None:
        """Runs that claim to be active but that nobody trains, here or elsewhere, are interrupted.

        Args:
            silent_s: seconds without a sign of life that mean nobody.
            mine: runs that are known to be somebody's.
        """
        for run in self.all():
            lost = run.state in ACTIVE and run.id not in mine
            if lost and not self.is_alive(run.id, silent_s):
                begun = run.state != "queued" or (self.root / run.id / EVENTS).exists()
                self.set_state(run.id, "interrupted", INTERRUPTED if begun else NOT_BEGUN)
        if self.root.is_dir():
            for rest in self.root.glob(".deleted-*"):
                shutil.rmtree(rest, ignore_errors=True)

    def tidy(self, max_age: float, max_bytes: int | None) -> list[str]:
        """Remove visitors' runs beyond an age (s) and a size (bytes; None is any); their ids."""
        now = time.time()
        kept = [
            Kept(
                run.id,
                run.owner,
                now - run.created,
                sum(_size(file) for file in (self.root / run.id).iterdir()),
                bool(run.owner) and run.state not in ACTIVE,
            )
            for run in self.all()
        ]
        gone = to_remove(kept, max_age, sys.maxsize if max_bytes is None else max_bytes)
        removed = []
        for run_id in gone:
            with contextlib.suppress(SettingError, OSError):
                self.delete(run_id)
                removed.append(run_id)
        return removed


_HEAD = {"name": str, "created": (int, float), "fingerprint": str, "config": dict}
_STATUS = {"state": str, "reason": str}


def _fields(plain: Any, name: str, kinds: dict[str, Any]) -> dict[str, Any]:
    """`plain` when it is an object with fields of these types.

    Raises:
        CheckpointError: saying which field is wrong.
    """
    if not isinstance(plain, dict):
        raise CheckpointError(f"{name} is not a JSON object.")
    plain = {"reason": ""} | plain
    for field, kind in kinds.items():
        value = plain.get(field)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise CheckpointError(f"{name} has no usable {field!r} but {shown(value)}.")
    if not 0 <= plain.get("created", 0) < YEAR_3000:
        raise CheckpointError(f"{name} has no usable 'created' but {shown(plain['created'])}.")
    return plain


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def write_status(folder: Path, state: str, reason: str = "") -> None:
    """Let a run's folder say its state and how it came to it."""
    write_json(folder / STATUS, {"state": state, "reason": reason})


def tell_status(folder: Path, state: str, reason: str = "") -> str:
    """`write_status`, and the state. Where it cannot be written, the service tells it as soon as
    that is possible."""
    with contextlib.suppress(OSError):
        write_status(folder, state, reason)
    return state


def config_of(folder: Path) -> TrainConfig:
    """What a run's folder is to train."""
    return TrainConfig.from_dict(read_json(folder / CONFIG)["config"])


def is_file_of_run(name: str) -> bool:
    """Whether this may be a file in a run's folder: no path, and nothing hidden."""
    return Path(name).name == name and not name.startswith(".")


def stamp(path: Path) -> tuple[int, int, int] | None:
    """What changes whenever a file does; None when it is not there."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_ino, stat.st_size


def read_control(path: Path) -> Control:
    """A run's control file; what cannot be read means "go on"."""
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        return Control(str(plain["command"]), {int(k): float(v) for k, v in plain["rates"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Control()


def clean_name(name: Any) -> str:
    """A user's name for a run: one line of printable characters."""
    return "".join(c for c in str(name) if c.isprintable()).strip()[:MAX_NAME]


def describe(config: TrainConfig) -> str:
    """A run's name when the user gave none."""
    return clean_name(own_name(config))
