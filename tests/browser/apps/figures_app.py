"""Figures of the training laboratory that a fresh app has no data for, from a short real race.

In the link: `racers` (how many), `deep` (hidden layers), `epoch` (of the histograms).
"""

import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

import streamlit as st

from initopt_core.data import load_sample
from initopt_core.figures import training as figures
from initopt_core.initializers import INITIALIZERS
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.training import Racer, TrainConfig, train
from initopt_core.training.history import History
from initopt_core.ui.components.live_chart import live_chart, register
from initopt_core.ui.server.document import addition

EPOCHS = 3
st.set_page_config(layout="wide")
register()
st.html(addition(sidebar=False).decode())


@st.cache_resource
def race(racers: int, deep: int) -> History:
    config = TrainConfig(
        racers=tuple(Racer(name) for name in list(OPTIMIZERS)[:racers]),
        hidden_sizes=(12,) * deep,
        batch_size=128,
        epochs=EPOCHS,
        data="sample",
        train_images=512,
    )
    path = Path(tempfile.mkdtemp(prefix="initopt-audit-")) / "events.jsonl"
    with path.open("w") as log:
        train(config, load_sample(), lambda e: log.write(json.dumps(e) + "\n"))
    history = History(path)
    history.poll()
    return history


def all_of(history: History, epoch: int) -> dict:
    """Figures by the key that the pages give them."""
    found = figures.lines([("run", history)])
    curve = next(iter(history.curves.values()))
    classes = load_sample().classes
    racers = [(line.label, line.optimizer) for line in found]
    schemes = {n: e.label for n, e in list(INITIALIZERS.items())[:4]}
    search = {
        (s, i, rate): 0.3 + 0.2 * j - 0.01 * i
        for s in schemes
        for i in range(len(racers))
        for j, rate in enumerate((1e-3, 1e-2, 1e-1))
    }
    confusions = {line.label: (line.optimizer, line.trials[0].test["confusion"]) for line in found}
    return {
        "loss": figures.loss_figure(found, "steps"),
        "accuracy": figures.accuracy_figure(found, "epochs"),
        "gradient": figures.layers_figure(found, "epochs", "gradient"),
        "evolution": figures.evolution_figure(curve, "activations"),
        "histograms": figures.histogram_figure(curve, epoch),
        "rates": figures.sensitivity_figure(search, racers, schemes),
        "confusion": figures.confusion_figure(curve.test["confusion"], classes, curve.label),
        "classes": figures.classes_figure(confusions, classes),
    }


def main() -> None:
    asked = st.query_params
    history = race(int(asked.get("racers", 3)), int(asked.get("deep", 4)))
    epoch = st.slider("epoch", 1, EPOCHS, EPOCHS)
    for name, figure in all_of(history, epoch).items():
        place = st.columns(2)[0] if name in ("loss", "accuracy", "confusion", "classes") else st
        with place if place is not st else st.container():
            live_chart(figure, key=f"audit-{name}")


main()
