"""What moves in the menus of the initialization page."""

from __future__ import annotations

import pytest

from initopt_core.data import load_sample
from initopt_core.initialization import Settings, observe
from initopt_core.ui.initialization import taken


@pytest.fixture(scope="module")
def dataset():
    return load_sample()


@pytest.fixture(autouse=True)
def _of_the_sample(monkeypatch, dataset):
    monkeypatch.setattr(taken, "get_dataset", lambda: dataset)


def shown(dataset, scheme: str, hidden: tuple[int, ...] = (32, 16)):
    return observe(Settings.make(scheme, hidden=hidden, batch=64), dataset)


def test_a_pinned_setting_turns_into_the_one_that_is_shown(dataset):
    clips = taken.turning(shown(dataset, "xavier"), shown(dataset, "constant"))
    assert [label.split(",")[0] for label in clips] == ["Activations", "Gradients", "Weights"]
    assert all(", from Xavier" in label and "to Constant" in label for label in clips)
    for make in clips.values():
        assert "from Xavier (Glorot)" in make().alt and "to Constant" in make().alt


@pytest.mark.parametrize(("scheme", "first"), [("xavier", "Kaiming"), ("kaiming", "Constant")])
def test_without_a_pin_it_begins_with_another_setting(dataset, scheme, first):
    last = observe(Settings.make(scheme, hidden=(32, 16)), dataset)
    clips = taken.turning(None, last)
    assert all(f", from {first}" in label for label in clips)


def test_networks_of_other_depths_have_no_clip(dataset):
    assert taken.turning(shown(dataset, "xavier", (32,)), shown(dataset, "xavier")) == {}
