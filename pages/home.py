"""Home: what this is, the data, and the way to each laboratory."""

from initopt_core.ui import home

home.show()
