"""The layers hold: Streamlit only in the ui, and the core imports with torch alone."""

import subprocess
import sys
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[2]


GRAPH = grimp.build_graph("initopt_core", include_external_packages=True, cache_dir=None)


def chains(outside: tuple[str, ...], library: str) -> list[tuple[str, ...]]:
    """Ways by which a module that is not in `outside` comes to import `library`."""
    modules = (
        m
        for m in GRAPH.modules
        if m.startswith("initopt_core") and not f"{m}.".startswith(tuple(f"{o}." for o in outside))
    )
    return [c for m in sorted(modules) if (c := GRAPH.find_shortest_chain(m, library))]


def test_only_the_ui_knows_streamlit():
    assert GRAPH.find_shortest_chain("initopt_core.ui.layout", "streamlit")  # the test can fail
    assert chains(("initopt_core.ui",), "streamlit") == []


def test_only_figures_and_what_shows_them_know_altair():
    allowed = ("ui", "figures", "export", "__main__")
    assert chains(tuple(f"initopt_core.{name}" for name in allowed), "altair") == []


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
