"""What an untouched page showed at an earlier start of the same code, kept for the next one: it
stands there while PyTorch loads. The very first start shows what is shipped, drawn from the bundled
sample. Needs neither PyTorch nor Altair.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

from initopt_core.paths import ASSETS

from .components import chart_store

SHIPPED = ASSETS / "data" / "first_pictures.json.gz"
"""Page -> what it shows; made by make_first_pictures.py beside it."""


def known(page: str) -> dict[str, Any]:
    """What was kept, else what is shipped."""
    return kept(page) or shipped(page)


def shipped(page: str) -> dict[str, Any]:
    """Of the bundled file; nothing where there is none."""
    try:
        return json.loads(gzip.decompress(SHIPPED.read_bytes()))[page]
    except (OSError, ValueError, LookupError, EOFError):
        return {}


def keep(page: str, value: dict[str, Any], folder: str) -> None:
    """For the next start: `value` (JSON), made from the images in `folder` (or in that file)."""
    chart_store.write(_name(page), {"folder": folder, "files": _state(folder), "value": value})


def kept(page: str) -> dict[str, Any]:
    """What was kept if code, libraries and images have not changed since; else nothing."""
    held = chart_store.read(_name(page))
    try:
        if held and held["files"] == _state(held["folder"]) and isinstance(held["value"], dict):
            return held["value"]
    except (OSError, LookupError, TypeError):
        pass
    return {}


def _name(page: str) -> str:
    settings = sorted((k, os.environ.get(k)) for k in ("INITOPT_DATA", "INITOPT_HOME"))
    return chart_store.fingerprint("first picture", page, version("torch"), settings)


def _state(folder: str) -> list[list[Any]]:
    """Name, size and time of each file."""
    place = Path(folder)
    files = sorted(f for f in place.iterdir() if f.is_file()) if place.is_dir() else [place]
    told = []
    for file in files:
        with contextlib.suppress(OSError):  # removed while the server runs
            found = file.stat()
            told.append([file.name, found.st_size, found.st_mtime_ns])
    return told
