"""The annotations hold: pyright finds nothing in what `[tool.pyright]` of pyproject.toml names."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
MISSING = "pyright does not run: pip install -r tests/requirements.txt"


def report(project: Path = ROOT) -> dict[str, Any]:
    """What pyright says of a folder with its settings, this environment's packages known."""
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "-p", str(project), "--outputjson",
         "--pythonpath", sys.executable],
        capture_output=True, text=True, cwd=project,
    )  # fmt: skip
    assert done.stdout.startswith("{"), f"{MISSING}\n{done.stdout}{done.stderr}"
    return json.loads(done.stdout)


def told(found: dict[str, Any], root: Path) -> list[str]:
    """A line for each finding: file, line, rule and the first line of what is wrong."""
    return [
        f"{Path(one['file']).relative_to(root)}:{one['range']['start']['line'] + 1} "
        f"{one.get('rule', '')}: {one['message'].splitlines()[0]}"
        for one in found["generalDiagnostics"]
    ]


def test_no_annotation_is_wrong():
    found = report()
    assert found["summary"]["filesAnalyzed"] > 150
    lines = told(found, ROOT)
    assert not lines, f"{len(lines)} to mend, or to excuse with a reason:\n" + "\n".join(lines)


def test_it_reads_the_core_more_strictly_than_the_ui(tmp_path):
    """The same settings on two small modules: an override that does not fit, and a wrong return."""
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(settings, encoding="utf-8")
    wrong = (
        "class A:\n    def of(self, n: int) -> int:\n        return n\n\n\n"
        "class B(A):\n    def of(self, n: str) -> int:\n        return n\n"
    )
    for name in ("initopt_core/core.py", "initopt_core/ui/page.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(wrong, encoding="utf-8")
    rules = {"core.py": set(), "page.py": set()}
    for one in report(tmp_path)["generalDiagnostics"]:
        rules[Path(one["file"]).name].add(one["rule"])
    assert rules["page.py"] == {"reportReturnType"}
    assert rules["core.py"] == {"reportReturnType", "reportIncompatibleMethodOverride"}
