"""What is said about a race: right, and no more certain than the numbers allow."""

from __future__ import annotations

from pathlib import Path

import pytest

from initopt_core.training import findings
from initopt_core.training.history import Curve, History
from initopt_core.wording import duration


def finished(*racers, confusion_images=10_000):
    """A history from (label, test accuracies of its seeds, last train, last validation)."""
    history = History(Path("/nonexistent"))
    history.phase, history.state = "race", "done"
    for number, (label, tests, train, val) in enumerate(racers):
        for seed, accuracy in enumerate(tests):
            curve = Curve(f"{label}_{seed}", label, "SGD", number, seed, 0.1)
            curve.train, curve.val = [train], [val]
            right = round(accuracy * confusion_images)
            matrix = [[right, confusion_images - right]]
            curve.test = {"accuracy": accuracy, "confusion": matrix}
            history.curves[curve.name] = curve
    return history


def test_a_close_race_has_no_winner():
    text = findings.verdict(finished(("A", [0.890], 0.9, 0.89), ("B", [0.888], 0.9, 0.89)))
    assert text.startswith("Best on the test images: A with 89.0 %, then B 88.8 %.")
    assert "does not rank A and B: race several seeds" in text


def test_a_clear_race_has_one():
    text = findings.verdict(finished(("A", [0.89], 0.9, 0.89), ("B", [0.80], 0.9, 0.8)))
    assert "larger than chance" in text


def test_small_test_sets_need_larger_leads():
    assert findings.within_chance(0.9, 100) == pytest.approx(
        10 * findings.within_chance(0.9, 10_000)
    )
    racers = ("A", [0.89], 0.9, 0.89), ("B", [0.87], 0.9, 0.89)
    assert "larger than chance" in findings.verdict(finished(*racers))
    assert "does not rank" in findings.verdict(finished(*racers, confusion_images=1000))


@pytest.mark.parametrize(
    "first, second, word",
    [([0.90, 0.901, 0.899], [0.88, 0.881, 0.879], "clear"), ([0.90, 0.88], [0.88, 0.90], "not")],
)
def test_seeds_decide(first, second, word):
    text = findings.verdict(finished(("A", first, 0.9, 0.9), ("B", second, 0.9, 0.9)))
    assert f"the first place is {word}" in text


def test_overfitting_chance_level_and_divergence_are_said():
    history = finished(("A", [0.89], 0.99, 0.89), ("B", [0.1], 0.1, 0.1), ("C", [0.2], 0.2, 0.2))
    history.curves["C_0"].divergence = {"step": 7, "cause": "Boom.", "advice": "Try 0.01."}
    text = findings.verdict(history)
    assert "A ends 10 points better on its training images" in text
    assert "B never left chance level" in text
    assert "Boom. It stopped at step 7. Try 0.01." in text
    assert findings.stopped(history) == ["Boom. It stopped at step 7. Try 0.01."]


def test_one_racer_and_nothing_yet():
    assert "A reached 89.0 %" in findings.verdict(finished(("A", [0.89], 0.9, 0.89)))
    assert findings.verdict(History(Path("/nonexistent"))) == ""


@pytest.mark.parametrize(
    "seconds, text", [(None, "…"), (3, "3 s"), (600, "10 min"), (7200, "2.0 h")]
)
def test_durations(seconds, text):
    assert duration(seconds) == text
