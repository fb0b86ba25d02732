"""The layers hold: the contracts of pyproject.toml, and the core imports with torch alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINTER = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def contracts(root: Path) -> subprocess.CompletedProcess[str]:
    """What `lint-imports` says of the tree under `root`."""
    return subprocess.run(
        [sys.executable, "-c", LINTER, "--no-cache", "--no-logo"],
        cwd=root,
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )


def test_contracts_are_kept():
    done = contracts(ROOT)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout, done.stdout


BROKEN = {
    "a laboratory uses another": (
        "training/findings.py", "import initopt_core.initialization.code",
    ),
    "a figure of one shows another": (
        "figures/training/loss.py", "from initopt_core.figures.initialization import depth",
    ),
    "a page draws another": (
        "ui/training/words.py", "from initopt_core.ui.initialization import panels",
    ),
    "the core looks up": ("probes.py", "from initopt_core.figures import theme"),
    "a figure knows Streamlit": ("figures/room.py", "import streamlit"),
    "the core draws": ("cache.py", "import altair"),
    "a circle": ("ui/components/assets.py", "from . import live_chart"),
    "no place": ("strange.py", ""),
}  # fmt: skip


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The tree once more, to be spoilt."""
    root = tmp_path_factory.mktemp("spoilt")
    shutil.copy(ROOT / "pyproject.toml", root)
    hidden = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "initopt_core", root / "initopt_core", ignore=hidden)
    return root


def test_every_breach_is_told(copy):
    """All at once, one linter run: each is named by its module."""
    for name, line in BROKEN.values():
        path = copy / "initopt_core" / name
        before = path.read_text() if path.exists() else ""
        path.write_text(f"{before}\n{line}\n")
    done = contracts(copy)
    assert done.returncode == 1
    said = done.stdout.split("Broken contracts", 1)[1]
    missed = [
        why for why, (name, _) in BROKEN.items()
        if name.removesuffix(".py").replace("/", ".").removeprefix("ui.components") not in said
    ]  # fmt: skip
    assert not missed, done.stdout


def test_the_core_imports_with_torch_and_numpy_alone():
    script = """
import importlib, pkgutil, sys

class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"streamlit", "altair", "pandas", "torchvision", "platformdirs",
                                  "vl_convert", "PIL"}:
            raise ImportError(name)

sys.meta_path.insert(0, Nothing())
import initopt_core
for module in pkgutil.iter_modules(initopt_core.__path__):
    if module.name not in {"ui", "figures", "export", "__main__"}:
        importlib.import_module("initopt_core." + module.name)
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_source_is_clean():
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "."], cwd=ROOT, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout
