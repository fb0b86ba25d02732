"""Compiled chart definitions kept on disk, so that a server that starts need not make them again.

A file that is damaged, of another compiler or cannot be read counts as absent; one that cannot be
written is done without.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from platformdirs import user_cache_dir

import initopt_core
from initopt_core.paths import write_atomic

MAX_FILES = 400
"""The longest unused beyond these are removed; one takes some 20 to 60 KB."""


def folder() -> Path:
    """INITOPT_HOME/charts, or the user's cache folder."""
    if home := os.environ.get("INITOPT_HOME"):
        return Path(home) / "charts"
    return Path(user_cache_dir("initopt", appauthor=False)) / "charts"


def fingerprint(*parts: Any) -> str:
    """Name of what this code and the installed compiler make of `parts`, whose `repr` must tell
    them apart in every process."""
    versions = version("vl-convert-python"), version("altair")
    return _digest(repr((*versions, _sources(), *parts)))


@lru_cache(maxsize=1)
def _sources() -> str:
    """Digest of the project's own code, which the definitions come from."""
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(Path(initopt_core.__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def read(name: str) -> dict[str, Any] | None:
    """What was kept under this name, or None."""
    path = folder() / f"{name}.json"
    try:
        digest, text = path.read_text(encoding="utf-8").split("\n", 1)
        if digest != _digest(text):
            return None
        os.utime(path)
        return json.loads(text)
    except (OSError, ValueError):
        return None


def write(name: str, value: dict[str, Any]) -> None:
    """Keep `value` (JSON) under this name."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    path = folder() / f"{name}.json"
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, f"{_digest(text)}\n{text}".encode())
        _prune(path.parent)


def _prune(kept: Path) -> None:
    files = list(kept.glob("*.json"))
    if len(files) > MAX_FILES:
        for old in sorted(files, key=lambda f: f.stat().st_mtime)[:-MAX_FILES]:
            old.unlink(missing_ok=True)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
