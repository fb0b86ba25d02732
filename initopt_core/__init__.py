"""Initialization and optimization of neural networks, as things to compute and to look at.

Pure computation lives in the modules beside this file (torch and numpy in, dataclasses out);
`figures` turns results into charts, `ui` into Streamlit pages. Importing this package alone
needs torch only.
"""
