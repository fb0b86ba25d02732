"""Pictures of the gallery that come with the program, so that no visitor waits for them.

They are given only while they are true: while every file that decides what is drawn is as it was
when they were made. Else the gallery draws its own.
"""

from __future__ import annotations

import contextlib
import hashlib
from functools import lru_cache
from pathlib import Path

from initopt_core.paths import ASSETS, ROOT

FOLDER = ASSETS / "data" / "gallery"
"""The pictures, and the list of what they are drawn from; made by make_gallery.py beside it."""
LIST = "drawn_from.txt"
"""A line for each file: digest, two spaces, path in the project."""
ABOVE = ("ui", "__main__.py", "doctor.py")
"""Parts of the core that know the figures and that figures therefore cannot depend on."""


def drawn_from(root: Path = ROOT) -> str:
    """The list of the files of this project that decide what is drawn, as they are now."""
    core, assets = root / "initopt_core", root / "assets"
    found = [p for p in core.rglob("*.py") if p.relative_to(core).parts[0] not in ABOVE]
    found += (assets / "fonts").glob("*.ttf")
    found += [assets / "data" / "fashion_mnist_sample.npz"]
    found += (assets / "data" / "recorded_race").iterdir()
    names = sorted(p.relative_to(root).as_posix() for p in found)
    return "".join(f"{_digest(root / name)}  {name}\n" for name in names)


def _digest(file: Path) -> str:
    """The same however lines end: some checkouts end them otherwise."""
    return hashlib.blake2b(file.read_bytes().replace(b"\r\n", b"\n"), digest_size=8).hexdigest()


@lru_cache(maxsize=1)
def true() -> bool:
    """Whether the pictures show what would be drawn; found out once, in some 20 ms."""
    try:
        return (FOLDER / LIST).read_text(encoding="utf-8") == drawn_from()
    except (OSError, ValueError):
        return False


def picture(name: str, theme: str) -> bytes | None:
    """What `gallery.picture` would draw of the sample, and of the full data set alike; None where
    that has to be done.

    Args:
        name: of `gallery.items`.
        theme: of `export.THEMES`.
    """
    with contextlib.suppress(OSError):
        return (FOLDER / f"{name}-{theme}.webp").read_bytes() if true() else None
    return None
