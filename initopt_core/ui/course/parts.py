"""What the gallery shows, computed in the worker thread once a server."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial

from initopt_core.data import FashionMNIST
from initopt_core.figures import export
from initopt_core.figures.export.page import chart_page
from initopt_core.figures.figure import Figure
from initopt_core.figures.tutorial import Item, Number, course
from initopt_core.wording import number, percent


@lru_cache(maxsize=2)
def items(dataset: FashionMNIST) -> dict[str, Item]:
    """Name -> figure of the tutorial, in its order; nothing is computed yet."""
    return {item.name: item for item in course(dataset)}


def figure(name: str, dataset: FashionMNIST) -> Figure:
    """The figure `name` of `items`."""
    return items(dataset)[name].make()


def picture(name: str, theme: str, dataset: FashionMNIST) -> bytes:
    """It as a PNG for the gallery; `theme`: "light" or "dark"."""
    return export.to_png(figure(name, dataset), export.ExportOptions(theme=theme, scale=1))


def numbers(name: str, dataset: FashionMNIST) -> tuple[Number, ...]:
    """The tutorial's printed numbers beside ours."""
    return tuple(items(dataset)[name].numbers())


def interactive(item: Item, made: Figure) -> bytes:
    """The chart as one HTML file with its hover."""
    return chart_page(made, export.dressed(item, export.ExportOptions()))


def kept(item: Item, make) -> Item:
    """The item with `make(name)`, which may remember, in place of its own maker."""
    return replace(item, make=partial(make, item.name))


def row(one: Number) -> dict[str, str]:
    """A line of the table of numbers, in words."""
    write = percent if one.name.startswith("test accuracy") else number
    return {
        "Number": one.name,
        "Printed": write(one.printed),
        "Ours": write(one.ours),
        "Deviation": number(one.deviation),
        "Meaning": one.meaning,
    }
