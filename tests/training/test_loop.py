"""The race against a loop of torch's own parts, and its promises: fair, resumable, unbreakable."""

from __future__ import annotations

import json
import math

import pytest
import torch
import torch.nn.functional as F

from initopt_core import data as fashion
from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import ACTIVATIONS
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.registry import SettingError
from initopt_core.training import Control, Racer, Stopped, TrainConfig, evaluate, train
from initopt_core.training.measure import histogram, report
from initopt_core.training.trial import initial_model, permutation
from tests.support.training import sample, tiny, without_times


def reference(config, make_optimizer, schedule=None, seed=42):
    """The same training with torch's own optimizer, written independently of the loop."""
    dataset = sample()
    index = dataset.train_index[: config.train_images or None]
    images, labels = dataset.train_images[index], dataset.train_labels[index]
    model = initial_model(config, seed)
    optimizer = make_optimizer(model.parameters())
    scheduler = schedule(optimizer) if schedule else None
    losses, scores = [], []
    for epoch in range(config.epochs):
        for chunk in permutation(seed, epoch, len(labels)).split(config.batch_size):
            if len(chunk) < config.batch_size:
                continue
            x = (images[chunk].view(len(chunk), -1) / 255 - 0.2861) / 0.3530
            loss = F.cross_entropy(model(x), labels[chunk])
            optimizer.zero_grad()
            loss.backward()
            if config.clip_norm:
                torch.nn.utils.clip_grad_norm_(model.parameters(), config.clip_norm)
            optimizer.step()
            if scheduler:
                scheduler.step()
            losses.append(loss.item())
        val = dataset.val_index
        with torch.no_grad():
            x = (dataset.train_images[val].flatten(1) / 255 - 0.2861) / 0.3530
            hits = model(x).argmax(1) == dataset.train_labels[val]
        scores.append(hits.float().mean().item())
    return losses, scores


def test_equals_a_loop_of_torchs_own_parts():
    config = tiny(train_images=1000)  # the last batch of an epoch is incomplete and left out
    result = train(config, sample())
    torch_optimizers = {
        "SGD": lambda p: torch.optim.SGD(p, 0.1),
        "Adam": lambda p: torch.optim.Adam(p, 0.003),
    }
    for name, make in torch_optimizers.items():
        losses, scores = reference(config, make)
        assert len(losses) == 3 * 7
        assert result.trials[name].train_losses == pytest.approx(losses, rel=2e-4)
        assert result.trials[name].val_scores == pytest.approx(scores, abs=0.003)


def test_schedule_and_clipping_equal_torchs():
    config = tiny(racers=(Racer("SGD", (("lr", 0.3),)),), schedule="cosine", clip_norm=0.5)
    losses, _ = reference(
        config,
        lambda p: torch.optim.SGD(p, 0.3),
        lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 24),
    )
    assert train(config, sample()).trials["SGD"].train_losses == pytest.approx(losses, rel=2e-4)


def test_racers_start_alike_and_do_not_disturb_each_other():
    together = train(tiny(), sample())
    alone = train(tiny(racers=tiny().racers[1:]), sample())
    twice = train(tiny(racers=(Racer("SGD"), Racer("SGD"))), sample())
    assert together.trials["Adam"].train_losses == alone.trials["Adam"].train_losses
    assert together.trials["SGD"].train_losses[0] == alone.trials["Adam"].train_losses[0]
    assert twice.trials["SGD_1"].train_losses == twice.trials["SGD_2"].train_losses


def test_the_best_epochs_weights_are_tested():
    """A rate far too high at the end makes the last epochs worse than the best one."""
    calls = []

    def control():
        calls.append(0)
        return Control(rates={0: 100.0} if len(calls) > 30 else {})

    config = tiny(racers=(Racer("SGD", (("lr", 0.1),)),), epochs=8, batch_size=32)
    import initopt_core.training.phase as loop

    old, loop.FLUSH_S = loop.FLUSH_S, 0.0
    try:
        result = train(config, sample(), control=control)
    finally:
        loop.FLUSH_S = old
    trial, model = result.trials["SGD"], result.models["SGD"]
    scores = trial.val_scores
    assert scores[trial.best_epoch - 1] == max(scores)
    assert trial.best_epoch < 8
    dataset = sample()
    with torch.no_grad():
        x = (dataset.test_images.flatten(1) / 255 - 0.2861) / 0.3530
        expected = (model(x).argmax(1) == dataset.test_labels).float().mean().item()
    assert trial.test_acc == pytest.approx(expected)
    val = dataset.val_index
    assert evaluate(model, dataset.train_images[val], dataset.train_labels[val]) == pytest.approx(
        max(scores)
    )


def test_divergence_stops_that_racer_alone_and_is_explained():
    events = []
    config = tiny(racers=(Racer("SGD", (("lr", 1e4),)), Racer("Adam", (("lr", 0.003),))))
    result = train(config, sample(), events.append)
    broken = result.trials["SGD"].divergence
    assert broken is not None and broken.step >= 2 and broken.layer in (0, 2, 4)
    assert "SGD" in broken.cause and "learning rate" in broken.advice
    assert len(result.trials["SGD"].train_losses) == broken.step - 1
    assert all(math.isfinite(v) for v in result.trials["SGD"].train_losses)
    alone = train(tiny(racers=config.racers[1:]), sample())
    assert result.trials["Adam"].train_losses == alone.trials["Adam"].train_losses
    assert [e["trial"] for e in events if e["kind"] == "diverged"] == [0]
    json.dumps(events, allow_nan=False)


def test_all_racers_diverged_ends_the_run():
    result = train(tiny(racers=(Racer("SGD", (("lr", 1e4),)),), epochs=50), sample())
    assert result.state == "done" and result.trials["SGD"].divergence


def test_nothing_learns_from_constant_weights():
    config = tiny(initializer="constant", initializer_settings=(("fill", 0.0),))
    result = train(config, sample())
    assert max(result.trials["SGD"].val_scores) < 0.2


def test_seeds_are_races_of_their_own():
    both = train(tiny(seeds=(1, 2)), sample())
    one = train(tiny(seeds=(2,)), sample())
    assert set(both.trials) == {"SGD_seed1", "Adam_seed1", "SGD_seed2", "Adam_seed2"}
    assert both.trials["SGD_seed2"].train_losses == one.trials["SGD"].train_losses
    assert both.trials["SGD_seed1"].train_losses != one.trials["SGD"].train_losses


def test_fair_race_finds_rates_with_equal_budget():
    events = []
    config = tiny(epochs=1, search_epochs=1, search_initializers=("xavier",))
    result = train(config, sample(), events.append)
    for init in ("kaiming", "xavier"):
        for racer in (0, 1):
            rows = [r for r in result.search if r[:2] == (init, racer)]
            assert len(rows) == 7
    for racer, name in enumerate(("SGD", "Adam")):
        rows = [r for r in result.search if r[:2] == ("kaiming", racer) and r[3] is not None]
        best = max(r[3] for r in rows)
        assert result.trials[name].lr == min(r[2] for r in rows if r[3] == best)
    assert [e["phase"] for e in events if e["kind"] == "start"] == [
        "search:kaiming",
        "search:xavier",
        "race",
    ]


def test_pause_rates_and_stop(monkeypatch):
    monkeypatch.setattr("initopt_core.training.phase.FLUSH_S", 0.0)
    script = iter(
        [Control(), Control("pause"), Control("pause"), Control(rates={1: 0.5}), Control("stop")]
    )
    events = []
    result = train(tiny(), sample(), events.append, control=lambda: next(script))
    kinds = [e["kind"] for e in events]
    assert kinds.index("paused") < kinds.index("lr") < kinds.index("resumed")
    change = next(e for e in events if e["kind"] == "lr")
    assert (change["racer"], change["lr"]) == (1, 0.5)
    assert result.state == "stopped"
    assert result.trials["SGD"].test_acc is not None  # what there is, is tested
    assert len(result.trials["SGD"].train_losses) < 8


def test_stop_is_obeyed_when_epochs_are_shorter_than_the_time_between_two_looks():
    script = iter([Control(), *[Control("stop")] * 1000])
    result = train(tiny(epochs=400, train_images=256), sample(), control=lambda: next(script))
    assert result.state == "stopped"
    assert 0 < len(result.trials["SGD"].val_scores) < 400


@pytest.mark.parametrize("when", [1, 2])
@pytest.mark.parametrize("optimizer", ["SGDMomentum", "Adam", "NAdam", "Muon"])
def test_resume_is_bit_equal(tmp_path, optimizer, when, monkeypatch):
    monkeypatch.setattr("initopt_core.training.phase.FLUSH_S", 0.0)
    config = tiny(racers=(Racer("SGD"), Racer(optimizer)), schedule="cosine", clip_norm=1.0)
    whole_events, events = [], []
    whole = train(config, sample(), whole_events.append)

    def quit_in_epoch():
        finished = sum(e["kind"] == "epoch" for e in events)
        return Control("quit" if finished == when else "run")

    with pytest.raises(Stopped):
        train(
            config,
            sample(),
            events.append,
            folder=tmp_path,
            control=quit_in_epoch,
            mark=lambda: len(events),
        )
    position = torch.load(tmp_path / "last.ckpt", weights_only=True)["position"]
    del events[position:]
    resumed = train(config, sample(), events.append, folder=tmp_path)
    for name, trial in whole.trials.items():
        assert resumed.trials[name].train_losses == trial.train_losses
        assert resumed.trials[name].val_scores == trial.val_scores
        assert resumed.trials[name].test_acc == trial.test_acc
        for a, b in zip(
            whole.models[name].parameters(), resumed.models[name].parameters(), strict=True
        ):
            assert torch.equal(a, b)
    # The log tells the same story too, but for the clock (and how often it was flushed).
    kinds = ("epoch", "probe", "layers", "test", "start")
    assert [without_times(e) for e in events if e["kind"] in kinds] == [
        without_times(e) for e in whole_events if e["kind"] in kinds
    ]


def test_resume_within_a_search(tmp_path, monkeypatch):
    monkeypatch.setattr("initopt_core.training.phase.FLUSH_S", 0.0)
    config = tiny(epochs=1, search_epochs=2)
    whole = train(config, sample())
    events = []

    def quit_in_search():
        return Control("quit" if sum(e["kind"] == "epoch" for e in events) == 1 else "run")

    with pytest.raises(Stopped):
        train(config, sample(), events.append, folder=tmp_path, control=quit_in_search)
    saved = torch.load(tmp_path / "last.ckpt", weights_only=True)
    saved["members"] = saved.pop("trials")  # as earlier versions wrote it
    torch.save(saved, tmp_path / "last.ckpt")
    resumed = train(config, sample(), folder=tmp_path)
    assert resumed.search == whole.search
    assert resumed.trials["Adam"].train_losses == whole.trials["Adam"].train_losses


def test_events_are_small_and_json_safe():
    events = []
    train(tiny(), sample(), events.append)
    text = json.dumps(events, allow_nan=False)
    assert len(text) < 60_000
    first = next(e for e in events if e["kind"] == "steps")
    assert first["first"] == 0 and first["count"] == 1  # the first point comes after one step
    probe = next(e for e in events if e["kind"] == "probe")
    assert len(probe["gradient"]) == len(probe["ratio"]) == 3


def test_probes_measure_gradients_and_updates():
    """Plain SGD: the update is lr times the gradient, so ratio = lr * gradient / weights."""
    events = []
    config = tiny(racers=(Racer("SGD", (("lr", 0.1),)),), epochs=1)
    train(config, sample(), events.append)
    probe = next(e for e in events if e["kind"] == "probe" and e["step"] == 0)
    weights = [layer.weight.norm().item() for layer in initial_model(config, 42).linears()]
    for gradient, ratio, weight in zip(probe["gradient"], probe["ratio"], weights, strict=True):
        assert ratio == pytest.approx(0.1 * gradient / weight, rel=1e-3)


def test_histogram_and_report():
    h = histogram(torch.tensor([0.0, 0.0, 1.0, 2.0]), bins=2)
    assert (h["low"], h["high"], h["counts"]) == (0.0, 2.0, [2, 2])
    assert histogram(torch.tensor([3.0, 3.0]), 4)["counts"] == [0, 0, 2, 0]
    assert histogram(torch.tensor([math.nan]))["counts"] == []
    model = initial_model(tiny(), 0)
    found = report(model, sample().test_images, sample().test_labels)
    confusion = torch.tensor(found["confusion"])
    assert confusion.sum() == 1000
    assert confusion.diagonal().sum() / 1000 == pytest.approx(found["accuracy"])
    assert (confusion.sum(1) == torch.bincount(sample().test_labels)).all()
    shown = [m["probability"] for m in found["mistakes"]]
    assert shown == sorted(shown, reverse=True) and len(shown) == 24
    assert all(m["label"] != m["predicted"] for m in found["mistakes"])


def test_batches_larger_than_the_data_are_refused():
    with pytest.raises(SettingError, match="1,024 training images"):
        train(tiny(batch_size=2048), sample())


def test_the_full_data_reaches_84_percent_after_one_epoch():
    """The published SGD run has 84.3 % there. Five seeds spread from 82.4 to 84.9 %, so the test
    takes the one with room for another machine's rounding."""
    dataset = fashion.load()
    if dataset.source == "sample":
        pytest.skip("needs the full Fashion-MNIST")
    config = TrainConfig(racers=(Racer("SGD", (("lr", 0.1),)),), epochs=1, seeds=(1,))
    assert train(config, dataset).trials["SGD"].val_scores[0] >= 0.84


@pytest.mark.parametrize("initializer", INITIALIZERS)
def test_every_initializer_starts_a_race(initializer):
    result = train(tiny(initializer=initializer, epochs=1), sample())
    assert len(result.trials["SGD"].train_losses) == 8


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_trains(activation):
    trial = train(tiny(activation=activation), sample()).trials["Adam"]
    assert trial.train_losses[-1] < trial.train_losses[0]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_trains(optimizer):
    result = train(tiny(racers=(Racer(optimizer),), epochs=3), sample())
    trial = result.trials[optimizer]
    assert trial.divergence is None
    assert trial.train_losses[-1] < trial.train_losses[0]
