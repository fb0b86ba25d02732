"""The tutorial's figures, recomputed, in its order: what course material is made from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from initopt_core.data import FashionMNIST
from initopt_core.descent import Run, race
from initopt_core.initialization.observation import observe
from initopt_core.initialization.presets import PRESETS
from initopt_core.loss_surfaces.presets import RACES, Race
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.surfaces import SURFACES, Surface
from initopt_core.training.history import History
from initopt_core.training.runs.recorded import recorded_race

from . import initialization, loss_surfaces, training
from .figure import Figure

TUTORIAL_RACES = ("ravine", "steep")


def figures(dataset: FashionMNIST) -> Iterator[tuple[str, Callable[[], Figure]]]:
    """Name (usable as a file name) and maker of every figure; nothing is computed yet."""
    makers = [*_initialization(dataset), *_training(), *_surfaces()]
    for number, (name, make) in enumerate(makers, 1):
        yield f"{number:02d}-{name}", make


def _initialization(dataset: FashionMNIST):
    """Histograms, and variance against depth, of each experiment."""
    for preset in PRESETS.values():
        for kind, draw in (
            ("histograms", initialization.grid),
            ("depth", initialization.depth),
        ):
            yield f"{preset.name}-{kind}", partial(_drawn, draw, preset.settings, dataset)


def _drawn(draw: Callable, settings, dataset: FashionMNIST) -> Figure:
    return draw(observe(settings, dataset))


def _training():
    """Loss and accuracy of the recorded run of the tutorial's race."""
    for kind, draw in (
        ("loss", training.loss_figure),
        ("accuracy", training.accuracy_figure),
    ):
        yield f"race-{kind}", partial(_recorded, draw)


def _recorded(draw: Callable) -> Figure:
    history = History(recorded_race())
    history.poll()
    return draw(training.lines([("", history)]), "epochs")


def _surfaces():
    """Paths and loss curves of both experiments."""
    for name in TUTORIAL_RACES:
        for kind in ("paths", "losses"):
            yield (
                f"{RACES[name].surface.replace('_', '-')}-{kind}",
                partial(_raced, RACES[name], kind),
            )


def _raced(chosen: Race, kind: str) -> Figure:
    surface = Surface(chosen.surface, tuple(chosen.surface_settings.items()))
    runs = [
        Run(optimizer, tuple(settings.items()), chosen.begin) for optimizer, settings in chosen.runs
    ]
    traces = race(surface, runs, chosen.length)
    labels = [OPTIMIZERS[trace.run.optimizer].label for trace in traces]
    if kind == "losses":
        return loss_surfaces.losses(traces, labels)
    facts = SURFACES[chosen.surface]
    return loss_surfaces.paths(surface, traces, labels, facts.ranges, facts.color)
