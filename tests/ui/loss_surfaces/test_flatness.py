"""Sharp and flat minima: the sentence says what the curves show."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from initopt_core.loss_surfaces import flatness as core
from initopt_core.ui.loss_surfaces import flatness
from initopt_core.wording import number


@pytest.mark.parametrize(("shift", "winner"), [(0.0, "sharp"), (1.0, "flat")])
def test_who_is_lower_on_the_test_curve_is_said(shift, winner):
    curve, said = core.TwoMinima(0.25, 1.2, 0.1), []
    flat, sharp = (core.price(curve, which, shift) for which in ("flat", "sharp"))
    flatness._sentence(shift, flat, sharp, SimpleNamespace(markdown=said.append))
    assert f"the {winner} minimum is lower" in said[0]
    low, high = sorted((flat.test, sharp.test))
    assert said[0].endswith(f"{number(low)} against {number(high)}.")


def test_a_shift_by_hand_is_kept_within_its_range(monkeypatch):
    values, answers, mounted = {}, [], {}
    monkeypatch.setattr(flatness, "values", values)
    monkeypatch.setattr(
        flatness, "sharp_flat", lambda *_, on_moved, **__: mounted.update(on=on_moved)
    )
    lab = SimpleNamespace(answer=lambda *parts: answers.append(parts))
    flatness._figure(lab, core.TwoMinima(), 0.0, [])
    mounted["on"](99.0)
    assert values == {"flat_shift": core.SHIFT.high} and answers == [("picture", "flat_shift")]
