"""One word for one thing: names in the code keep to the house's words (initopt_core/README.md)."""

from __future__ import annotations

import ast
import re

import pytest

from initopt_core.paths import ROOT

CORE = ROOT / "initopt_core"
TORCHS = ("view", "view_as")
"""Methods of tensors."""
AVOIDED = {
    "view": "Vega's; what is measured is an observation, what is shown has ranges",
    "member": "a racer with one seed is a trial",
}


def names(tree: ast.AST) -> set[str]:
    """Every name that a module gives or uses, but for methods of tensors."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            if id(node) not in called or node.attr not in TORCHS:
                found.add(node.attr)
        elif isinstance(node, (ast.arg, ast.keyword)):
            found.add(node.arg or "")
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
    return found


def misused(source: str, word: str) -> list[str]:
    """The names that hold the word, alone, in the plural, or as a part."""
    pattern = re.compile(rf"(^|_){word}(s|ed)?(_|$)")
    return sorted(
        name
        for name in names(ast.parse(source))
        if pattern.search(re.sub("(?<=[a-z0-9])(?=[A-Z])", "_", name).lower())
    )


@pytest.mark.parametrize("word", AVOIDED)
def test_no_name_has_a_word_of_another_meaning(word):
    found = {}
    for path in CORE.rglob("*.py"):
        place = path.relative_to(CORE).as_posix()
        if bad := misused(path.read_text(encoding="utf-8"), word):
            found[place] = bad
    assert found == {}, AVOIDED[word]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("x.view(3)", []),
        ("view = 1", ["view"]),
        ("class TopView: ...", ["TopView"]),
        ("def f(old_views): ...", ["old_views"]),
        ("f(on_view=1)", ["on_view"]),
        ("preview = review = viewer = 1", []),
        ("held.view.x", ["view"]),
    ],
)
def test_a_misused_word_is_found(source, found):
    assert misused(source, "view") == found
