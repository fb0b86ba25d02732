"""A setting in a line tells all that makes a figure."""

from __future__ import annotations

import pytest

from initopt_core.initialization import Settings
from initopt_core.initialization.words import in_words
from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import ACTIVATIONS


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            Settings.make("constant_variance"),
            "Constant variance: standard deviation 0.01; ReLU; hidden 512, 256, 256, 128; "
            "1,024 images, seed 18.",
        ),
        (
            Settings.make("pytorch", hidden=()),
            "PyTorch's default; ReLU; no hidden layer; 1,024 images, seed 18.",
        ),
        (
            Settings.make(
                "xavier", {"bias_std": 0.1}, "leaky_relu", hidden="12 x 64", batch=256,
                classes=[1, 2], seed=42, match_gain=True,
            ),
            "Xavier (Glorot): distribution uniform, gain 1.41, bias spread 0.1; Leaky ReLU: "
            "negative slope 0.01; hidden 12 x 64; 256 images of Trouser, Pullover, seed 42.",
        ),
    ],
)  # fmt: skip
def test_in_words(settings, words):
    assert in_words(settings) == words


@pytest.mark.parametrize("scheme", list(INITIALIZERS))
@pytest.mark.parametrize("activation", list(ACTIVATIONS))
def test_every_entry_is_named_and_its_seed_told(scheme, activation):
    said = in_words(Settings.make(scheme, activation=activation, seed=7))
    assert said.startswith(INITIALIZERS[scheme].label)
    assert ACTIVATIONS[activation].label in said and said.endswith("seed 7.")
    assert ":;" not in said and ", ," not in said
