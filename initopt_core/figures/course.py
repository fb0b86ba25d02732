"""The tutorial's figures, recomputed, in its order: what course material is made from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module

from initopt_core.data import FashionMNIST
from initopt_core.figures.base import Figure

PARTS = ("initialization", "training", "surfaces")


def figures(dataset: FashionMNIST) -> Iterator[tuple[str, Callable[[], Figure]]]:
    """Name (usable as a file name) and maker of every figure; nothing is computed yet."""
    number = 0
    for part in PARTS:
        module = import_module(f"initopt_core.figures.{part}")
        for name, make in module.course_figures(dataset):
            number += 1
            yield f"{number:02d}-{name}", make
