"""Source text shared by the writers of runnable programs."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Collection
from pathlib import Path
from string import Template

TEMPLATES = Path(__file__).parent / "templates"
"""Programs with gaps; `string.Template` writes a gap as a dollar sign and a name."""


def filled(name: str, **values: object) -> str:
    """The program `templates/name.py.txt` with its gaps filled.

    A gap that has a line to itself takes any number of lines at its indentation; with none, its
    line is left out.

    Raises:
        KeyError: for a gap without a value.
    """
    lines = []
    for line in (TEMPLATES / f"{name}.py.txt").read_text(encoding="utf-8").splitlines():
        alone = re.fullmatch(r"( *)\$(\w+)", line)
        if alone is None:
            lines.append(Template(line).substitute(values))
        elif text := str(values[alone[2]]):
            lines.append(textwrap.indent(text, alone[1]))
    return "\n".join(lines) + "\n"


def sources(*things: Callable, without: Collection[str] = ()) -> str:
    """Source of functions or classes and of everything of their own modules that they use, without
    docstrings, in the order in which it is needed.

    Args:
        without: names of methods that are left out.
    """
    found: dict[str, str] = {}

    def visit(thing: Callable) -> None:
        module = sys.modules[thing.__module__]
        tree = ast.parse(inspect.getsource(thing))
        node = tree.body[0]
        if isinstance(node, ast.ClassDef):
            node.body = [part for part in node.body if getattr(part, "name", "") not in without]
        _strip(node)
        found[thing.__name__] = ""  # its place; what it needs comes before it
        for name in [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]:
            other = getattr(module, name, None)
            if not (inspect.isfunction(other) or inspect.isclass(other)):
                continue
            if _home(other.__module__) == _home(module.__name__) and name not in found:
                visit(other)
        del found[thing.__name__]
        found[thing.__name__] = ast.unparse(tree)

    for thing in things:
        if thing.__name__ not in found:
            visit(thing)
    return "\n\n\n".join(found.values()) + "\n"


def _home(module: str) -> str:
    """What is collected together: a module of the core, or a whole package below it."""
    return module.rpartition(".")[0] if module.count(".") > 1 else module


def _strip(node: ast.AST) -> None:
    """Drop docstrings and annotations, and this project's own errors, which need more imports."""
    for part in ast.walk(node):
        if isinstance(part, ast.FunctionDef | ast.ClassDef):
            first = part.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                part.body = part.body[1:] or [ast.Pass()]
        if isinstance(part, ast.FunctionDef):
            part.returns = None
            arguments = part.args
            for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
                argument.annotation = None
        if isinstance(part, ast.Raise) and "SettingError" in ast.unparse(part):
            part.exc = ast.parse('ValueError("give it images")', mode="eval").body


def from_torch(call: Callable) -> bool:
    return call.__module__.startswith("torch.")


def call_text(call: Callable, values: dict) -> str:
    name = f"nn.{call.__name__}" if from_torch(call) else call.__name__
    return f"{name}({', '.join(f'{k}={literal(v)}' for k, v in values.items())})"


def literal(value) -> str:
    return repr(value)
