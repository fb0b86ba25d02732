"""No visitor's text becomes markup: whatever is put into HTML is escaped, a number, or ours.

Every piece of HTML that the pages write is read from their source. What stands in its braces must
be escaped there, come from a function that writes numbers, or be followed back to something that
is; what this cannot follow is named below, with the reason why it is ours.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from initopt_core.paths import ROOT

UI = ROOT / "initopt_core" / "ui"
MARKUP = re.compile(r"<\s*/?\s*[a-zA-Z]")
NUMBERS = {
    "number", "percent", "points", "duration", "count", "megabytes", "times", "len", "round", "int",
    "float", "superscript", "power", "many",
}  # fmt: skip
ESCAPES = {"escape", "emphasized", "html_table", "line_mark", "picture_grid"}
OURS = {
    "course/page.py: parts.card(item, theme)": "escaped in parts.py",
    "course/page.py: parts.table(told)": "escaped in parts.py",
    "home_cards.py: picture(name)": "a card's picture, drawn now or kept by an earlier start",
    "home_parts.py: drawing": "the network's drawing, without arguments",
    "initialization/first.py: said": "the line of panels.py, kept by an earlier start",
    "initialization/panels.py: said": "one of the file's constants",
    "loss_surfaces/basins.py: problem_of(held)": "escaped in lab.py",
    "loss_surfaces/basins.py: legend(made, [z for _, _, z in minima])": "escaped in figures",
    "server/document.py: style": "our style sheet",
    "training/watch.py: found.head": "made by words.py",
    "training/watch.py: found.table": "made by words.py",
}
"""file:expression -> why it is no visitor's text."""


class Reader(ast.NodeVisitor):
    """Collects the braces of a module's markup that are not known to be safe."""

    def __init__(self, tree: ast.Module, ours: set[str]) -> None:
        self.tree, self.ours = tree, ours
        self.found: list[str] = []
        self.functions = {n.name: n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
        self.scope: list[ast.AST] = [tree]

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.scope.append(node)
        self.generic_visit(node)
        self.scope.pop()

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        text = "".join(str(p.value) for p in node.values if isinstance(p, ast.Constant))
        if MARKUP.search(text):
            self.found += [
                ast.unparse(part.value)
                for part in node.values
                if isinstance(part, ast.FormattedValue) and not self.is_safe(part, 0)
            ]
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """What is handed to `html` as it is, and Markdown that may hold HTML."""
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        allowed = any(k.arg == "unsafe_allow_html" for k in node.keywords)
        if (name == "html" or allowed) and node.args:
            self.found += [ast.unparse(one) for one in self.unsafe_parts(node.args[0])]
        self.generic_visit(node)

    def unsafe_parts(self, node: ast.AST) -> list[ast.AST]:
        """What of an argument cannot be followed; text with braces is read by itself."""
        if isinstance(node, ast.IfExp):
            return self.unsafe_parts(node.body) + self.unsafe_parts(node.orelse)
        return [] if isinstance(node, ast.JoinedStr) or self.is_safe(node, 0) else [node]

    def is_safe(self, node: ast.AST, depth: int) -> bool:
        """Whether a value can be followed to constants, numbers and escaped text alone."""
        if depth > 40:  # a circle
            return False
        deeper = depth + 1
        if isinstance(node, ast.Constant) or ast.unparse(node) in self.ours:
            return True
        if isinstance(node, ast.FormattedValue):
            form = node.format_spec
            numeric = isinstance(form, ast.JoinedStr) and re.search(
                r"[dfeg,%]$", ast.unparse(form)[2:-1]
            )
            return bool(numeric) or self.is_safe(node.value, deeper)
        if isinstance(node, ast.JoinedStr):
            return all(self.is_safe(part, deeper) for part in node.values)
        if isinstance(node, ast.IfExp):
            return self.is_safe(node.body, deeper) and self.is_safe(node.orelse, deeper)
        if isinstance(node, ast.BinOp):
            return self.is_safe(node.left, deeper) and self.is_safe(node.right, deeper)
        if isinstance(node, ast.BoolOp):
            return all(self.is_safe(value, deeper) for value in node.values)
        if isinstance(node, (ast.List, ast.Tuple)):
            return all(self.is_safe(one, deeper) for one in node.elts)
        if isinstance(node, (ast.GeneratorExp, ast.ListComp)):
            return self.is_safe(node.elt, deeper)
        if isinstance(node, ast.Call):
            return self._call_is_safe(node, deeper)
        if isinstance(node, ast.Name):
            return self._name_is_safe(node.id, deeper)
        return False

    def _call_is_safe(self, node: ast.Call, depth: int) -> bool:
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in NUMBERS | ESCAPES:
            return True
        if name == "join":
            return all(self.is_safe(one, depth) for one in node.args)
        if (made := self.functions.get(name)) is not None:
            results = [n.value for n in ast.walk(made) if isinstance(n, ast.Return) and n.value]
            self.scope.append(made)
            try:
                return bool(results) and all(self.is_safe(one, depth) for one in results)
            finally:
                self.scope.pop()
        return False

    def _name_is_safe(self, name: str, depth: int) -> bool:
        if name.isupper():
            return True  # a constant of a module
        for scope in reversed(self.scope):
            given = list(values_of(name, scope))
            if given:
                return all(self.is_safe(one, depth) for one in given)
        return False


def values_of(name: str, scope: ast.AST):
    """Every expression that a name is bound to in a function: assigned, added, appended, looped."""
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name) and target.id == name:
                    yield node.value
                elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    for one, value in zip(target.elts, node.value.elts, strict=False):
                        if isinstance(one, ast.Name) and one.id == name:
                            yield value
        elif isinstance(node, (ast.AugAssign, ast.NamedExpr)):
            if isinstance(node.target, ast.Name) and node.target.id == name:
                yield node.value
        elif isinstance(node, (ast.For, ast.comprehension)):
            if isinstance(node.target, ast.Name) and node.target.id == name:
                yield node.iter
            elif isinstance(node.target, ast.Tuple) and isinstance(node.iter, ast.Call):
                names = [getattr(one, "id", "") for one in node.target.elts]
                if getattr(node.iter.func, "id", "") == "enumerate" and name == names[-1]:
                    yield node.iter.args[0]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of = node.func.value
            if isinstance(of, ast.Name) and of.id == name and node.func.attr == "append":
                yield from node.args


def unsafe(source: str, ours: set[str] | None = None) -> list[str]:
    reader = Reader(ast.parse(source), ours or set())
    reader.visit(reader.tree)
    return sorted(set(reader.found))


@pytest.mark.parametrize("path", sorted(UI.rglob("*.py")), ids=lambda p: str(p.relative_to(UI)))
def test_markup_holds_no_text_that_is_not_escaped(path: Path):
    place = str(path.relative_to(UI))
    ours = {one.removeprefix(f"{place}: ") for one in OURS if one.startswith(f"{place}: ")}
    found = unsafe(path.read_text("utf-8"), ours)
    assert not found, f"escape these in {place}, or say in OURS why they are no visitor's text"


def test_the_exceptions_are_still_there():
    told = {
        f"{path.relative_to(UI)}: {one}"
        for path in UI.rglob("*.py")
        for one in unsafe(path.read_text("utf-8"))
    }
    assert set(OURS) <= told


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def f(name): st.html(f'<b>{name}</b>')", ["name"]),
        ("def f(name): st.html(f'<b>{html.escape(name)}</b>')", []),
        ("def f(name):\n x = html.escape(name)\n st.html(f'<b>{x}</b>')", []),
        ("def f(name):\n x = html.escape(name)\n x += name\n st.html(f'<b>{x}</b>')", ["x"]),
        ("def f(n): return f'<i style=\"width:{n:.1f}%\">'", []),
        ("def f(n): return f'<i>{number(n)}</i>' + g(n)", []),
        ("def f(t): st.markdown(t, unsafe_allow_html=True)", ["t"]),
        ("def f(ts): st.html(''.join(f'<p>{t}</p>' for t in ts))", ["t"]),
        ("def g(t): return f'{t}'\ndef f(t): st.html(g(t))", ["g(t)"]),
    ],
)
def test_the_reading_finds_what_it_is_for(source, found):
    assert set(found) <= set(unsafe(source)) and bool(found) == bool(unsafe(source))
