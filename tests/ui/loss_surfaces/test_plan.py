"""The loss-surface page's controls: read once, drawn elsewhere, and both say the same."""

import pytest
from streamlit.testing.v1 import AppTest

from initopt_core.descent import surface_optimizers
from initopt_core.loss_surfaces.presets import RACES
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.surfaces import FORMULA, SURFACES
from initopt_core.ui import page as machine
from initopt_core.ui import undo
from initopt_core.ui.loss_surfaces import plan as plans
from tests.support.session import held, hold

MENUS = ("_start_part", "_noise_part", "_view_part", *(f"_run{i}_more" for i in range(8)))


def noted(test) -> list[str]:
    """What is said of a link that cannot be used."""
    return [note.text.replace("\\", "") for note in test.session_state["_link_notes"]]


def page():
    import streamlit as st

    from initopt_core.ui.loss_surfaces import controls
    from initopt_core.ui.loss_surfaces import plan as plans
    from initopt_core.ui.page import Laboratory

    lab = Laboratory("loss_surfaces", "Loss surfaces", plans.read)

    def draw(held):
        st.session_state["held"], st.session_state["table"] = held, lab.reading.table
        with st.sidebar:
            controls.sidebar(lab, held)

    lab.show(draw)


def opened(menus=(), **link: str) -> AppTest:
    test = AppTest.from_function(page, default_timeout=30)
    for name, value in link.items():
        test.query_params[name] = value
    for menu in menus:
        test.session_state[menu] = True
    test.run()
    assert not test.exception, test.exception
    return test


def plan_of(test: AppTest) -> plans.Plan:
    return test.session_state["held"].plan


def link_of(test: AppTest) -> dict:
    return {k: v if isinstance(v, str) else v[0] for k, v in dict(test.query_params).items()}


@pytest.fixture
def drawn(monkeypatch):
    """Name -> parameter of every control that the sidebar draws."""
    seen = {}
    draw = machine.parameter_control

    def watched(parameter, name, *args, **kwargs):
        seen[name] = parameter
        return draw(parameter, name, *args, **kwargs)

    monkeypatch.setattr(machine, "parameter_control", watched)
    return seen


LINKS = [
    {},
    {"surface": "quadratic", "surface_condition": "50.0", "runs": "2", "own1": "true"},
    {"surface": FORMULA, "formula": "w1**2 + w2**2", "run0": "HeavyBall", "own0_w1": "1.5"},
    {"run0": "SGD", "run0_anneal": "step", "run0_anneal_drops": "3", "anneal": "one_cycle"},
    {"runs": "8", "run7": "Lion", "own7": "true", "own7_w2": "-3.0", "noise": "0.5"},
    {"experiment": "valley"},
]


@pytest.mark.parametrize("link", LINKS)
def test_every_control_shows_what_was_read_and_all_that_was_read_has_a_control(drawn, link):
    test = opened(MENUS, **link)
    table = dict(test.session_state["table"])
    for name, parameter in drawn.items():
        control = table.pop(name)
        assert held(test).values[""][name] == control.value
        assert parameter is control.parameter
        assert parameter.check(control.value) == control.value
    # These have a control of another kind: buttons, the menu of races, another part of the page,
    # the picture itself.
    flat = {name for name in table if name.startswith("flat_")}
    shown = {"step", "speed", "chosen", "arrows", "solid", "eye", "zoom"}
    assert set(table) - flat == {"runs", "experiment", "view", *shown}


def test_what_a_closed_menu_holds_is_read_all_the_same():
    plan = plan_of(opened(run1_SGDMomentum_momentum="0.5", noise="0.25", color="log", from1="-3.0"))
    assert plan.runs[1].values()["momentum"] == 0.5
    assert plan.noise == 0.25 and plan.color == "log" and plan.ranges[0] == -3.0


def test_how_it_is_shown_is_read_from_a_link_and_not_undone():
    link = {"step": "20", "chosen": "2", "solid": "true", "eye": "2_1.5_-3", "zoom": "-1_1_0_2"}
    test = opened(**link)
    held = test.session_state["held"]
    assert held.look == {
        "step": 20, "speed": 1.0, "selected": 1, "arrows": True, "solid": True,
        "eye": [2.0, 1.5, -3.0], "zoom": [-1.0, 1.0, 0.0, 2.0],
    }  # fmt: skip
    assert link_of(test) == link
    hold(test, from1=-3.0)  # another view: the zoom was of the one before
    assert "zoom" not in test.run().session_state["held"].look
    bad = opened(step="-5", eye="1_2", zoom="a_b_c_d")
    assert set(bad.session_state["held"].look) == {"speed", "selected", "arrows", "solid"}
    notes = " ".join(noted(bad))
    assert all(word in notes for word in ("-5", "1_2", "a_b_c_d"))
    assert link_of(bad) == {}


def test_a_run_may_have_a_schedule_of_its_own():
    test = opened(anneal="cosine", anneal_floor="0.1", run1_anneal="step", run1_anneal_drops="4")
    runs = plan_of(test).runs
    assert [r.schedule for r in runs] == ["cosine", "step", "cosine"]
    assert dict(runs[0].schedule_settings) == {"floor": 0.1}
    assert dict(runs[1].schedule_settings)["drops"] == 4
    assert link_of(test)["run1_anneal"] == "step"
    again = opened(**link_of(test))
    assert plan_of(again) == plan_of(test)


@pytest.mark.parametrize("name", RACES)
def test_a_preset_by_link_sets_all_and_tells_its_story(name):
    plan = plan_of(opened(experiment=name))
    race = RACES[name]
    assert plan.race == name and plan.surface.name == race.surface
    assert [r.optimizer for r in plan.runs] == [n for n, _ in race.runs]
    assert {r.start for r in plan.runs} == {race.begin}
    # With another setting the story is no longer true.
    changed = opened(experiment=name)
    hold(changed, updates=race.length + 1)
    assert plan_of(changed.run()).race == ""


def test_the_link_holds_what_differs_from_the_defaults_and_nothing_else():
    test = opened()
    assert link_of(test) == {}
    hold(test, run0_SGD_lr=3.0)
    hold(test, start_w1=-2.0)
    test.run()
    assert link_of(test) == {"run0_SGD_lr": "3.0", "start_w1": "-2.0"}
    hold(test, run0="Adam")  # another optimizer: SGD's rate is no part of the view
    test.run()
    assert link_of(test) == {"run0": "Adam", "start_w1": "-2.0"}


def test_a_link_that_cannot_be_used_is_replaced_and_noted():
    test = opened(runs="99", surface="nowhere", run0="Muon", updates="0.5")
    plan = plan_of(test)
    assert plan.surface.name == plans.FIRST.surface and len(plan.runs) == 3
    assert plan.runs[0].optimizer == "SGD" and plan.updates == 100
    notes = " ".join(noted(test))
    assert all(word in notes for word in ("99", "nowhere", "Muon", "0.5"))


def test_a_bad_formula_keeps_the_last_good_one():
    test = opened(surface=FORMULA, formula="w1**2 + 3*w2**2")
    assert test.session_state["held"].problem == ""
    hold(test, formula="w1**2 +")
    held = test.run().session_state["held"]
    assert "ends too early" in held.problem and held.plan.surface.text == "w1**2 + 3*w2**2"


def test_a_view_turned_inside_out_is_not_used():
    test = opened(from1="3.0", to1="-3.0")
    assert plan_of(test).ranges == SURFACES["pathological"].ranges
    assert "usual one" in test.sidebar.warning[0].value


def test_the_smallest_number_of_runs_and_every_optimizer_can_be_read():
    for name in surface_optimizers():
        plan = plan_of(opened(runs="1", run0=name))
        assert plan.runs[0].values().keys() == {p.name for p in OPTIMIZERS[name].parameters}


def test_a_start_dragged_out_of_range_stays_at_its_edge():
    test = opened()

    def far():
        from initopt_core.ui.loss_surfaces import plan as plans

        plans.move_start(plans.CHOICES["pathological"], -1, 1e6, -3.0)

    dragging = AppTest.from_function(far).run()
    high = plans.start(plans.CHOICES["pathological"])[0].high
    assert held(dragging).values[""]["start_w1"] == high
    assert held(dragging).values[""]["start_w2"] == -3.0
    hold(test, start_w1=high)
    assert plan_of(test.run()).runs[0].start[0] == high


def test_undo_goes_back_change_by_change_and_a_drag_is_one(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(undo.time, "monotonic", lambda: now[0])

    def undoing():
        import streamlit as st

        from initopt_core.ui.loss_surfaces import plan as plans
        from initopt_core.ui.page import Laboratory

        lab = Laboratory("loss_surfaces", "Loss surfaces", plans.read)
        lab.show(lambda held: None)
        st.button("undo", on_click=lab.undo, disabled=not lab.history.possible())

    test = AppTest.from_function(undoing, default_timeout=30).run()
    assert test.button[0].disabled
    for value in (9.0, 8.0, 7.0):  # a drag: within a second
        hold(test, run0_SGD_lr=value)
        now[0] += 0.3
        test.run()
    now[0] += 10
    hold(test, surface="rosenbrock")
    test.run()
    test.button[0].click().run()
    assert held(test).values[""]["surface"] == "pathological"
    assert held(test).values[""]["run0_SGD_lr"] == 7.0
    test.button[0].click().run()
    assert held(test).values[""]["run0_SGD_lr"] == 10.0
    assert test.button[0].disabled
