"""Histograms of one initialization that turn into those of another."""

import pytest

from initopt_core import data
from initopt_core.figures import clips
from initopt_core.initialization.observation import observe
from initopt_core.initialization.settings import Settings
from initopt_core.reading import SettingError
from tests.support.clips import moves


def seen(scheme, hidden=(32,)):
    return observe(Settings.make(scheme=scheme, hidden=hidden, batch=64), data.load_sample())


def test_one_initialization_turns_into_another():
    moves(clips.morph_clip(seen("xavier"), seen("kaiming")))


def test_title_caption_and_link_name_both_ends():
    clip = clips.morph_clip(seen("xavier"), seen("kaiming"), "weights")
    worn = clip.dressed(clips.ClipOptions(title="Kaiming", caption="c", source="a/page?scheme=x"))
    assert worn.title.startswith("From Xavier") and " to Kaiming" in worn.title
    assert "weights" in worn.caption and "Xavier" in worn.caption and "Kaiming" in worn.caption
    assert worn.caption.endswith("blended: no network has them.")
    assert worn.source.startswith("a/page?scheme=kaiming") and "pin=xavier" in worn.source


def test_networks_of_different_depths_are_refused_in_words():
    with pytest.raises(SettingError, match="2 and 3 layers"):
        clips.morph_clip(seen("xavier", (4,)), seen("xavier", (4, 4)))
