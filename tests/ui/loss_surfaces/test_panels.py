"""What lies below the laboratory: made when it is opened, and kept up to date then."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from initopt_core.descent import Run
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.surfaces import SURFACES, Surface
from initopt_core.ui.loss_surfaces import panels
from initopt_core.ui.loss_surfaces.plan import Plan


def page():
    import streamlit as st

    from initopt_core.descent import Run
    from initopt_core.surfaces import Surface
    from initopt_core.ui.loss_surfaces import panels
    from initopt_core.ui.loss_surfaces.plan import Plan

    runs = tuple(Run(name, (("lr", 0.1),), (1.0, 1.0)) for name in ("SGD", "Adam", "SGD"))
    plan = Plan(Surface("quadratic"), runs, (False,) * 3, (-2, 2, -2, 2), "log", 10, 0.0, 0)

    class Held:
        pass

    held = Held()
    held.plan, held.look, held.part = plan, {}, st.session_state.get("part", "Paths")
    held.flat = (1.0, 0.2, 0.5, 0.35)
    panels.below(held)


def test_nothing_is_made_while_it_is_closed():
    test = AppTest.from_function(page).run()
    assert not test.exception and not test.code and not test.latex
    assert test.session_state["_surface_below_open"] is False


def test_every_formula_is_explained_once_and_the_program_runs():
    test = AppTest.from_function(page)
    test.session_state["_surface_why"] = test.session_state["_surface_code"] = True
    test.run()
    assert not test.exception and test.session_state["_surface_below_open"] is True
    formulas = [one.value.strip().strip("$").strip() for one in test.latex]
    expected = [SURFACES["quadratic"].formula, *(OPTIMIZERS[n].formula for n in ("SGD", "Adam"))]
    assert formulas == [formula.strip() for formula in expected]
    compile(test.code[0].value, "program", "exec")


def test_each_part_exports_its_own():
    labels = {}
    for part in ("Paths", "Basins"):
        test = AppTest.from_function(page)
        test.session_state["part"] = part
        test.run()
        labels[part] = [p.proto.popover.label for p in test.get("popover")]
    assert labels == {
        "Paths": ["Export the paths", "Export the loss curves"], "Basins": ["Export the maps"],
    }  # fmt: skip


def test_every_figure_of_the_zip_has_its_own_title_whichever_part_is_open():
    """That of another part, which names the tab, stood on them."""
    race = "Quadratic bowl: SGD, Adam · Loss surfaces"
    for part in ("Paths", "Basins", "Sharp and flat"):
        test = AppTest.from_function(page)
        test.session_state["part"] = part
        test.run()
        titles = {key: one.said.title for key, one in test.session_state["_export_offers"].items()}
        assert titles.pop("surface-minima", "Sharp and flat minima") == "Sharp and flat minima"
        maps = titles.pop("surface-basins")
        assert maps == "Quadratic bowl: SGD, Adam · Basins · Loss surfaces"
        assert set(titles.values()) == {race} and len(titles) >= 3


def test_where_nothing_has_a_basin_the_title_says_what_is_shown():
    runs = (Run("SGD", (("lr", 0.1),), (1.0, 1.0)),)
    plan = Plan(Surface("saddle"), runs, (False,), (-2, 2, -2, 2), "linear", 5, 0.0, 0)
    with panels.telling(plan, maps=True):
        assert panels.offers.told().title.split(" · ")[1] == "What becomes of every start"


def test_maps_of_basins_are_not_said_to_begin_at_one_place():
    runs = tuple(Run(name, (("lr", 0.1),), (1.0, 1.0)) for name in ("SGD", "Adam"))
    plan = Plan(Surface("quadratic"), runs, (False,) * 2, (-2, 2, -2, 2), "log", 10, 0.0, 0)
    assert panels.in_words(plan, ["SGD", "Adam"]).count("from (1, 1)") == 2
    told = panels.in_words(plan, ["SGD", "Adam"], maps=True)
    assert told.endswith(
        "Adam: η 0.1, β₁ 0.9. Starts: w₁ from −2 to 2, w₂ from −2 to 2. 10 updates."
    )
    assert "(1, 1)" not in told


def test_the_clip_that_comes_first_is_of_the_optimizer_that_takes_most_starts_to_a_minimum():
    """On the tutorial's steep surface SGD takes none, and its clip stood still."""
    settings = (("SGD", 0.5), ("Adam", 0.2), ("SGD", 0.01))
    runs = tuple(Run(name, (("lr", rate),), (0.0, 0.0)) for name, rate in settings)
    plan = Plan(Surface("steep_optima"), runs, (False,) * 3, (-2, 2, -2, 2), "linear", 40, 0.0, 0)
    assert [at for at, _ in panels._by_arrivals(plan)] == [0, 1, 2], "nothing is computed for it"
    for at in range(3):
        panels.basins.map_of(plan, at)
    order = panels._by_arrivals(plan)
    assert order[0] == (1, True) and order[-1][0] in (0, 2)


def test_where_no_basin_grows_the_menu_says_why():
    def maps():
        import streamlit as st

        from initopt_core.descent import Run
        from initopt_core.surfaces import Surface
        from initopt_core.ui.loss_surfaces import panels
        from initopt_core.ui.loss_surfaces.plan import Plan

        st.session_state["surface-basins-export"] = True
        runs = (Run("SGD", (("lr", 0.1),), (1.0, 1.0)),)
        panels._export_maps(
            Plan(Surface("saddle"), runs, (False,), (-2, 2, -2, 2), "linear", 5, 0.0, 0)
        )

    test = AppTest.from_function(maps).run(timeout=30)
    assert not test.exception
    assert any("no minimum is known" in told.value for told in test.caption)
