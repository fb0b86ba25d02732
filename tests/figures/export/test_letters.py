"""How large a chart's letters are drawn for their size in the picture."""

from dataclasses import dataclass

import pytest

from initopt_core.figures.export.letters import CLOSE, guess, legible


@dataclass
class Chart:
    """A plot of 400 x 300 pixels with gutters that grow with their letters."""

    factor: float
    gutters: tuple[float, float]

    @property
    def width(self) -> float:
        return 400 + self.gutters[0] * self.factor

    @property
    def height(self) -> float:
        return 300 + self.gutters[1] * self.factor


def shown(k, gutters, place) -> tuple[float, int, float]:
    """Size of the letters in the picture, how often the chart was drawn, and how enlarged."""
    drawn = [0.0]

    def first(factor):
        drawn.append(factor)
        return Chart(factor, gutters)

    def again(more):
        return first(drawn[-1] * more)

    chart = legible(first, again, k, *place)
    zoom = min(side / own for side, own in zip(place, (chart.width, chart.height), strict=True))
    return chart.factor * zoom, len(drawn) - 1, chart.factor


SLIDE = 18 / 11
FRAMES = [(1.0, (1248, 640)), (1.0, (608, 330)), (SLIDE, (1248, 640)), (SLIDE, (992, 700)),
          (1.5 * SLIDE, (1888, 1000))]  # fmt: skip


@pytest.mark.parametrize(("k", "place"), FRAMES)
@pytest.mark.parametrize("gutters", [(60, 60), (160, 40), (30, 150)])
def test_letters_are_as_large_as_asked_for_in_at_most_three_drawings(k, place, gutters):
    size, often, factor = shown(k, gutters, place)
    assert size >= 0.985 * k and often <= 3
    assert factor == pytest.approx(1) or size <= 1.001 * CLOSE * k


def test_a_page_is_drawn_once_where_its_letters_are_large_enough():
    assert shown(1.0, (60, 60), (1248, 640))[1] == 1
    assert guess(1.0, 100) == 1 and guess(18 / 11, 687) == pytest.approx(4 / 3, rel=0.01)
