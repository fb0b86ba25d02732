"""Initialization and optimization of neural networks, as things to compute and to look at.

Pure computation lives in the modules beside this file (torch and numpy in, dataclasses out);
`figures` turns results into charts, `ui` into Streamlit pages. Importing this package alone
needs torch only.
"""

import os
import sys

if "torch" not in sys.modules:
    # Threads that wait for each other sleep rather than spin on: where something else wants a
    # core a step then takes milliseconds instead of a tenth of a second. But waking one takes as
    # long as a small layer, so GNU's threads look around for some microseconds before they sleep.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("GOMP_SPINCOUNT", "3000")
