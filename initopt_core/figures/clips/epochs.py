"""Histograms of the layers over the epochs of a training."""

from __future__ import annotations

import numpy as np

from initopt_core.figures import theme
from initopt_core.reading import SettingError
from initopt_core.training.history import Curve
from initopt_core.wording import many

from .clip import Clip
from .histograms import BINS, Panel, panels_clip


def epochs_clip(curve: Curve, what: str = "weights") -> Clip:
    """Each layer's histogram, epoch after epoch.

    Args:
        what: "weights" or "activations".

    Raises:
        SettingError: when the training kept no histograms.
    """
    epochs = sorted(curve.layers)
    if not epochs:
        raise SettingError(f"{curve.label}: this training has kept no histograms of its layers.")
    color = theme.WEIGHTS if what == "weights" else theme.ACTIVATIONS
    panels = []
    for i, layer in enumerate(curve.layers[epochs[0]]):
        kept = [curve.layers[e][i][what] for e in epochs]
        known = [h for h in kept if h["counts"]]
        if not known:
            continue
        low, high = min(h["low"] for h in known), max(h["high"] for h in known)
        high = high if high > low else low + 1e-6
        shares = [
            _shares(h, np.linspace(low, high, BINS + 1)) if h["counts"] else [0.0] * BINS
            for h in kept
        ]
        panels.append(Panel(f"Layer {layer['name']}", color, low, high, np.array(shares)))
    words = [f"epoch {e}" for e in epochs]
    told = (
        f"{what.capitalize()} of {curve.label} over {many(len(epochs), 'epoch')}, layer by layer; "
        "between two epochs blended."
    )
    name, title = f"{what}-over-epochs", f"{curve.label}: {what} over the epochs"
    return panels_clip(name, told, panels, words, theme.COUNTED[what], title)


def _shares(kept: dict, edges: np.ndarray) -> np.ndarray:
    """Per cent of the values in other bins, as if they were even within each of their own."""
    own = np.linspace(kept["low"], kept["high"], len(kept["counts"]) + 1)
    below = np.concatenate([[0], np.cumsum(kept["counts"])])
    return 100 * np.diff(np.interp(edges, own, below)) / max(1, below[-1])
