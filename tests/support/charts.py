"""What figures' tests read off charts and their files, and histories to draw."""

from __future__ import annotations

import csv
import io
import re
from xml.etree import ElementTree

from initopt_core.figures import export
from initopt_core.figures.figure import Figure
from initopt_core.training.history import History

RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def powers(svg: str) -> list[int]:
    """Exponents of an SVG's labels 10ⁿ."""
    return [int(m.translate(RAISED)) for m in re.findall(r">10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)<", svg)]


def smallest_letters(svg: str) -> float:
    """Size of an SVG's smallest letters as they are seen at its own size, in its pixels."""

    def sizes(part: ElementTree.Element, scale: float):
        found = re.search(r"scale\(([\d.]+)", part.get("transform", ""))
        scale *= float(found[1]) if found else 1.0
        if "".join(part.itertext()).strip() and part.get("font-size"):
            yield scale * float(part.get("font-size", "").removesuffix("px"))
        for one in part:
            yield from sizes(one, scale)

    return min(sizes(ElementTree.fromstring(svg), 1.0))


def told(losses: list[list[float | None]], steps: int = 10, **more) -> History:
    """A history of racers with these losses, as a run's events tell it."""
    history = History("/nonexistent")
    names = ["SGD", "Adam", "Lion"][: len(losses)]
    trials = [
        {"name": n, "label": n, "optimizer": n, "racer": i, "seed": 42, "lr": 0.1}
        for i, n in enumerate(names)
    ]
    start = {"kind": "start", "phase": "race", "steps": steps, "epochs": 40, "batch": 256}
    history._take({**start, "device": "cpu", "trials": trials})
    count = len(losses[0])
    event = {"kind": "steps", "first": 0, "count": count, "losses": losses}
    history._take({**event, "seconds": [1.0] * len(losses), "clock": 1.0, **more})
    return history


def rows_of(figure: Figure) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(export.to_csv(figure).decode())))


def path_heights(svg: str) -> list[float]:
    """The largest vertical extent of each drawn line in an SVG, in pixels."""
    found = []
    for path in re.findall(r'aria-roledescription="line mark"[^>]*? d="([^"]*)"|d="([^"]*)"', svg):
        numbers = re.findall(r"[ML](-?[\d.e-]+),(-?[\d.e-]+)", "".join(path))
        y = [float(b) for _, b in numbers]
        found.append(max(y) - min(y) if y else 0.0)
    return found


def points_of_lines(svg: str) -> list[int]:
    """How many points each drawn line in an SVG has, in the order in which they are drawn."""
    groups = re.findall(r'<g class="mark-line[^>]*>(.*?)</g>', svg, re.DOTALL)
    lines = [line for group in groups for line in re.findall(r' d="([^"]*)"', group)]
    return [len(re.findall("[ML]", line)) for line in lines]


def places_of(svg: str | bytes) -> dict[str, list[tuple[float, float]]]:
    """Each text of a picture -> where it begins, in pixels from the left and from the top."""
    found: dict[str, list[tuple[float, float]]] = {}

    def walk(part: ElementTree.Element, x: float, y: float) -> None:
        for dx, dy in re.findall(r"translate\(([-\d.]+)[, ]([-\d.]+)\)", part.get("transform", "")):
            x, y = x + float(dx), y + float(dy)
        if part.tag.endswith("text"):
            found.setdefault("".join(part.itertext()), []).append((x, y))
        for inner in part:
            walk(inner, x, y)

    walk(ElementTree.fromstring(svg), 0.0, 0.0)
    return found
