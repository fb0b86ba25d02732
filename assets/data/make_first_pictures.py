"""Make what the very first start shows while PyTorch loads, from the bundled sample.

    python assets/data/make_first_pictures.py

To be made anew when the figures of the untouched pages change; a test says so.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def pictures() -> dict[str, Any]:
    """Page -> what it shows, as `first_pictures` keeps it."""
    from initopt_core.data import load_sample
    from initopt_core.figures.initialization import Display
    from initopt_core.ui import home, home_cards
    from initopt_core.ui.initialization import first, page, panels

    shown = first.value(page.untouched(load_sample()), panels.axes_told(Display()))
    return {first.PAGE: shown, home_cards.PAGE: {n: home.picture(n) for n in home_cards.CARDS}}


def main() -> None:
    os.environ["INITOPT_HOME"] = os.environ["INITOPT_DATA"] = tempfile.mkdtemp()
    from initopt_core.ui.first_pictures import SHIPPED

    text = json.dumps(pictures(), ensure_ascii=False, separators=(",", ":"))
    SHIPPED.write_bytes(gzip.compress(text.encode(), mtime=0))
    print(f"{SHIPPED.name}: {len(text) / 1024:.0f} KB, {SHIPPED.stat().st_size / 1024:.0f} KB packed")


if __name__ == "__main__":
    main()
