"""Where the tutorial's published checkpoints may lie for the tests that need them."""

import os
from pathlib import Path

_BESIDE = Path(__file__).resolve().parents[2] / "shared" / "pretrained"
if _BESIDE.is_dir():
    os.environ.setdefault("INITOPT_PRETRAINED", str(_BESIDE))
