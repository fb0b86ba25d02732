"""Every setting of a server, read once from the environment and checked before it begins.

The table below is the whole of it: name, default, and what it may be. `python -m initopt_core
doctor` tells what holds; Streamlit's own settings are in `.streamlit/config.toml`.
"""

from __future__ import annotations

import functools
import os
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from initopt_core.reading import SettingError, did_you_mean, shown, whole

PREFIX = "INITOPT_"
RAY_ADDRESS = "RAY_ADDRESS"
"""Ray's own name for its cluster, heeded where ours is not set."""
RAY_INSTALL = "pip install -r .deploy/requirements-ray.txt"
OTHERS = (
    "INITOPT_CHROMIUM",
    "INITOPT_FIT",
    "INITOPT_INLINE_ASSETS",
    "INITOPT_LONG",
    "INITOPT_TOY_WORK_MS",
)
"""Names of ours that only tests set."""
_ANCESTOR = re.compile(r"'self'|'none'|https?://(\*\.)?[A-Za-z0-9.-]+(:[0-9]{1,5})?")
_CLUSTER = re.compile(r"(ray://)?([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]):[0-9]{1,5}")
_YES, _NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off", "")


def _switch(text: str) -> bool:
    if text.strip().lower() not in _YES + _NO:
        raise SettingError(f"{shown(text)} is neither 1 nor 0.")
    return text.strip().lower() in _YES


def _count(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = whole(text)
        if not low <= value <= high:
            raise SettingError(f"{shown(text)} is outside {low} to {high}.")
        return value

    return read


def _word(*choices: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in choices:
            near = did_you_mean(text, choices)
            raise SettingError(f"there is no {shown(text)}{near}; choose from {list(choices)}.")
        return text

    return read


def _secret(least: int) -> Callable[[str], str]:
    """Text of at least so many characters; what was given is never repeated."""

    def read(text: str) -> str:
        if text and (len(text) < least or not text.isascii() or not text.isprintable()):
            raise SettingError(
                f"give at least {least} plain characters, for example from "
                '`python -c "import secrets; print(secrets.token_urlsafe(32))"`.'
            )
        return text

    return read


def _folder(text: str) -> Path | None:
    if "\0" in text:
        raise SettingError("a folder's name has no NUL.")
    return Path(text).expanduser() if text.strip() else None


def _device(text: str) -> str:
    if text and not re.fullmatch(r"cpu|mps|cuda(:[0-9]{1,2})?", text):
        raise SettingError(f"there is no {shown(text)}; choose cpu, cuda, cuda:1 or mps.")
    return text


def _store(text: str) -> str:
    """Address of the runs' store; "" for the user's data folder."""
    if text and not re.fullmatch(r"[a-z][a-z0-9+.-]{1,20}://[^\s\0]{1,500}", text):
        raise SettingError(
            f"{shown(text)} is no address of a store; write file:///FOLDER or s3://BUCKET/PATH."
        )
    return text


def _cluster(text: str) -> str:
    """Where a Ray cluster is; "" for none."""
    if text.strip().lower() in ("off", "0", ""):
        return ""
    if text not in ("auto", "local") and not _CLUSTER.fullmatch(text):
        raise SettingError(
            f"{shown(text)} is no Ray cluster; write auto, local, HOST:6379, ray://HOST:10001, "
            "or off for none."
        )
    return text


def _share(high: float) -> Callable[[str], float]:
    """A number of cores or GPUs, parts of one included."""

    def read(text: str) -> float:
        if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,4})?", text) or float(text) > high:
            raise SettingError(f"{shown(text)} is no number from 0 to {high:g}.")
        if float(text) > 1 and float(text) % 1:
            raise SettingError(
                f"{shown(text)} is more than one but not whole; Ray shares only one."
            )
        return float(text)

    return read


def _ancestors(text: str) -> tuple[str, ...]:
    """Pages that may show the app in a frame, as a content security policy names them."""
    found = tuple(text.split())
    for one in found:
        if not _ANCESTOR.fullmatch(one):
            raise SettingError(
                f"{shown(one)} is no source; write 'self', 'none' or https://canvas.example.org."
            )
    return found or ("'self'",)


def _setting(default: Any, read: Callable[[str], Any], help: str, secret: bool = False) -> Any:
    return field(default=default, metadata={"read": read, "help": help, "secret": secret})


@dataclass(frozen=True)
class ServerSettings:
    """What a server may do and for whom. Each field is read from INITOPT_ and its name.

    Raises (when read):
        SettingError: naming the variable and what it takes.
    """

    hosted: bool = _setting(
        False, _switch, "visitors are strangers: runs have owners, budgets and an age"
    )
    lecturer_token: str = _setting(
        "", _secret(16), "who types it at /lecturer may do everything", secret=True
    )
    secret: str = _setting(
        "", _secret(32), "signs visitors' cookies; the same for all replicas", secret=True
    )
    runs: str = _setting(
        "", _store, "store of the runs that all replicas share: file:///FOLDER or s3://BUCKET/PATH"
    )
    home: Path | None = _setting(None, _folder, "folder of runs and caches")
    data: Path | None = _setting(None, _folder, "folder with the four Fashion-MNIST files")
    pretrained: Path | None = _setting(None, _folder, "folder of the tutorial's published runs")
    device: str = _setting("", _device, "device that trains; the best one unless given")
    niceness: int = _setting(
        19, _count(0, 19), "how far training gives way to the pages; 0: not at all"
    )
    ray: str = _setting(
        "", _cluster, "Ray cluster that trains: auto, local, HOST:6379 or ray://HOST:10001"
    )
    ray_gpus: float | None = _setting(
        None, _share(8), "share of a GPU that each task takes; 0.25 where there are any"
    )
    ray_cpus: float = _setting(1.0, _share(64), "cores that each task on the cluster takes")
    ray_tasks: int = _setting(8, _count(1, 1000), "tasks on the cluster at one time")
    log: str = _setting("text", _word("text", "json"), "log lines as text or JSON")
    log_level: str = _setting(
        "INFO", _word("DEBUG", "INFO", "WARNING", "ERROR"), "least that is logged"
    )
    frame_ancestors: tuple[str, ...] = _setting(
        ("'self'",), _ancestors, "pages that may embed the app"
    )
    proxies: int = _setting(
        0, _count(0, 5), "reverse proxies in front, whose X-Forwarded-For is believed"
    )
    max_sessions: int = _setting(1500, _count(1, 100_000), "visitors at one time")
    visitor_rate: int = _setting(40, _count(1, 10_000), "requests a second of one browser")
    address_rate: int = _setting(
        2000, _count(1, 100_000), "requests a second of one address: a hall may share one"
    )
    message_rate: int = _setting(
        60, _count(1, 10_000), "changes a second of one page; more wait their turn"
    )
    visitor_budget: int = _setting(
        2_000_000, _count(1, 10**12), "epochs x images x racers of a visitor's run"
    )
    visitor_weights: int = _setting(
        30_000_000,
        _count(1_000_000, 300_000_000),
        "weights of a visitor's network, or of all networks of his race together",
    )
    visitor_runs: int = _setting(2, _count(1, 1000), "runs that a visitor may have waiting")
    queue_limit: int = _setting(60, _count(1, 10_000), "runs that may wait in all")
    keep_days: int = _setting(30, _count(1, 36_500), "age at which a hosted run is removed")
    disk_mb: int = _setting(2000, _count(10, 10**8), "disk that a server's runs may take")

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> ServerSettings:
        """What the environment says. A lecturer's token alone makes a server a hosted one.

        Raises:
            SettingError: with a line for each variable that cannot be used.
        """
        given = os.environ if environment is None else environment
        values, problems = {}, []
        for one in fields(cls):
            name = variable(one.name)
            if one.name == "ray" and name not in given:
                name = RAY_ADDRESS
            if name in given:
                try:
                    values[one.name] = one.metadata["read"](given[name])
                except SettingError as problem:
                    problems.append(f"{name}: {problem}")
        if problems:
            raise SettingError("\n".join(problems))
        values.setdefault("hosted", bool(values.get("lecturer_token")))
        return cls(**values)

    def told(self) -> list[tuple[str, str, str]]:
        """Variable, value and meaning of each; secrets only as set or not."""
        return [
            (variable(f.name), _told(getattr(self, f.name), f), f.metadata["help"])
            for f in fields(self)
        ]


def _told(value: Any, setting: Any) -> str:
    if setting.metadata["secret"]:
        return "set" if value else "not set"
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple):
        return " ".join(value)
    return "not set" if value in (None, "") else str(value)


def variable(name: str) -> str:
    """Name in the environment of a field."""
    return PREFIX + name.upper()


def misspelt(environment: Mapping[str, str] | None = None) -> list[str]:
    """A sentence for each variable that looks like one of ours and is none: a misspelt limit
    would be no limit."""
    given = os.environ if environment is None else environment
    known = [variable(f.name) for f in fields(ServerSettings)]
    found = []
    for name in sorted(given):
        if name.startswith(PREFIX) and name not in (*known, *OTHERS):
            near = did_you_mean(name, known)
            end = f"{near}?" if near else "."
            found.append(f"There is no setting {name[:60]}: it does nothing{end}")
    return found


def refuse_to_start(environment: Mapping[str, str] | None = None) -> None:
    """Before a server begins: everything that is wrong with its settings at once.

    Raises:
        SettingError: a line for each setting that cannot be used, each misspelt one, and a named
            folder of runs in which nothing can be written.
    """
    wrong = [text for text in misspelt(environment) if "?" in text]
    try:
        home = ServerSettings.read(environment).home
        if home is not None and (why := _unwritable(home)):
            wrong.append(f"INITOPT_HOME: {home} cannot be written ({why}); name another folder.")
    except SettingError as problem:
        wrong.insert(0, str(problem))
    if wrong:
        raise SettingError("\n".join(wrong))


def _unwritable(folder: Path) -> str:
    """Why nothing can be written there; empty where something can. It is made where it is not."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as problem:
        return problem.strerror or type(problem).__name__


@functools.cache
def server_settings() -> ServerSettings:
    """This process' settings, read once.

    Raises:
        SettingError: as `ServerSettings.read`.
    """
    return ServerSettings.read()
