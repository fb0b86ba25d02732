"""What is loaded before the server listens."""

from __future__ import annotations

import subprocess
import sys

from initopt_core.paths import ROOT


def test_the_server_listens_before_pytorch_is_loaded():
    lines = (ROOT / "app.py").read_text(encoding="utf-8").splitlines()
    imports = [line for line in lines if line.startswith(("import ", "from "))]
    code = "\n".join([*imports, "import sys", "print('torch' in sys.modules)"])
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == ["False"]
