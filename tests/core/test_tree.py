"""The shape of the house: no file without end, and nothing served but what browsers need."""

from __future__ import annotations

from pathlib import Path

import pytest

from initopt_core.paths import ROOT
from initopt_core.ui.components import assets

LINES = 350
REASON = "Longer than other files:"


def sources() -> list[Path]:
    ours = [p for p in (ROOT / "initopt_core").rglob("*.py")] + [ROOT / "app.py"]
    ours += (ROOT / "pages").glob("*.py")
    ours += (p for p in (ROOT / "assets" / "web").rglob("*.js") if "vendor" not in p.parts)
    return ours


def too_long(path: Path) -> bool:
    """Whether it has more lines than fit on a few screens and does not say why at its head."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return len(lines) > LINES and not any(REASON in line for line in lines[:20])


def test_a_long_file_says_why():
    found = sources()
    assert len(found) > 200
    assert [str(p.relative_to(ROOT)) for p in found if too_long(p)] == []


@pytest.mark.parametrize(("head", "wrong"), [("", True), (f"# {REASON} a list.\n", False)])
def test_a_long_file_is_found(tmp_path, head, wrong):
    (tmp_path / "long.py").write_text(head + "x = 1\n" * (LINES + 1))
    assert too_long(tmp_path / "long.py") is wrong
    (tmp_path / "short.py").write_text("x = 1\n" * LINES)
    assert not too_long(tmp_path / "short.py")


def test_what_is_served_lies_in_one_folder():
    assert assets.WEB == ROOT / "assets" / "web"
    kinds = {p.suffix for p in assets.WEB.rglob("*") if p.is_file()}
    assert kinds <= {".js", ".css", ".woff2", ".txt", ".md", ""}, "no data, no programs"
