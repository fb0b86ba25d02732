"""A race as a PyTorch script that runs on its own, printing losses now and then and where every
optimizer ends."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Sequence

from initopt_core.descent import Run
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.programs import filled, sources
from initopt_core.schedules import SCHEDULES
from initopt_core.surfaces import FORMULA, SURFACES, Surface
from initopt_core.surfaces.catalogue import Ranges
from initopt_core.surfaces.formula import python_of

from .findings import shared_digits
from .flatness import BOWL

_WELLS_LINE = "    for x, y in ((1.0, -0.5), (-1.0, 0.5), (-0.5, -0.8)):\n"


def snippet(
    surface: Surface, runs: tuple[Run, ...], updates: int, noise: float = 0.0, seed: int = 0
) -> str:
    """Source text: imports, the surface, a training loop, and a call for each run; it prints about
    ten losses of each, then the ends.

    The optimizers are torch's own where it has them, with rates in torch's convention.
    """
    scheduled = any(r.schedule != "constant" for r in runs)
    calls = [_call("train", runs, i, [_pair(r.start), str(updates)]) for i, r in enumerate(runs)]
    parts = [*_before(surface, runs), _loop(noise, seed, scheduled)]
    called = "".join(textwrap.indent(call.rstrip(), "    ") + ",\n" for call in calls)
    return "\n\n".join(parts) + f"\n\nracers = [\n{called}]\ntell(racers, {updates})\n"


STARTS = 60
"""Starts on each side of a map, in a program."""


def basins_snippet(
    surface: Surface,
    runs: tuple[Run, ...],
    updates: int,
    ranges: Ranges,
    minima: Sequence[tuple[float, float]],
) -> str:
    """Source text that descends from a grid of starts, all at once, and prints how many reach each
    minimum. Empty where an optimizer's arithmetic is not that of single weights."""
    if not all(OPTIMIZERS[r.optimizer].elementwise for r in runs):
        return ""
    scheduled = any(r.schedule != "constant" for r in runs)
    loop = filled(
        "surface_basins",
        n=STARTS,
        ranges=tuple(map(float, ranges)),
        minima=[tuple(map(float, place)) for place in minima],
        factor=", factor" if scheduled else "",
        base=_BASE if scheduled else "",
        rate=_RATE if scheduled else "",
    )
    calls = [_call("settle", runs, i, [str(updates)]) for i in range(len(runs))]
    return "\n\n".join([*_before(surface, runs), loop]) + "\n\n" + "".join(calls)


def _before(surface: Surface, runs: tuple[Run, ...]) -> list[str]:
    """What both kinds of programs begin with: imports, optimizers, surface, schedules."""
    parts = ["import math\n\nimport torch\n"]
    ours = {r.optimizer: OPTIMIZERS[r.optimizer].call for r in runs if not _torch(r)}
    if ours:  # not in torch: their own source
        parts[0] = parts[0].replace("math\n", "math\nfrom dataclasses import dataclass, field\n", 1)
        parts.append(sources(*ours.values(), without=("state_dict", "load_state_dict")))
    parts.append(_surface(surface))
    if any(r.schedule != "constant" for r in runs):
        parts.append(_schedules(runs))
    return parts


def _call(function: str, runs: tuple[Run, ...], i: int, others: Sequence[str]) -> str:
    """The line of one run, with a number in its name where there are several of its optimizer."""
    names = [OPTIMIZERS[r.optimizer].label for r in runs]
    several = names.count(names[i]) > 1
    label = f"{names[i]} {names[: i + 1].count(names[i])}" if several else names[i]
    arguments = [f'"{label}"', f"lambda params: {_optimizer(runs[i])}", *others]
    arguments += [_factor(runs[i])] if any(r.schedule != "constant" for r in runs) else []
    return f"{function}(\n" + "".join(f"    {a},\n" for a in arguments) + ")\n"


def minima_program(values: Sequence[float]) -> str:
    """Source text of the sharp and the flat minimum and of what they pay; standard library alone.

    Args:
        values: of `flatness.SLIDES`.
    """
    sharp, flat, depth, shift = values
    return filled("sharp_flat", sharp=sharp, flat=flat, height=0.6 + depth, shift=shift, bowl=BOWL)


def _pair(start: tuple[float, float]) -> str:
    return f"({float(start[0])!r}, {float(start[1])!r})"


def _torch(run: Run) -> str:
    return OPTIMIZERS[run.optimizer].in_torch(run.values())


def _optimizer(run: Run) -> str:
    code = _torch(run)
    if code:
        return code
    given = ", ".join(f"{k}={v!r}" for k, v in run.values().items())
    return f"{OPTIMIZERS[run.optimizer].call.__name__}(params, {given})"


def _surface(surface: Surface) -> str:
    if surface.name == FORMULA:
        text = python_of(surface.text)
        tree = ast.parse(text, mode="eval")
        names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        lines = [f"{n} = math.{n}" for n in ("pi", "e") if n in names]
        for n in sorted(names - {"w1", "w2", "pi", "e"}):
            home = "torch.nn.functional" if n == "softplus" else "torch"
            other = {"min": "minimum", "max": "maximum"}.get(n, n)
            lines.append(f"{n} = lambda *a: {home}.{other}(*map(torch.as_tensor, a))")
        body = f"def loss(w1, w2):\n    return {text} + 0 * (w1 + w2)\n"
        return "\n".join([*lines, "", body]) if lines else body
    entry = SURFACES[surface.name]
    source = textwrap.dedent(inspect.getsource(entry.call))
    tree = ast.parse(source).body[0]
    assert isinstance(tree, ast.FunctionDef)
    start = tree.body[1].lineno - 1  # behind the docstring
    body = "".join(source.splitlines(keepends=True)[start:])
    body = body.replace("    for x, y in _WELLS:\n", _WELLS_LINE)
    settings = entry.settings(dict(surface.settings))
    header = "def loss(w1, w2" + "".join(f", {k}={v!r}" for k, v in settings.items()) + "):\n"
    return header + f"    # {entry.label}: {entry.source}\n" + body


def _schedules(runs: tuple[Run, ...]) -> str:
    return sources(*(SCHEDULES[n].call for n in sorted({r.schedule for r in runs})))


def _factor(run: Run) -> str:
    entry = SCHEDULES[run.schedule]
    given = "".join(f", {k}={v!r}" for k, v in run.schedule_settings)
    return f"lambda t, total: {entry.call.__name__}(t, total{given})"


_BASE = """group = getattr(optimizer, 'param_groups', [None])[0]
base = group['lr'] if group else optimizer.lr"""
_RATE = """if group:
    group['lr'] = base * factor(t, updates)
else:
    optimizer.lr = base * factor(t, updates)"""


def _loop(noise: float, seed: int, scheduled: bool) -> str:
    """The training loop, which runs in both arithmetics and tells the digits that hold."""
    drawn = (
        f"noise = {noise!r} * torch.randn(updates, 1, 2, "
        f"generator=torch.Generator().manual_seed({seed}))"
    )
    loop = filled(
        "surface_race",
        factor=", factor" if scheduled else "",
        base=_BASE if scheduled else "",
        rate=_RATE if scheduled else "",
        noise=drawn if noise else "",
        shake="w.grad += noise[t, 0]" if noise else "",
    )
    return f"{inspect.getsource(shared_digits)}\n\n{loop}"
