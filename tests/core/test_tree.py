"""The shape of the house: no file without end, a test beside each figure and page, and nothing
served but what browsers need."""

from __future__ import annotations

import re
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


def untested(core: Path, tests: Path) -> list[str]:
    """Modules of `ui` and `figures` without a test file at the same place below `tests`."""
    modules = (
        p.relative_to(core) for part in ("ui", "figures") for p in (core / part).rglob("*.py")
    )
    return sorted(
        str(module)
        for module in modules
        if module.name != "__init__.py"  # they hand on names
        and not (tests / module.parent / f"test_{module.name}").is_file()
    )


def test_tests_mirror_the_tree():
    assert untested(ROOT / "initopt_core", ROOT / "tests") == []


def test_a_module_without_its_test_is_found(tmp_path):
    for name in ("ui/__init__.py", "ui/a.py", "figures/deep/b.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert untested(tmp_path, tmp_path / "tests") == ["figures/deep/b.py", "ui/a.py"]
    (tmp_path / "tests" / "ui").mkdir(parents=True)
    (tmp_path / "tests" / "ui" / "test_a.py").touch()
    assert untested(tmp_path, tmp_path / "tests") == ["figures/deep/b.py"]


def test_what_is_served_lies_in_one_folder():
    assert assets.WEB == ROOT / "assets" / "web"
    kinds = {p.suffix for p in assets.WEB.rglob("*") if p.is_file()}
    assert kinds <= {".js", ".css", ".woff2", ".txt", ".md", ""}, "no data, no programs"


def answers() -> list[tuple[str, str]]:
    """What the map says to strangers: the file, and a name that is to be found in it."""
    text = (ROOT / "initopt_core" / "README.md").read_text(encoding="utf-8")
    found = []
    for line in text.split("| question | look |")[1].split("\n## ")[0].splitlines()[2:]:
        if line:
            *names, file = re.findall(r"`([^`]+)`", line.split("|")[2].split(",")[0])
            found += [(file, name) for name in names]
    return found


def test_the_map_answers_the_three_questions_of_strangers():
    assert {
        ("optimizers/momentum.py", "SGD_MOMENTUM"),
        ("ui/training/watch.py", "interval"),
        ("activations.py", "ACTIVATIONS"),
    } <= set(answers())
    for file, name in answers():
        text = (ROOT / "initopt_core" / file).read_text(encoding="utf-8")
        defined = rf"^(def {name}\(|class {name}\b|{name}(:.*)? = |\s+{name}=)"
        assert re.search(defined, text, re.MULTILINE), name


def test_every_file_of_the_map_is_there():
    text = (ROOT / "initopt_core" / "README.md").read_text(encoding="utf-8")
    text = text.split("## Add an optimizer")[0]
    named = set(re.findall(r"`([\w/]+(?:\.py|\.css|/))`", text))
    assert len(named) > 15
    core = ROOT / "initopt_core"
    assert [n for n in named if not any((home / n).exists() for home in (core, ROOT))] == []
