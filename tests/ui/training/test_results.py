"""What a run leaves behind: pictures of mistakes, and the program."""

from __future__ import annotations

from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from initopt_core.data import load_sample
from initopt_core.training.history import History
from initopt_core.training.runs.recorded import recorded_config, recorded_race
from initopt_core.ui import offers
from initopt_core.ui.training import results
from tests.support.charts import told
from tests.support.training import tiny


@pytest.fixture
def page(monkeypatch):
    got = SimpleNamespace(html=[], captions=[], programs=[], offered=[])
    monkeypatch.setattr(results, "export_buttons", lambda make, **_: got.offered.append(make()))
    monkeypatch.setattr(
        results,
        "st",
        SimpleNamespace(
            html=got.html.append,
            caption=got.captions.append,
            code=lambda text, **_: got.programs.append(text),
            download_button=lambda label, data, **_: got.programs.append(data),
        ),
    )
    monkeypatch.setattr(results, "dataset_of", lambda kind: load_sample())
    return got


def test_a_mistake_says_what_it_was_taken_for(page):
    dataset = load_sample()
    beyond = len(dataset.test_labels)
    rows = [
        {"index": 0, "predicted": 3, "label": 6, "probability": 0.994},
        {"index": beyond, "predicted": 1, "label": 2, "probability": 0.9},  # of the full set
    ]
    results._mistakes(rows, "sample", "Adam", {})
    (figure,) = ElementTree.fromstring(page.html[0]).iter("figure")
    said, true = dataset.classes[3], dataset.classes[6]
    assert figure.find("img").get("alt") == f"{true}, taken for {said}"
    words = "".join(figure.find("figcaption").itertext()).split()  # at blanks of any kind
    assert words == f"said {said} (99 %), is {true}".split()
    results._mistakes([], "sample", "Adam", {})
    assert "every test image is right" in page.html[1]
    (figure,) = page.offered
    assert len(list(figure.table())) == 1 and "Adam" in figure.alt


def test_the_program_waits_for_the_rates_that_are_searched(page):
    run, history = SimpleNamespace(config=tiny(search_epochs=1)), told([[1.0]])
    results.code(run, history)
    assert not page.programs and "search for rates" in page.captions[0]
    history.rates = [0.3, 0.007]
    results.code(run, history)
    shown, file = page.programs
    assert shown == file and "0.007" in shown
    compile(shown, "program", "exec")


def test_a_plain_race_has_no_rate_search(page):
    results.rates(SimpleNamespace(config=tiny()), told([[1.0]]))
    assert "Only a fair race" in page.captions[0]


def test_a_clips_caption_is_of_what_moves_whichever_kind_the_chart_shows():
    history = History(recorded_race())
    history.poll()
    clip = results._over_epochs(next(iter(history.curves.values())), "activations", "A run.")
    assert clip.caption.startswith("Activations of SGD") and clip.caption.endswith(" A run.")


def test_files_of_one_racer_tell_its_settings_alone():
    history = History(recorded_race())
    history.poll()
    run = SimpleNamespace(config=recorded_config())
    for curve in history.curves.values():
        with results._about(run, history, curve, "weights"):
            told = offers.told()
        assert told.title.startswith(f"{curve.label}: weights")
        assert told.caption.startswith(f"{curve.label} η ") and ";" not in told.caption
        assert "seed 42" in told.caption
