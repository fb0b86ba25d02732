"""The newcomer's door: "Add an optimizer" of initopt_core/README.md, followed to the letter."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from initopt_core.paths import ROOT

SEEN = """
import json, sys
from streamlit.testing.v1 import AppTest
from initopt_core import figures, training
from initopt_core.descent import Run, race
from initopt_core.figures import export, theme
from initopt_core.figures.training import lines
from initopt_core.loss_surfaces.code import snippet
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.surfaces import Surface
from initopt_core.training.code import program

entry = OPTIMIZERS["SignSGD"]
page = AppTest.from_file("pages/loss_surfaces.py", default_timeout=60)
page.query_params["run0"] = "SignSGD"
page.run()
boxes = [box for box in page.sidebar.selectbox if "Sign descent" in box.options]
run = Run("SignSGD", (), (1.0, 1.0))
surface = Surface("pathological")
config = training.TrainConfig.race(["SignSGD"], epochs=1)
print(json.dumps({
    "offered": bool(boxes),
    "linked": [box.value for box in boxes],
    "link": page.query_params.get("run0"),
    "failed": [e.value for e in page.exception] + [e.value for e in page.error],
    "style": theme.optimizer_style("SignSGD"),
    "end": race(surface, [run], 5)[0].points[-1].tolist(),
    "snippet": snippet(surface, (run,), 5),
    "program": program(config),
}))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """The project with what the README says done to it."""
    into = tmp_path_factory.mktemp("door") / "project"
    into.mkdir()
    for name in ("initopt_core", "pages", "assets", ".streamlit"):
        shutil.copytree(ROOT / name, into / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", into)
    recipe = (ROOT / "initopt_core" / "README.md").read_text(encoding="utf-8")
    recipe = recipe.split("## Add an optimizer", 1)[1].split("\n## ", 1)[0]
    file, line, place = re.findall(r"```(?:python|text)\n(.*?)```", recipe, re.DOTALL)
    folder = into / "initopt_core" / "optimizers"
    (folder / "sign.py").write_text(file, encoding="utf-8")
    entries = (folder / "entries.py").read_text(encoding="utf-8")
    entries = entries.replace("from .template import", f"{line}from .template import", 1)
    entries = entries.replace("    ),\n)\n", f"{place}    ),\n)\n", 1)
    (folder / "entries.py").write_text(entries, encoding="utf-8")
    return into


def run(copy: Path, *arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=copy, capture_output=True, text=True, timeout=300,
        env={**os.environ, "INITOPT_HOME": str(copy / "home"), "PYTHONPATH": "", **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_every_page_figure_and_program_takes_it_up(copy):
    seen = json.loads(run(copy, "-c", SEEN).splitlines()[-1])
    assert seen["failed"] == [] and seen["offered"]
    assert "SignSGD" in json.dumps(seen["linked"]) and "SignSGD" in json.dumps(seen["link"])
    assert seen["style"] == ["#AA7744", [7, 3], "square"]
    # five steps of 0.001 along both weights
    assert [abs(1.0 - w) for w in seen["end"][:2]] == pytest.approx([0.005, 0.005], rel=1e-4)
    # torch has no such optimizer: the programs hold its class
    for program in (seen["snippet"], seen["program"]):
        assert "class SignSGD" in program and "SignSGD(params, lr=" in program
        compile(program, "program.py", "exec")


def test_the_command_line_trains_it(copy, tmp_path):
    config = {
        "racers": [{"optimizer": "SignSGD", "settings": {"lr": 0.001}}],
        "hidden_sizes": [16],
        "epochs": 1,
        "data": "sample",
        "train_images": 1024,
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    where = ("--config", str(tmp_path / "config.json"), "--out", str(tmp_path / "out"))
    run(copy, "-m", "initopt_core", "train", *where)
    results = json.loads(next((tmp_path / "out").glob("*SignSGD_results.json")).read_text())
    assert results["train_losses"][-1] < results["train_losses"][0]
