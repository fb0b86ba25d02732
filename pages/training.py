"""Training: optimizers race from the same weights over the same batches."""

import streamlit as st

from initopt_core.ui import (
    address,
    layout,
    training_controls,
    training_recorded,
    training_runs,
    training_steer,
    training_watch,
)
from initopt_core.ui.kept import notice_bad_links
from initopt_core.ui.training_service import link_problem, run_name, shown_run

layout.page_header("Training")
config, problem, place = training_controls.sidebar()
training_steer.start_button(config, problem, place)
run_id = shown_run()
with st.container():
    notice_bad_links()
    if told := link_problem():
        st.info(told, icon=":material/link_off:")
if run_id is None:
    training_recorded.recorded()
else:
    training_watch.watch(run_id, training_runs.compared(run_id))
training_runs.runs_panel(run_id)
address.title("Training", run_name(run_id))
