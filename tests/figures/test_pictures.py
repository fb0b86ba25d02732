"""Small pictures: what they draw is what they were given."""

from __future__ import annotations

import base64
import re

import numpy as np

from initopt_core.figures import pictures
from initopt_core.networks import HIDDEN_SIZES, BaseNetwork, make_activation


def svg(img: str) -> str:
    return base64.b64decode(re.search(r"base64,([^\"]+)", img)[1]).decode()


def test_the_networks_numbers_are_those_of_the_model():
    drawn = svg(pictures.network((784, *HIDDEN_SIZES, 10), "ReLU"))
    counted = [int(t.replace(",", "")) for t in re.findall(r">([\d,]+)</text>", drawn)]
    model = BaseNetwork(make_activation("relu"))
    layers = [m for m in model.layers if hasattr(m, "weight")]
    for layer in layers:
        assert layer.weight.numel() + layer.bias.numel() in counted
        assert layer.in_features in counted and layer.out_features in counted


def test_a_histograms_highest_bar_fills_the_picture():
    drawn = svg(pictures.histograms([(np.array([1, 4, 2]), "#123456")], "three bars"))
    heights = [float(y) for y in re.findall(r"L[\d.]+ ([\d.]+)H", drawn)]
    low = pictures.HIGH - 2
    assert np.allclose((low - np.array(heights)) / (pictures.HIGH - 8), [0.25, 1, 0.5], atol=0.01)


def test_words_that_are_no_markup_stay_words():
    assert "<b>" not in pictures.network((2, 3), "<b>") and "&lt;b&gt;" in svg(
        pictures.network((2, 3, 1), "<b>")
    )
