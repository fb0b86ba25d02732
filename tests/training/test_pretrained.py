"""Models from elsewhere become runs: the tutorial's own give their published numbers."""

from __future__ import annotations

import io
import urllib.error
from email.message import Message

import pytest

from initopt_core import data as fashion
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.training import CheckpointError, load_model
from initopt_core.training.checkpoints import check_results
from initopt_core.training.history import History
from initopt_core.training.runs import pretrained
from initopt_core.training.runs.store import RunStore
from initopt_core.training.runs.uploads import read_upload
from initopt_core.training.trial import initial_model
from tests.support.training import sample, tiny

RESULTS = {"test_acc": 0.5, "val_scores": [0.4, 0.3], "train_scores": [0.3, 0.3]}


def some_models(*names, epochs=2):
    results = check_results({**RESULTS, "train_losses": [2.0, 1.0, 0.8, 0.5]}, "x")
    return {name: (initial_model(tiny(), 1).eval(), dict(results)) for name in names}


@pytest.mark.parametrize(
    "name, optimizer",
    [
        ("FashionMNIST_SGD", "SGD"),
        ("FashionMNIST_SGDMom", "SGDMomentum"),
        ("FashionMNIST_Adam", "Adam"),
        ("my_adamw", "AdamW"),
        ("nesterov_momentum", "Nesterov"),
        ("something", "SGD"),
    ],
)
def test_the_name_tells_the_optimizer(name, optimizer):
    assert pretrained.guess_optimizer(name) == optimizer


def test_opened_models_have_the_rates_that_the_tutorial_prints():
    rates = {n: OPTIMIZERS[n].settings()["lr"] for n in ("SGD", "SGDMomentum", "Adam")}
    assert rates == {"SGD": 0.1, "SGDMomentum": 0.1, "Adam": 1e-3}


def test_models_become_a_run(tmp_path):
    store = RunStore(tmp_path)
    models = some_models("my_net_Adam", "my_net_SGD")
    run_id = pretrained.open_models(store, models, sample(), "mine")
    run = store.info(run_id)
    assert (run.state, run.name) == ("done", "mine")
    assert not [*store.finished_like(run.config)]  # never taken for a training of ours
    history = History(store.path(run_id) / "events.jsonl")
    history.poll()
    curve = history.curves["Adam"]
    assert (curve.label, curve.optimizer, curve.val) == ("Adam", "Adam", [0.4, 0.3])
    assert curve.best_epoch == 1 and len(curve.losses) == 4
    assert sum(map(sum, curve.test["confusion"])) == 1000
    assert history.state == "done" and history.steps_per_epoch == 2
    load_model(store.path(run_id), "SGD")


def test_foreign_networks_are_refused(tmp_path):
    store = RunStore(tmp_path)
    for models, said in (
        ({}, "1 to 8 models"),
        (some_models(*"abcdefghi"), "1 to 8 models"),
        ({"a": (some_models("a")["a"][0], {**RESULTS, "val_scores": []})}, "no epochs"),
    ):
        with pytest.raises(CheckpointError, match=said):
            pretrained.open_models(store, models, sample())
    wrong = some_models("a")
    wrong["a"][0].config["input_size"] = 100
    with pytest.raises(CheckpointError, match="784 pixels"):
        pretrained.open_models(store, wrong, sample())
    assert store.all() == []


def test_the_tutorials_runs_give_the_published_numbers(tmp_path):
    place, dataset = pretrained.folder(), fashion.load()
    if place is None or dataset.source == "sample":
        pytest.skip("needs the published checkpoints and the full Fashion-MNIST")
    store = RunStore(tmp_path)
    run_id = pretrained.open_models(store, pretrained.from_folder(place), dataset)
    history = History(store.path(run_id) / "events.jsonl")
    history.poll()
    tested = {c.optimizer: c.test["accuracy"] for c in history.curves.values()}
    assert tested == {"SGD": 0.8909, "SGDMomentum": 0.8883, "Adam": 0.8946}
    assert all(len(c.losses) == 7800 and len(c.val) == 40 for c in history.curves.values())
    assert history.steps_per_epoch == 195


def test_an_exported_run_can_be_opened_again(tmp_path):
    store = RunStore(tmp_path)
    run_id = pretrained.open_models(store, some_models("a_Adam"), sample(), "first")
    again = read_upload({"run.zip": store.export(run_id)})
    assert list(again) == ["Adam"]


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (urllib.error.URLError(OSError(-2, "Name or service not known")), "(Name or service not"),
        (urllib.error.URLError("unknown url type"), "(unknown url type)"),
        (
            urllib.error.HTTPError("x", 404, "Not Found", Message(), None),
            "(the server says 404",
        ),
        (TimeoutError("timed out"), "(timed out)"),
    ],
)
def test_why_nothing_came_is_said_in_words(monkeypatch, problem, said):
    def fail(url, timeout):
        raise problem

    monkeypatch.setattr(pretrained.urllib.request, "urlopen", fail)
    with pytest.raises(CheckpointError) as told:
        pretrained.download()
    assert said in str(told.value) and "<" not in str(told.value)


def test_download_is_checked_and_failures_are_said(monkeypatch, tmp_path):
    asked = []

    def fake(url, timeout):
        asked.append(url)
        if len(asked) > 2:
            raise OSError("no route to host")
        return io.BytesIO(b"{}")

    monkeypatch.setattr(pretrained.urllib.request, "urlopen", fake)
    with pytest.raises(CheckpointError, match=r"could not be downloaded .*upload them"):
        pretrained.download()
    assert asked[0] == pretrained.SOURCE + "FashionMNIST_SGD.config"
