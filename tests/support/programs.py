"""Programs that the pages give away, run in an empty folder without this project."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import torch

RUNNER = """
import contextlib, importlib.util, io, json, os, sys, traceback
assert importlib.util.find_spec("initopt_core") is None, "the project is on the path"
assert os.listdir() == [], "the folder is not empty"
for name, source in json.load(sys.stdin).items():
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            exec(compile(source, name, "exec"), {"__name__": "__main__"})
        fault = ""
    except Exception:
        fault = traceback.format_exc(limit=-3)
    print(json.dumps([name, said.getvalue(), fault]))
"""


def adding_up_as_here() -> dict[str, str]:
    """An environment for a process whose numbers are compared with this one's to the last bit: a
    sum over as many threads is added in the same order."""
    return {**os.environ, "OMP_NUM_THREADS": str(torch.get_num_threads())}


def run_alone(programs: dict[str, str], folder: Path, files: Path) -> dict[str, str]:
    """What each program prints, all in one isolated process."""
    environment = {**os.environ, "FASHION_MNIST": str(files), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-I", "-c", RUNNER],
        input=json.dumps(programs),
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    faults = {name: fault for name, _, fault in rows if fault}
    assert not faults, "\n".join(f"{name}: {fault}" for name, fault in faults.items())
    assert [name for name, *_ in rows] == list(programs)
    return {name: said for name, said, _ in rows}
