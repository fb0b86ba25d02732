"""Starting a race and steering it, for visitors of a shared server."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from initopt_core.training.runs.desk import Desk
from initopt_core.training.runs.ownership import Allowance, reckoning
from initopt_core.ui.training import steer
from initopt_core.visitors import LOCAL, Visitor
from tests.support.training import tiny

ANN, BOB = Visitor("ann"), Visitor("bob")
LECTURER = Visitor("", full=True)


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


def test_it_is_said_before_start_that_nobody_could_train(service):
    service.problem = "No cluster answers."
    assert "No cluster answers." in texts(seen())


def test_it_is_said_that_the_store_does_not_answer(service, monkeypatch):
    monkeypatch.setattr(service, "cut_off", lambda: True)
    assert steer.CUT_OFF in texts(seen())


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


@pytest.mark.parametrize(
    ("waiting", "told"), [(0, ""), (1, "; 1 more waits"), (3, "; 3 more wait,")]
)
def test_what_a_new_race_has_to_wait_for_is_said(waiting, told):
    busy = SimpleNamespace(name="Mine", state="running")
    said = steer._waits(busy, waiting)
    assert "“Mine”, which is training now" in said and told in said and said.endswith(".")


def test_settings_that_cannot_be_used_have_a_reason_instead_of_a_start(service):
    def unusable():
        from initopt_core.ui.training import steer

        steer.start_button(None, "Seeds: choose one.")

    test = AppTest.from_function(unusable).run()
    assert not buttons(test) and test.error[0].value.replace("\\", "") == "Seeds: choose one."
