"""Training: optimizers race from the same weights over the same batches."""

import streamlit as st

from initopt_core.ui import address, layout
from initopt_core.ui.server.training import link_problem, run_name, shown_run
from initopt_core.ui.state import notice_bad_links
from initopt_core.ui.training import controls, recorded, runs, steer, watch

layout.page_header("Training")
config, problem, place = controls.sidebar()
steer.start_button(config, problem, place)
run_id = shown_run()
with st.container():
    notice_bad_links()
    if told := link_problem():
        st.info(told, icon=":material/link_off:")
if run_id is None:
    recorded.recorded()
else:
    watch.watch(run_id, runs.compared(run_id))
runs.runs_panel(run_id)
address.title("Training", run_name(run_id))
