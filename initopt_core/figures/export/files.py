"""Files that are whole or not there."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
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
"""After which what names no process of this machine, and nobody has written to, is left over."""
_PREFIX, HELD = ".initopt-", "initopt-clip-"
"""Of a part beside its file, and of a folder in which a clip is made; then whose it is."""


def mine(prefix: str) -> str:
    """A name's beginning that says which process of which machine is at it."""
    return f"{prefix}{_machine()}-{os.getpid()}-"


def sweep(folder: Path) -> None:
    """Remove what programs that were killed have left in a folder of `write`'s, and the folders of
    clips that they were making. What a living one is at stays, however old it is."""
    left = [*Path(folder).glob(f"{_PREFIX}*.part*"), *Path(tempfile.gettempdir()).glob(f"{HELD}*")]
    for path in left:
        with suppress(OSError):
            if _is_left(path):
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def _is_left(path: Path) -> bool:
    """Whether the process that was at it has ended; where that cannot be known, as on another
    machine that shares the folder, whether nobody has written to it for long."""
    whose = re.match(rf"(?:{re.escape(_PREFIX)}|{HELD}){_machine()}-(\d+)-", path.name)
    if whose and os.name == "posix":  # elsewhere the question would end the process
        try:
            os.kill(int(whose[1]), 0)
        except ProcessLookupError:
            return True
        except (OSError, OverflowError):  # somebody else's
            pass
        return False
    return time.time() - path.stat().st_mtime > ABANDONED_SECONDS


def _machine() -> str:
    """This machine, or container, in six letters: numbers of processes are each one's own."""
    return hashlib.blake2b(platform.node().encode(), digest_size=3).hexdigest()


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
            prefix=mine(_PREFIX), suffix=f".part{path.suffix}", dir=path.parent
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
