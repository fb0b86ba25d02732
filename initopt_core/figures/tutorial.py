"""The tutorial's figures, recomputed, in its order: what course material is made from.

`course(dataset)` lists them as `Item`s, each with its title, caption, program, link and the
numbers that the tutorial printed beside ours (`manifest` gathers them), and `clips(dataset)` lists
what moves. `figures(dataset)` gives names and makers alone.
Longer than other files: it is a list, one entry for each figure of the tutorial.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any

import numpy as np
import torch

from initopt_core.data import FashionMNIST, normalize, probe_batch
from initopt_core.descent import Run, Trace, race
from initopt_core.initialization import code as initialization_code
from initopt_core.initialization.observation import SeedBand, observe, one_seed
from initopt_core.initialization.presets import PRESETS, Preset
from initopt_core.initialization.words import in_words
from initopt_core.loss_surfaces import code as surface_code
from initopt_core.loss_surfaces.flatness import SHIFT, SLIDES, TwoMinima, minima_settings
from initopt_core.loss_surfaces.labels import race_settings
from initopt_core.loss_surfaces.landmarks import landmarks
from initopt_core.loss_surfaces.presets import RACES, Race
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.published import ACCURACIES, BATCH, PIXELS
from initopt_core.surfaces import SURFACES, Surface
from initopt_core.training.config import TrainConfig
from initopt_core.training.differences import summary
from initopt_core.training.history import History
from initopt_core.training.runs.recorded import recorded_config, recorded_race
from initopt_core.wording import number, percent

from . import clips as moving
from . import initialization, loss_surfaces, training, where
from .export.options import ExportOptions
from .export.printed import FACTOR, SEEDS, SPREAD
from .figure import Figure
from .images import image_grid, origin
from .loss_surfaces.canvas_page import canvas_page
from .loss_surfaces.scene import Showing, grid, scene
from .where import HOME

TUTORIAL_RACES = ("ravine", "steep")
WIDE, WIDE_FACTOR = 0.2, 1.5
"""A spread, as a share of its number or as a factor, with which it cannot agree to a digit."""
MORPH, BASINS = "large-variance-to-kaiming", "steep-optima-basins"


@dataclass(frozen=True)
class Number:
    """A printed number beside ours.

    Attributes:
        name: what it is.
        printed, ours: values.
        exact: nothing is drawn, so both should agree.
        spread: standard deviation of ours over seeds, where that is known.
        factor: the same of a number above 0 as a factor, the exponential of the standard deviation
            of its logarithm: one seed far above the others says little of the rest.
        why: in place of what the deviation says by itself.
        unit: of all of them; empty where there is none.
    """

    name: str
    printed: float
    ours: float
    exact: bool = False
    spread: float | None = None
    why: str = ""
    unit: str = ""
    factor: float | None = None

    def write(self, value: float) -> str:
        """`value` to as many digits as say whether both agree: what is drawn differs early."""
        if self.is_share:
            return percent(value, 2)
        return number(value, 6 if self.exact else 4)

    @property
    def parts(self) -> tuple[str, str]:
        """The quantity and its place, such as a layer, without the name of the figure; without a
        place the first is empty."""
        quantity, _, place = self.name.rpartition(": ")[2].rpartition(", ")
        return quantity, place

    @property
    def is_share(self) -> bool:
        """Whether it is a share of 1, told in per cent."""
        return self.name.startswith("test accuracy")

    @property
    def deviation(self) -> float:
        """Ours minus the printed one."""
        return self.ours - self.printed

    @property
    def meaning(self) -> str:
        """What the deviation says."""
        if self.why:
            return self.why
        if self.exact:
            close = abs(self.deviation) <= 2e-4 * max(abs(self.printed), 1e-3)
            return "agrees: nothing is random" if close else "differs, though nothing is random"
        apart = self.apart
        if apart is None:
            return "one draw beside another"
        if apart < 1:
            told = "one draw beside another: closer than two draws usually are"
        else:
            told = (
                f"one draw beside another: {number(apart, 2)} times as far apart as two usually are"
            )
        wide = (self.factor or 1) > WIDE_FACTOR or (self.relative_spread or 0) > WIDE
        return (
            f"{told}; the seed alone changes it so much that only its order of magnitude "
            "can be compared"
            if wide
            else told
        )

    @property
    def relative_spread(self) -> float | None:
        """The spread as a share of ours, where both are known and ours is not 0."""
        return self.spread / abs(self.ours) if self.spread and self.ours else None

    @property
    def shortest(self) -> str:
        """The same in a cell beside both numbers."""
        if self.why or self.exact:
            return "agrees" if self.meaning.startswith("agrees") else "differs"
        if self.factor:
            return f"{FACTOR}{number(self.factor)}"
        return f"{SPREAD}{number(self.spread, 2)}" if self.spread else "one draw"

    @property
    def apart(self) -> float | None:
        """How far both lie apart, over the usual distance of two draws: the square root of 2 times
        the spread. None where no spread is known."""
        if self.factor and self.factor > 1 and self.ours > 0 and self.printed > 0:
            far, usual = abs(math.log(self.printed / self.ours)), math.log(self.factor)
        elif self.spread:
            far, usual = abs(self.deviation), self.spread
        else:
            return None
        return far / (usual * math.sqrt(2))

    def row(self) -> dict[str, Any]:
        """For a table or a file."""
        return {
            "number": self.name,
            "printed": self.printed,
            "ours": self.ours,
            "unit": self.unit or None,
            "deviation": self.deviation,
            "relative deviation": self.deviation / abs(self.printed) if self.printed else None,
            "meaning": self.meaning,
            "seed spread": self.spread,
            "relative seed spread": self.relative_spread,
            "seed factor": self.factor,
            "distance": self.apart,
        }


@dataclass(frozen=True)
class Item:
    """One figure of a page or of the tutorial.

    Attributes:
        name: usable as a file name.
        title, caption: in words, settings included.
        make: computes the figure.
        numbers: computes the printed numbers beside ours.
        page, query: the page that shows it, and its state in the link; never empty, since a page
            that is opened without one shows what the visitor has set there.
        shown: what to look for on that page, where that is not plain.
        program: gives a runnable script, or "".
        clips: names of `clips` that move it.
        playing: makes its interactive page where that is more than the figure with its hover.
    """

    name: str
    title: str
    caption: str
    make: Callable[[], Figure]
    numbers: Callable[[], Sequence[Number]] = field(default=tuple)
    page: str = ""
    query: tuple[tuple[str, str], ...] = ()
    shown: str = ""
    program: Callable[[], str] = field(default=str)
    clips: tuple[str, ...] = ()
    playing: Callable[[ExportOptions], bytes] | None = None

    def link(self, base: str = "") -> str:
        """The permalink below the app's address `base`; "" where no page shows it."""
        return where.link(self.page, self.query, base) if self.page else ""

    def place(self, base: str = "") -> str:
        """The same, in words where the address is not known."""
        if base or not self.page:
            return self.link(base)
        return where.in_words(self.page, self.query)


def figures(dataset: FashionMNIST) -> Iterator[tuple[str, Callable[[], Figure]]]:
    """Name (usable as a file name) and maker of every figure; nothing is computed yet."""
    for item in course(dataset):
        yield item.name, item.make


def course(dataset: FashionMNIST) -> list[Item]:
    """Every figure in the tutorial's order, its names numbered; nothing is computed yet."""
    items = [_images(dataset), *_initialization(dataset), *_training(), *_surfaces(), _minima()]
    return [replace(item, name=f"{n:02d}-{item.name}") for n, item in enumerate(items, 1)]


# --- images -------------------------------------------------------------------------------------


def _images(dataset: FashionMNIST) -> Item:
    return Item(
        "sample-images",
        "Sample images",
        f"Fashion-MNIST: the first eight training images of each class, from {origin(dataset)}.",
        partial(image_grid, dataset),
        partial(_pixel_numbers, dataset),
        HOME,
        shown="Home has the pixels' mean and standard deviation beside the classes.",
    )


def _pixel_numbers(dataset: FashionMNIST) -> list[Number]:
    """Of all training pixels, and of the probe's batch."""
    values = np.arange(256) / 255
    counts = np.bincount(dataset.train_images.numpy().ravel(), minlength=256)
    mean = float((counts * values).sum() / counts.sum())
    square = float((counts * (values - mean) ** 2).sum() / (counts.sum() - 1))
    whole = len(dataset.train_images) == 60_000
    why = "" if whole else "ours are the sample's images, not all 60,000"
    ours = {"mean": mean, "standard deviation": square**0.5}
    pixels = [
        Number(f"{k} of the training pixels", v, ours[k], exact=whole, why=why)
        for k, v in PIXELS.items()
    ]
    return pixels + _batch_numbers(dataset)


_ENDS = {
    "maximum": "agrees: nearly every batch has a pixel that is wholly white",
    "minimum": "agrees: every batch has a pixel that is wholly black",
}


def _batch_numbers(dataset: FashionMNIST) -> list[Number]:
    """Of a batch of training images, with the spread over other batches where they are random."""
    n = min(1024, len(dataset.train_index))
    images, _ = probe_batch(dataset, n)
    ours = {
        "mean": float(images.mean()),
        "standard deviation": float(images.std()),
        "maximum": float(images.max()),
        "minimum": float(images.min()),
    }
    spreads, out = _spreads(dataset, n), []
    for name, printed in BATCH.items():
        value, ends = round(ours[name], 3), name in _ENDS
        why = _ENDS[name] if ends and value == printed else ""
        spread = None if ends else spreads.get(name)
        out.append(Number(f"{name} of a batch", printed, value, ends, spread, why))
    return out


def _spreads(dataset: FashionMNIST, n: int) -> dict[str, float]:
    """Standard deviations over batches of `n` images; none where the images are too few to be
    drawn anew."""
    index = dataset.train_index
    if len(index) < 10 * n:
        return {}
    drawn = []
    for seed in range(SEEDS):
        order = torch.randperm(len(index), generator=torch.Generator().manual_seed(seed))[:n]
        images = normalize(dataset.train_images[index[order]])
        drawn.append((float(images.mean()), float(images.std())))
    spreads = np.std(drawn, axis=0, ddof=1).tolist()
    return dict(zip(("mean", "standard deviation"), spreads, strict=True))


# --- initialization -----------------------------------------------------------------------------


def _initialization(dataset: FashionMNIST) -> Iterator[Item]:
    """Histograms, and variance against depth, of each experiment."""
    for preset in PRESETS.values():
        kinds = {"histograms": initialization.grid, "depth": initialization.depth}
        for kind, draw in kinds.items():
            settings = preset.settings
            yield Item(
                f"{preset.name}-{kind}",
                f"{preset.label}: {'histograms' if kind == 'histograms' else 'variance by depth'}",
                f"{in_words(settings)} {preset.lesson}",
                partial(_drawn, draw, settings, dataset),
                partial(_variances, preset, dataset) if kind == "histograms" else tuple,
                "initialization",
                tuple(settings.to_link().items()),
                program=partial(initialization_code.program, settings),
                clips=(MORPH,) if f"{preset.name}-{kind}" == "large-variance-histograms" else (),
            )


def _drawn(draw: Callable, settings, dataset: FashionMNIST) -> Figure:
    return replace(draw(_observed(settings, dataset)), settings=settings.to_dict())


@lru_cache(maxsize=2)
def _observed(settings, dataset: FashionMNIST):
    return observe(settings, dataset)


_UNITS = {"activations": "", "gradients": "nats²"}
"""Of variances: a gradient of the loss is in nats."""


def _variances(preset: Preset, dataset: FashionMNIST) -> list[Number]:
    """Printed variances of an experiment beside ours, and their spread over seeds."""
    probe = _observed(preset.settings, dataset).probe
    draws: SeedBand | None = None
    if not preset.exact:
        seeds = range(preset.settings.seed, preset.settings.seed + SEEDS)
        for seed in seeds:
            one = one_seed(preset.settings.replace(seed=seed), dataset)
            draws = one if draws is None else draws.add(one)
    out = []
    for kind in ("activations", "gradients"):
        for k, printed in enumerate(getattr(preset, kind)):
            stats = getattr(probe, kind)[k]
            factor = None if draws is None else _factor(getattr(draws, kind)[:, k])
            name = f"{preset.label}: variance of the {kind}, {stats.name}"
            ours = float(stats.variance)
            unit = _UNITS[kind]
            out.append(Number(name, printed, ours, preset.exact, unit=unit, factor=factor))
    return out


def _factor(draws: np.ndarray) -> float | None:
    """See `Number.factor`; None where a draw has no logarithm."""
    if not (np.isfinite(draws) & (draws > 0)).all():
        return None
    return float(np.exp(np.log(draws).std(ddof=1)))


# --- training -----------------------------------------------------------------------------------


def _training() -> Iterator[Item]:
    """Loss and accuracy of the recorded run of the tutorial's race."""
    caption = f"Recorded: {summary(recorded_config())}."
    kinds = {"loss": training.loss_figure, "accuracy": training.accuracy_figure}
    for kind, draw in kinds.items():
        yield Item(
            f"race-{kind}",
            f"Three optimizers: {kind}",
            caption,
            partial(_recorded, draw),
            _accuracies if kind == "accuracy" else tuple,
            "training",
            (("run", "recorded"),),
            program=_training_program,
            clips=("race-loss", "race-weights") if kind == "loss" else (),
        )


def _training_program() -> str:
    from initopt_core.training.code import program

    return program(TrainConfig.race(["SGD", "SGDMomentum", "Adam"], epochs=40))


@lru_cache(maxsize=1)
def _history() -> History:
    history = History(recorded_race())
    history.poll()
    return history


def _recorded(draw: Callable) -> Figure:
    settings = {"run": "recorded", **recorded_config().as_dict()}
    return replace(draw(training.lines([("", _history())]), "epochs"), settings=settings)


def _accuracies() -> list[Number]:
    curves = {c.optimizer: c for c in _history().curves.values()}
    return [
        Number(f"test accuracy, {OPTIMIZERS[name].label}", printed,
               float(test["accuracy"]))
        for name, printed in ACCURACIES.items() if (test := curves[name].test)
    ]  # fmt: skip


# --- surfaces -----------------------------------------------------------------------------------


def _surfaces() -> Iterator[Item]:
    """Each surface alone in two and three dimensions, then its race."""
    for name in TUTORIAL_RACES:
        chosen = RACES[name]
        facts = SURFACES[chosen.surface]
        caption = _race_words(chosen)
        x0, x1, y0, y1 = map(number, facts.ranges)
        seen = f"The loss for w₁ from {x0} to {x1} and w₂ from {y0} to {y1}."
        told = {
            "surface-3d": (f"{facts.label} in three dimensions", seen),
            "surface": (f"{facts.label} from above", seen),
            "paths": (f"{facts.label}: paths", caption),
            "losses": (f"{facts.label}: losses", caption),
        }
        alone = (("step", "0"),)
        look = {"surface-3d": (("solid", "true"), *alone), "surface": alone}
        stem = chosen.surface.replace("_", "-")
        for kind, (title, words) in told.items():
            yield Item(
                f"{stem}-{kind}",
                title,
                words,
                partial(_raced, chosen, kind),
                page="loss_surfaces",
                query=(("experiment", name), *look.get(kind, ())),
                shown="At step 0 no path covers it; Play starts the race." if kind in look else "",
                program=partial(_race_program, chosen),
                clips=_clips_of(chosen, kind),
                playing=partial(_playing, chosen, kind) if kind in LOOKS else None,
            )


def _clips_of(chosen: Race, kind: str) -> tuple[str, ...]:
    """What moves a figure of a race."""
    stem = chosen.surface.replace("_", "-")
    above = (f"{stem}-paths", *([BASINS] if BASINS.startswith(stem) else []))
    return {"paths": above, "surface-3d": (f"{stem}-orbit",)}.get(kind, ())


def _race_words(chosen: Race) -> str:
    """Its length, its start and its racers with their settings."""
    begin = ", ".join(map(number, chosen.begin))
    racers = "; ".join(
        f"{OPTIMIZERS[o].label} ({', '.join(f'{k} {number(v)}' for k, v in s.items())})"
        for o, s in chosen.runs
    )
    label = SURFACES[chosen.surface].label
    return f"{label}, {chosen.length} updates from ({begin}): {racers}."


def _runs(chosen: Race) -> tuple[Surface, tuple[Run, ...]]:
    surface = Surface(chosen.surface, tuple(chosen.surface_settings.items()))
    return surface, tuple(Run(o, tuple(s.items()), chosen.begin) for o, s in chosen.runs)


def _race_program(chosen: Race) -> str:
    surface, runs = _runs(chosen)
    return surface_code.snippet(surface, runs, chosen.length)


def _raced(chosen: Race, kind: str) -> Figure:
    surface, runs = _runs(chosen)
    raced = runs if kind in ("paths", "losses") else ()
    settings = race_settings(surface, raced, SURFACES[chosen.surface].ranges, chosen.length)
    return replace(_drawn_race(chosen, kind), settings=settings)


def _drawn_race(chosen: Race, kind: str) -> Figure:
    surface, runs = _runs(chosen)
    facts = SURFACES[chosen.surface]
    place = (facts.ranges, facts.color)
    if kind == "surface":
        return loss_surfaces.paths(surface, (), (), *place)
    if kind == "surface-3d":
        return loss_surfaces.space(surface, (), (), *place)
    traces, labels = _traces(surface, runs, chosen.length)
    if kind == "losses":
        return loss_surfaces.losses(traces, labels)
    return loss_surfaces.paths(surface, traces, labels, *place)


LOOKS: dict[str, dict[str, Any]] = {
    "surface-3d": {"solid": True, "step": 0},
    "surface": {"step": 0},
    "paths": {},
}
"""How the laboratory's canvas shows each figure of a race first, see `Look` in protocol.js."""


def _playing(chosen: Race, kind: str, options: ExportOptions) -> bytes:
    """The race on the laboratory's canvas, with its controls."""
    surface, runs = _runs(chosen)
    facts, label = SURFACES[chosen.surface], surface.label
    made = scene(
        surface, runs, chosen.length, 0.0, 0, facts.ranges, landmarks(surface, facts.ranges)
    )
    shown = Showing(
        label, label, facts.ranges, facts.color, _raced(chosen, kind).alt, look=LOOKS[kind]
    )
    return canvas_page(made, grid(surface, facts.ranges), shown, options)


def _traces(
    surface: Surface, runs: tuple[Run, ...], length: int
) -> tuple[tuple[Trace, ...], list[str]]:
    traces = race(surface, runs, length)
    return traces, [OPTIMIZERS[trace.run.optimizer].label for trace in traces]


def _minima() -> Item:
    return Item(
        "sharp-and-flat",
        "A sharp and a flat minimum",
        f"Training loss, and the test loss moved by {number(SHIFT.default)}. What a minimum pays "
        "is its test loss minus its training loss; after Keskar et al.",
        _two_minima,
        page="loss_surfaces",
        query=(("view", "Sharp and flat"),),
        program=partial(surface_code.minima_program, [p.default for p in SLIDES]),
    )


def _two_minima() -> Figure:
    settings = minima_settings([p.default for p in SLIDES])
    return replace(loss_surfaces.two_minima(TwoMinima(), SHIFT.default), settings=settings)


# --- what moves, and the numbers ----------------------------------------------------------------


def clips(dataset: FashionMNIST) -> dict[str, Callable[[], moving.Clip]]:
    """Name -> maker of every clip that belongs to the tutorial's figures."""
    made: dict[str, Callable[[], moving.Clip]] = {}
    for name in TUTORIAL_RACES:
        stem = RACES[name].surface.replace("_", "-")
        made[f"{stem}-paths"] = partial(_moving, RACES[name], moving.paths_clip)
        made[f"{stem}-orbit"] = partial(_orbit, RACES[name])
    made[BASINS] = _basins
    made["race-loss"] = lambda: moving.curves_clip(_recorded(training.loss_figure), "epochs")
    made["race-weights"] = _race_weights
    made[MORPH] = lambda: moving.morph_clip(
        _observed(PRESETS["large-variance"].settings, dataset),
        _observed(PRESETS["kaiming-relu"].settings, dataset),
    )
    return made


def _moving(chosen: Race, make: Callable[..., moving.Clip]) -> moving.Clip:
    surface, runs = _runs(chosen)
    facts = SURFACES[chosen.surface]
    traces, labels = _traces(surface, runs, chosen.length)
    return make(surface, traces, labels, facts.ranges, facts.color)


def _orbit(chosen: Race) -> moving.Clip:
    """The race, where the figure that it moves is the surface alone."""
    made = _moving(chosen, moving.orbit_clip)
    title = f"{SURFACES[chosen.surface].label}: paths in three dimensions"
    query = (("experiment", chosen.name), ("solid", "true"))
    return replace(made, title=title, caption=_race_words(chosen), query=query)


def _basins() -> moving.Clip:
    """Of the racer that comes from most starts."""
    chosen = RACES["steep"]
    surface, runs = _runs(chosen)
    facts = SURFACES[chosen.surface]
    adam = next(run for run in runs if run.optimizer == "Adam")
    made = moving.basins_clip(surface, adam, facts.ranges, facts.color, chosen.length)
    return replace(made, query=(("experiment", chosen.name), ("view", "Basins")))


def _race_weights() -> moving.Clip:
    """Of the first racer, whose settings alone are told."""
    curve = next(iter(_history().curves.values()))
    made = moving.epochs_clip(curve)
    told = f"Recorded: {summary(recorded_config(), racers=[curve.racer])}."
    caption = f"Histograms of each layer's weights, blended between epochs. {told}"
    return replace(made, caption=caption, query=(("run", "recorded"), ("tab", "Distributions")))
