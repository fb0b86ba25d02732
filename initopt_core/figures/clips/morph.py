"""Histograms of one initialization that turn into those of another."""

from __future__ import annotations

import numpy as np

from initopt_core.figures import theme
from initopt_core.figures.initialization.display import ROWS
from initopt_core.initialization.observation import Observation
from initopt_core.initialization.words import in_words
from initopt_core.reading import SettingError

from .clip import Clip
from .histograms import BINS, Panel, panels_clip


def morph_clip(first: Observation, second: Observation, row: str = "activations") -> Clip:
    """The histograms of one initialization turning into those of another.

    Between the two they are mixtures: the shares in each bin go from one to the other.

    Args:
        first, second: networks of equally many layers.
        row: "weights", "gradients" or "activations".

    Raises:
        SettingError: when the networks' depths differ.
    """
    ones, others = getattr(first.probe, row), getattr(second.probe, row)
    if len(ones) != len(others):
        raise SettingError(
            f"A morph needs equally deep networks; these have {len(ones)} and {len(others)} layers."
        )
    panels = []
    for a, b in zip(ones, others, strict=True):
        if not (a.finite and b.finite):
            continue
        low, high = min(a.edges[0], b.edges[0]), max(a.edges[-1], b.edges[-1])
        low, high = float(low), float(high) if high > low else float(low) + 1e-6
        shares = [100 * s.cut(low, high, BINS) / max(1, s.finite) for s in (a, b)]
        panels.append(Panel(a.name, ROWS[row][1], low, high, np.array(shares)))
    words = [first.settings.title, second.settings.title]
    turn = f"from {words[0]} to {words[1]}"
    caption = (
        f"Histograms of the {row}. First: {in_words(first.settings)} "
        f"Last: {in_words(second.settings)} Between the two, both ends' histograms are blended: no "
        "network has them."
    )
    return panels_clip(
        "morph",
        f"Histograms of {row}: {turn}.",
        panels,
        words,
        theme.COUNTED[row],
        f"F{turn[1:]}",
        caption,
        # The page can show both at once: one as it is set, the other pinned.
        (*second.settings.to_link().items(), ("pin", first.settings.to_text())),
        (f"Blend {turn}",),
    )
