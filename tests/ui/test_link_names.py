"""Names in a link: which mean nothing, and what was meant."""

import pytest

from initopt_core.optimizers import OPTIMIZERS
from initopt_core.ui.initialization.page import LAB as INITIALIZATION
from initopt_core.ui.link_names import meaningless, meant, settings_named
from initopt_core.ui.loss_surfaces.page import LAB as SURFACES
from initopt_core.ui.training.page import LAB as TRAINING

LABS = {"initialization": INITIALIZATION, "training": TRAINING, "loss_surfaces": SURFACES}


@pytest.mark.parametrize("page", LABS)
@pytest.mark.parametrize("name", ["activaton", "train_images", "run1_SGD_lrr", "x2"])
def test_a_name_that_no_choice_would_read_is_told(page, name):
    assert meaningless([name], (), LABS[page].others) == [name]


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("initialization", "xavier_distribution"),
        ("initialization", "shared"),
        ("training", "RMSprop_lr"),
        ("training", "sch_cosine_floor"),
        ("loss_surfaces", "run3_Adam_beta1"),
        ("loss_surfaces", "own2_w1"),
        ("loss_surfaces", "surface_condition"),
    ],
)
def test_what_another_choice_reads_is_kept(page, name):
    assert meaningless([name], (), LABS[page].others) == []


@pytest.mark.parametrize("page", LABS)
def test_how_a_page_is_presented_and_where_people_come_from_is_no_stranger(page):
    names = ["lecture", "scene", "figure", "type", "Embed", "embed_options", "controls"]
    assert not meaningless([*names, "utm_source", "fbclid", "_ga"], (), LABS[page].others)


def test_what_is_meant_is_near_or_called_so():
    known = {"act": "Activation", "epochs": "Epochs"}
    assert meant("epoch", known).endswith("'epochs'") and meant("activaton", known).endswith(
        "'act'"
    )
    assert meant("banana", known) == ""


def test_the_settings_of_all_entries_are_named():
    named = settings_named(OPTIMIZERS, "{}_")
    assert "SGD_lr" in named and "Adam_beta1" in named
