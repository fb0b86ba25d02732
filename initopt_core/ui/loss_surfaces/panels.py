"""What lies below the laboratory: explanation, code, exports."""

from __future__ import annotations

import streamlit as st

from initopt_core.descent import Trace, race
from initopt_core.figures import loss_surfaces as figures
from initopt_core.loss_surfaces.code import snippet
from initopt_core.loss_surfaces.labels import labels_of
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.surfaces import FORMULA, SURFACES
from initopt_core.ui.export_menu import export_buttons
from initopt_core.ui.server.compute import compute

from . import basins
from .plan import BASINS, Held, Plan

EXPORTS = ("surface-paths", "surface-losses", "surface-basins")


OPEN = "_surface_below_open"


def below(held: Held) -> None:
    """Three closed parts; what is in them is made when they are opened, and kept up to date."""
    plan = held.plan
    with st.container(horizontal=True, gap="small"):
        (_export_maps if held.part == BASINS else _export)(plan)
    explain = st.expander(
        "What happens here", icon=":material/menu_book:", key="_surface_why", on_change="rerun"
    )
    if explain.open:
        _explain(plan, explain)
    code = st.expander(
        "The same in PyTorch", icon=":material/code:", key="_surface_code", on_change="rerun"
    )
    if code.open:
        code.code(snippet(plan.surface, plan.runs, plan.updates, plan.noise, plan.seed), "python")
    exporting = any(st.session_state.get(f"{key}-export") for key in EXPORTS)
    st.session_state[OPEN] = explain.open or code.open or exporting


def _explain(plan: Plan, box) -> None:
    if plan.surface.name != FORMULA:
        entry = SURFACES[plan.surface.name]
        box.markdown(f"**{entry.label}.** {entry.help} *{entry.source}*")
        box.latex(entry.formula)
    for name in dict.fromkeys(r.optimizer for r in plan.runs):
        entry = OPTIMIZERS[name]
        box.markdown(f"**{entry.label}.** {entry.help} *{entry.source}*")
        box.latex(entry.formula)
    box.markdown(
        "**Stability.** Near a minimum with curvature λ, plain gradient descent multiplies its "
        "distance by 1 − ηλ at every step, so it converges only while ηλ < 2. Momentum moves that "
        "limit to 2(1 + β)/(1 − β) for an average of gradients and to 2(1 + β) for a sum; "
        "optimizers with a rate for every weight feel the curvature divided by their √v. The "
        "meter rescales all of them so that the edge is at 2 (Cohen et al., 2021 and 2022). A "
        "limit says what happens in the long run with √v held as it is. In their first steps Adam, "
        "AdamW, NAdam and Adamax can grow a hundredfold below it: bias correction makes a step of "
        "an average that has seen one gradient as long as plain descent's, whose limit is 2. Above "
        "it they are soon back, since √v grows with the gradients. NAdam's limit moves as its "
        "momentum warms up; Lion has none, as its steps are η long whatever the curvature. A "
        "dot is the curvature *across* a step, between where it begins and where it lands: a step "
        "thrown from one wall to the other begins where it is flat, and its dot is at 2 all the "
        "same.\n\n"
        "**Equal budgets.** All optimizers take the same number of gradients, see the same noise, "
        "and start where you say; their rates are yours, and are printed beside their names.\n\n"
        "**Keys**, with the picture in focus: space plays, ← → step, Home and End jump, ↑ ↓ choose "
        "the optimizer whose arrows and arithmetic are shown, Shift and an arrow moves the start "
        "(in three dimensions it turns the surface), + − 0 zoom, W A S D move the view."
    )


def _export_maps(plan: Plan) -> None:
    export_buttons(
        lambda: basins.picture_of(plan),
        key=EXPORTS[2],
        label="Export the maps",
        extra={"starts.csv": lambda: basins.table_of(plan)},
    )


def _export(plan: Plan) -> None:
    labels = labels_of([r.optimizer for r in plan.runs])

    def traces() -> tuple[Trace, ...]:
        return compute(race, plan.surface, plan.runs, plan.updates, plan.noise, plan.seed)

    def code() -> str:
        return snippet(plan.surface, plan.runs, plan.updates, plan.noise, plan.seed)

    export_buttons(
        lambda: figures.paths(plan.surface, traces(), labels, plan.ranges, plan.color),
        key=EXPORTS[0],
        label="Export the paths",
        extra={"race.py": code},
    )
    export_buttons(
        lambda: figures.losses(traces(), labels),
        key=EXPORTS[1],
        label="Export the loss curves",
    )
