"""Where things lie: the project's own folder, its assets, and the user's folders; whole files."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ASSETS = ROOT / "assets"


def home_folder() -> Path:
    """INITOPT_HOME, or the user's data folder: runs, and the server's secret."""
    if home := os.environ.get("INITOPT_HOME"):
        return Path(home)
    from platformdirs import user_data_dir  # so that importing this module needs nothing

    return Path(user_data_dir("initopt", appauthor=False))


def write_atomic(path: Path, content: bytes) -> None:
    """Replace `path` by `content` in one step, also across a crash."""
    path = Path(path)
    part = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        with open(part, "xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
