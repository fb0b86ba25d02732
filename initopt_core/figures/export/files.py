"""Files that are whole or not there."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from initopt_core.reading import SettingError


def write(path: Path, data: bytes) -> None:
    """Put `data` at `path`, whole or not at all.

    Raises:
        SettingError: saying what is in the way.
    """
    with whole(path) as part:
        part.write_bytes(data)


ABANDONED_SECONDS = 600
"""After which a part that nobody has written to is a killed program's."""


def sweep(folder: Path) -> None:
    """Remove what a program that was killed has left in a folder of `write`'s."""
    for part in Path(folder).glob(f"{_PREFIX}*.part*"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > ABANDONED_SECONDS:
                part.unlink()


_PREFIX = ".initopt-"


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A temporary file beside `path` to write to; it takes its place when all went well.

    Raises:
        SettingError: when the folder cannot be written or the disk is full.
    """
    path = Path(path)
    part: Path | None = None
    try:
        handle, name = tempfile.mkstemp(
            prefix=_PREFIX, suffix=f".part{path.suffix}", dir=path.parent
        )
        os.close(handle)
        part = Path(name)
        yield part
        part.chmod(0o666 & ~_umask())
        part.replace(path)
    except OSError as problem:
        why = problem.strerror or str(problem)
        raise SettingError(f"{path} cannot be written ({why}); nothing was left there.") from None
    finally:
        if part is not None:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
