"""The component of two minima; the browser's half is `assets/web/sharp_flat/sharp_flat.js`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from initopt_core.loss_surfaces import flatness

from . import answers, assets


def mount() -> Callable:
    """The component's mounting function."""
    return assets.component(
        "sharp_flat", ("sharp_flat/sharp_flat.js",), css="sharp_flat/sharp_flat.css"
    )


def sharp_flat(
    curve: flatness.TwoMinima,
    shift: float,
    prices: Sequence[flatness.Price],
    *,
    key: str,
    on_moved: Callable[[float], None],
) -> None:
    """Show the training curve, and beside it the test curve that can be shifted by hand.

    Args:
        curve: the loss with its two minima.
        shift: of the test loss.
        prices: what each minimum pays for it.
        key: one of a kind on the page.
        on_moved: called with the new shift, as the hand left it.
    """

    def moved() -> None:
        value = answers.numbers(answers.answer(key, "moved"), "shift")
        if value is not None:
            on_moved(value["shift"])

    mount()(key=key, data=message(curve, shift, prices, key), on_moved_change=moved)


def message(
    curve: flatness.TwoMinima, shift: float, prices: Sequence[flatness.Price], key: str
) -> dict[str, Any]:
    """What the script is sent; tuples, since for a list Streamlit loads pandas to see whether it is
    a table: 340 modules, for which the first visitor would wait."""
    return {
        "key": key,
        "range": flatness.RANGE,
        "limits": (flatness.SHIFT.low, flatness.SHIFT.high),
        "bowl": flatness.BOWL,
        "bumps": curve.bumps,
        "shift": shift,
        "minima": tuple(
            {"which": p.which, "weight": p.weight, "train": p.train, "curvature": p.curvature}
            for p in prices
        ),
    }
