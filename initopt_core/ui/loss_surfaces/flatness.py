"""The last chapter: sharp and flat minima, and what a shifted test loss makes them pay."""

from __future__ import annotations

from typing import Any

import streamlit as st

from initopt_core.figures import loss_surfaces as figures
from initopt_core.loss_surfaces import flatness
from initopt_core.ui import offers
from initopt_core.ui.components.sharp_flat import sharp_flat
from initopt_core.ui.export_menu import export_buttons
from initopt_core.ui.page import PICTURE, Laboratory
from initopt_core.ui.state import values
from initopt_core.wording import number

from . import panels
from .plan import Held

KEY = "sharp-flat"


def show(lab: Laboratory, held: Held) -> None:
    """Sentence, curves, and the argument in a few lines."""
    say = st.container(key="surface-say")
    sharp, flat, depth, shift = held.flat
    curve = flatness.TwoMinima(sharp, flat, depth)
    of_flat, of_sharp = (flatness.price(curve, which, shift) for which in ("flat", "sharp"))
    _figure(lab, curve, shift, [of_flat, of_sharp])
    _sentence(shift, of_flat, of_sharp, say)
    offers.begin("surface-")
    panels.offer_all(held)
    with panels.telling_of_minima(held):
        export_buttons(
            lambda: figures.two_minima(curve, shift),
            key="sharp-flat-figure",
            extra=panels.minima_own(held),
        )
    _argument()


def _sentence(shift: float, flat: flatness.Price, sharp: flatness.Price, say: Any) -> None:
    winner = "flat" if flat.test < sharp.test else "sharp"
    say.markdown(
        f"Shifted by {number(shift)}, the **sharp** minimum pays {number(sharp.gap)} and the "
        f"**flat** one {number(flat.gap)}: on the test curve the {winner} minimum is lower, "
        f"{number(min(flat.test, sharp.test))} against {number(max(flat.test, sharp.test))}."
    )


def _figure(
    lab: Laboratory, curve: flatness.TwoMinima, shift: float, prices: list[flatness.Price]
) -> None:
    def moved(place: float) -> None:
        name = f"flat_{flatness.SHIFT.name}"
        values[name] = flatness.SHIFT.nearest(place)
        lab.answer(PICTURE, name)

    sharp_flat(curve, shift, prices, key=KEY, on_moved=moved)


def _argument() -> None:
    """What the picture is about, and a caution."""
    st.container(key="sharp-argument").markdown(
        "Training and test images come from one source but are not the same, so the two losses "
        "are close but not equal. If the difference is pictured as a sideways shift, a minimum "
        "pays about half its curvature times the shift squared: little where the loss is flat. "
        "Keskar et al. (2017) found that small, noisy batches end in flatter minima than large "
        "ones. A caution: sharpness changes when weights are rescaled without changing the "
        "network (Dinh et al., 2017), so it explains only as far as scales are comparable."
    )
