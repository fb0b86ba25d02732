"""Where things lie: the project's own folder, its assets, and the user's folders."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ASSETS = ROOT / "assets"


def home_folder() -> Path:
    """INITOPT_HOME, or the user's data folder: runs, and the server's secret."""
    if home := os.environ.get("INITOPT_HOME"):
        return Path(home)
    from platformdirs import user_data_dir  # so that importing this module needs nothing

    return Path(user_data_dir("initopt", appauthor=False))
