"""What the home page shows of data, network and laboratories, computed once a server."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import streamlit as st

from initopt_core.descent import Run, race
from initopt_core.figures import images, pictures, theme
from initopt_core.figures.loss_surfaces.picture import surface_png
from initopt_core.initialization import Settings, observe
from initopt_core.loss_surfaces.presets import RACES
from initopt_core.networks import HIDDEN_SIZES, BaseNetwork, make_activation
from initopt_core.published import BATCH, PIXELS
from initopt_core.surfaces import SURFACES, Surface
from initopt_core.training.history import History
from initopt_core.training.runs.recorded import recorded_race
from initopt_core.wording import count

from .server.compute import compute
from .server.dataset import get_dataset
from .tables import html_table


@st.cache_data(show_spinner=False)
def initialization(source: str) -> str:
    """Activations of three layers of the untouched network, on real images."""
    seen = compute(observe, Settings.make(), get_dataset(), False)
    panels = [
        (getattr(seen.probe, row)[layer].counts, theme.QUANTITIES[row])
        for row, layer in (("weights", 1), ("gradients", 1), ("activations", 1))
    ]
    return pictures.histograms(panels, "Weights, gradients and activations of layer 2")


@st.cache_data(show_spinner=False)
def training() -> str:
    """The losses of the recorded race, a mean over each epoch."""
    history = History(recorded_race())
    history.poll()
    steps = history.steps_per_epoch
    lines = []
    for curve in history.curves.values():
        epochs = [curve.losses[i : i + steps] for i in range(0, len(curve.losses), steps)]
        means = [sum(e) / len(e) for e in epochs]
        lines.append((means, theme.optimizer_style(curve.optimizer)[0]))
    return pictures.curves(lines, "Losses of the recorded race, falling")


@st.cache_data(show_spinner=False)
def loss_surfaces() -> str:
    """The tutorial's race over the ravine."""
    chosen = RACES["ravine"]
    surface = Surface(chosen.surface, tuple(chosen.surface_settings.items()))
    runs = [Run(name, tuple(settings.items()), chosen.begin) for name, settings in chosen.runs]
    entry = SURFACES[chosen.surface]
    left, right, low, high = entry.ranges
    lines = [
        (
            (trace.points[:, 0] - left) / (right - left),
            (high - trace.points[:, 1]) / (high - low),
            theme.optimizer_style(trace.run.optimizer)[0],
        )
        for trace in race(surface, runs, chosen.length)
    ]
    png = surface_png(surface, entry.ranges, entry.color, 120)
    return pictures.paths(images.data_url(png), lines, "Paths of optimizers over the ravine")


@st.cache_data(show_spinner=False)
def network() -> tuple[str, int]:
    """The tutorial's network as a drawing, and its number of parameters."""
    model = BaseNetwork(make_activation("relu"))
    sizes = (784, *HIDDEN_SIZES, 10)
    weights = sum(p.numel() for p in model.parameters())
    assert weights == sum(a * b + b for a, b in pairwise(sizes))
    return pictures.network(sizes, "ReLU"), weights


@st.cache_data(show_spinner=False)
def pixels(source: str) -> tuple[float, float, int]:
    """Mean, standard deviation and number of the training images that are here, pixels 0 to 1."""
    shown = get_dataset().train_images
    counts = np.bincount(shown.numpy().ravel(), minlength=256)  # exact, and quick for all images
    share = np.arange(256) / 255
    mean = float(np.average(share, weights=counts))
    variance = float(np.average((share - mean) ** 2, weights=counts))
    return mean, variance**0.5, len(shown)


@st.cache_data(show_spinner=False)
def batch(source: str) -> dict[str, float]:
    """The same of the first batch after normalization, with its extremes."""
    from initopt_core.data import probe_batch

    found, _ = probe_batch(get_dataset())
    numbers = (found.mean(), found.std(), found.max(), found.min())
    return dict(zip(BATCH, map(float, numbers), strict=True))


def _signed(value: float) -> str:
    return f"{value:.3f}".replace("-", "−")


def about_data(source: str) -> None:
    """Why and how pixels are normalized, beside the tutorial's printed numbers."""
    mean, std, many = pixels(source)
    printed = f"{PIXELS['mean']:.4f} and {PIXELS['standard deviation']:.4f}"
    st.markdown(
        f"Pixels lie between 0 and 1; over the {count(many)} training images here their mean is "
        f"**{mean:.4f}** and their standard deviation **{std:.4f}** (the tutorial: {printed}). "
        "Every image is shifted and scaled by these, (x − 0.2861) / 0.3530 (the tutorial rounds "
        "the mean up there, and so do we: its numbers come out to the last digit), so that inputs "
        "have mean 0 and variance 1. Only then does a rule for the variance of weights say what "
        "the variance of the first layer's output will be."
    )
    rows = [(n, _signed(ours), _signed(BATCH[n])) for n, ours in batch(source).items()]
    head = ("One batch of 1,024 images", "here", "tutorial")
    st.html(html_table(head, rows, kind="batch"))
    st.caption(
        "The batches are different draws, so mean and deviation differ in the third digit. The "
        "largest and smallest are not 1 and −1: a white pixel becomes (1 − 0.2861) / 0.3530, a "
        "black one −0.2861 / 0.3530, and most are black."
    )


def about_network() -> None:
    """The network of both laboratories, drawn."""
    drawing, weights = network()
    st.markdown(
        f"**BaseNetwork**: fully connected layers, {count(weights)} parameters. Height: units of a "
        "layer, on a root scale; blue: weights and biases between two layers, counted below."
    )
    st.html(drawing)
