"""The built-in lecture in a browser: a scene that has arrived, and a guess drawn on its cover."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from initopt_core.lecture.tutorial import TUTORIAL
from tests.support.still import still

COVERED = "document.documentElement.dataset.covered"
INK = """(at) => {
  const e = document.elementsFromPoint(...at).find((e) => e.matches('.initopt-guess'))
    ?? document.querySelector('.initopt-guess');
  const ratio = e.width / e.clientWidth;
  return [...e.getContext('2d').getImageData(at[0] * ratio, at[1] * ratio, 1, 1).data];
}"""
GUESS = [0x11, 0x11, 0x11, 255]
SGD = [0xEE, 0x77, 0x33, 255]
"""Ink of a plot's only line, and of the first of several."""
SECOND = "scheme=constant_variance&activation=identity&lecture=tutorial&scene=2&figure=depth"


def arrived(page, number: int) -> None:
    """Wait until this scene is there, whole and at rest."""
    scene = TUTORIAL.scenes[number - 1]
    expect(page.locator(".initopt-stage h1")).to_have_text(scene.title, timeout=30_000)
    page.wait_for_url(re.compile(rf"/{scene.page}\?.*scene={number}\b"), timeout=30_000)
    if scene.hides:
        page.wait_for_function(f"{COVERED} === 'yes'", timeout=30_000)
    expect(page.locator(".initopt-held")).to_have_count(0, timeout=30_000)
    still(page, figures=False)


def middle(page) -> list[float]:
    """Of the second scene's first plot."""
    plot = page.locator(".st-key-init-depth canvas").first.bounding_box()
    return [plot["x"] + plot["width"] / 4, plot["y"] + plot["height"] / 2]


def line_drawn(page, below: int = 0) -> list[float]:
    """A line across the second scene's first plot, by mouse; the plot's middle."""
    x, y = middle(page)
    page.mouse.move(x - 100, y + below)
    page.mouse.down()
    page.mouse.move(x + 60, y + below, steps=6)
    page.mouse.up()
    return [x, y]
