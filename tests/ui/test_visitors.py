"""The training page for visitors of a shared server: what each sees and may do."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from initopt_core.initialization import Settings
from initopt_core.registry import SettingError
from initopt_core.training.runs.desk import Desk
from initopt_core.training.runs.ownership import Allowance, cost, reckoning
from initopt_core.training.runs.service import TrainingService
from initopt_core.ui.server import identity
from initopt_core.ui.server import training as server
from initopt_core.visitors import LOCAL, Visitor
from tests.support.training import Nobody, tiny

ANN, BOB = Visitor("ann"), Visitor("bob")
LECTURER = Visitor("", full=True)


class Hall(TrainingService):
    """Runs stay in the queue; `who` is at the page."""

    who = ANN


@pytest.fixture
def service(tmp_path, monkeypatch):
    allowed = Allowance(budget=cost(tiny(epochs=5)), waiting=2, queue=3)
    running = Hall(tmp_path, allowed=allowed, runner=Nobody())
    monkeypatch.setattr(server, "shared_service", lambda: running)
    monkeypatch.setattr(identity, "me", lambda: running.who)
    yield running
    running.close()


def page():
    """The button that starts, the notes, and what can be done with one run."""
    import streamlit as st

    from initopt_core.registry import SettingError
    from initopt_core.ui.server.training import problem_told, service
    from initopt_core.ui.training import runs, steer
    from tests.support.training import tiny

    steer.start_button(tiny(epochs=st.session_state["_epochs"]), "")
    if told := problem_told():
        st.error(told)
    try:
        run = service().info(st.session_state["_of"])
    except SettingError:
        return
    steer.steering(run)
    runs.runs_panel(run.id)


def seen(run: str = "", epochs: int = 3) -> AppTest:
    test = AppTest.from_function(page, default_timeout=30)
    test.session_state["_of"], test.session_state["_epochs"] = run, epochs
    test.run()
    assert not test.exception, test.exception
    return test


def buttons(test: AppTest) -> set[str]:
    return {b.label for b in test.button if not b.disabled}


def texts(test: AppTest) -> str:
    found = (*test.caption, *test.info, *test.error, *test.markdown)
    return " ".join(one.value for one in found).replace("\\", "")


CHANGES = {"Stop", "Delete it"}


@pytest.mark.parametrize("who", [ANN, LECTURER, LOCAL])
def test_a_run_is_changed_by_its_owner_and_by_the_lecturer(service, who):
    run = Desk(service, ANN).submit(tiny())
    service.who = who
    test = seen(run)
    assert buttons(test) >= CHANGES
    assert [box.label for box in test.text_input] == ["Name"]
    test.text_input[0].set_value("Ours").run()
    assert service.info(run).name == "Ours"
    next(b for b in test.button if b.label == "Stop").click().run()
    assert service.info(run).state == "stopped"
    next(b for b in test.button if b.label == "Delete it").click().run()
    assert service.runs() == [] and not test.exception


@pytest.mark.parametrize("state", ["queued", "stopped"])
def test_who_did_not_start_a_run_can_watch_it(service, state):
    run = Desk(service, ANN).submit(tiny())
    if state == "stopped":
        service.stop(run)
    service.who = BOB
    test = seen(run)
    assert not buttons(test) & (CHANGES | {"Resume", "Pause", "Go on"})
    assert not test.text_input
    assert "started in another browser" in texts(test).lower()


def test_a_page_that_was_open_before_is_refused_in_words(service):
    """The buttons were drawn for the owner; his cookie is gone when he presses one."""
    run = Desk(service, ANN).submit(tiny())
    test = seen(run)
    service.who = BOB
    next(b for b in test.button if b.label == "Stop").click().run()
    assert "in another browser" in texts(test)
    assert service.info(run).state == "queued"


def test_the_budget_is_said_before_start(service):
    test = seen(epochs=5)
    assert "Start the race" in buttons(test)
    assert "5 epochs × 1,024 images × 2 racers" in texts(test) and "100 %" in texts(test)
    test = seen(epochs=8)
    assert "Start the race" not in buttons(test)
    assert "5 epochs of it would fit" in texts(test)
    service.who = LECTURER
    test = seen(epochs=8)
    assert "Start the race" in buttons(test) and "×" not in texts(test)


def test_a_full_queue_is_said_when_start_is_pressed(service):
    desk = Desk(service, ANN)
    desk.submit(tiny(seeds=(1,)))
    desk.submit(tiny(seeds=(2,)))
    test = seen()
    next(b for b in test.button if b.label == "Start the race").click().run()
    assert "2 of your runs wait or train already" in texts(test)
    assert len(service.runs()) == 2


def test_the_reckoning_names_every_factor():
    allowed = Allowance(budget=10**6)
    plain = tiny(seeds=(1, 2), search_epochs=1)
    assert reckoning(plain, allowed).startswith(
        "(3 + 7 of the rate search) epochs × 1,024 images × 2 racers × 2 seeds = 41,000: 4.1 %"
    )
    assert "× 22.5 for the network's size" in reckoning(tiny(hidden_sizes=(2048,) * 4), allowed)


def test_names_are_shown_as_they_are(service):
    run = Desk(service, ANN).submit(tiny(), "![x](https://evil.example) <b>$a$")
    test = seen(run)
    told = next(m.value for m in test.markdown if m.value.startswith("Delete"))
    assert "![x](" not in told and "<b>" not in told and "\\!\\[x\\]\\(" in told


def settings():
    """What the initialization page would measure, and why not something else."""
    import streamlit as st

    from initopt_core.ui.initialization import controls, pins
    from initopt_core.ui.page import Laboratory

    lab = Laboratory("initialization", "Initialization", controls.read)
    lab.show(lambda held: st.session_state.update(_held=held, _pins=pins.pins()))


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"layers": "64 x 2048"}, "266,000,000|2.66·10⁸"),
        ({"layers": "12 x 1024", "images": "4096"}, "Batch size: .* up to 2,"),
        ({"layers": "64 x 512", "images": "1024"}, ""),
    ],
)
@pytest.mark.parametrize("who", [ANN, LECTURER])
def test_a_visitors_network_is_bounded_and_the_lecturers_is_not(service, who, link, said):
    service.who = who
    test = AppTest.from_function(settings, default_timeout=30)
    for name, value in {**link, "pin": f"kaiming~relu~layers-{link['layers']}"}.items():
        test.query_params[name] = value.replace(" ", "") if name == "pin" else value
    test.run()
    assert not test.exception, test.exception
    held = test.session_state["_held"]
    refused = bool(said) and who == ANN
    assert (held.settings.hidden == Settings().hidden) == refused
    if refused:
        assert re.search(said, " ".join(held.problems))
    heavy = link["layers"] == "64 x 2048" and who == ANN
    assert len(test.session_state["_pins"]) == (0 if heavy else 1)


def upload():
    """A visitor's models, opened once."""
    import streamlit as st

    from initopt_core.networks import BaseNetwork, make_activation
    from initopt_core.ui.training import runs

    model = BaseNetwork(make_activation("relu"), hidden_sizes=(4,))
    if not st.session_state.get("_done"):
        st.session_state["_done"] = True
        runs._take(lambda: {"SGD": (model, None)}, uploaded=True)


def test_uploads_are_their_visitors_and_the_disk_is_looked_after(service, monkeypatch):
    asked = []
    monkeypatch.setattr(service, "tidy", lambda: asked.append(service.who))
    test = AppTest.from_function(upload, default_timeout=30).run()
    assert not test.exception and not test.error
    (run,) = service.runs()
    assert (run.owner, run.name, asked) == ("ann", "Uploaded: SGD", [ANN])
    with pytest.raises(SettingError, match="another browser"):
        Desk(service, BOB).delete(run.id)
