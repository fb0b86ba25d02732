"""What racers are called."""

from initopt_core.descent import Run
from initopt_core.loss_surfaces.labels import labels_of, run_settings


def test_several_of_one_kind_are_numbered_and_single_ones_are_not():
    assert labels_of(["Adam", "SGD", "Adam"]) == ["Adam 1", "SGD", "Adam 2"]


def test_settings_say_what_tells_runs_apart():
    run = Run("Adam", (("lr", 0.1), ("beta2", 0.9)), schedule="cosine")
    text = run_settings(run)
    assert text.startswith("η 0.1, β₁ 0.9, β₂ 0.9") and text.endswith("cosine")
    assert "β₂" not in run_settings(Run("Adam", (("lr", 0.1),)))
    off = Run("Adam", (("lr", 0.1), ("bias_correction", False)))
    assert "no bias correction" in run_settings(off)
