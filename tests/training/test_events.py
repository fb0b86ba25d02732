"""Lines of a run's record: what is read, under which names."""

from __future__ import annotations

import json

import pytest

from initopt_core.registry import SettingError
from initopt_core.training.events import check_event
from initopt_core.training.history import History

TRIAL = {"name": "SGD", "label": "SGD", "optimizer": "SGD", "racer": 0, "seed": 1, "lr": 0.1}
START = {"kind": "start", "phase": "race", "steps": 4, "epochs": 2, "batch": 8, "device": "cpu"}
DIVERGED = {
    "kind": "diverged", "phase": "race", "step": 3, "layer": 0, "loss": None, "cause": "It grew.",
    "advice": "Less.",
}  # fmt: skip


@pytest.mark.parametrize("names", [("trials", "trial"), ("members", "member")])
def test_records_of_earlier_versions_are_read(tmp_path, names):
    lines = [{**START, names[0]: [TRIAL]}, {**DIVERGED, names[1]: 0}]
    path = tmp_path / "events.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    history = History(path)
    history.poll()
    assert history.problem == ""
    divergence = history.curves["SGD"].divergence
    assert divergence is not None and divergence["cause"] == "It grew."


@pytest.mark.parametrize("event", [START, {**DIVERGED, "trial": "0"}, {**DIVERGED, "member": -1}])
def test_a_field_that_is_missing_or_wrong_is_named(event):
    with pytest.raises(SettingError, match=r"'trials?'"):
        check_event(event)
