"""Loss surfaces: optimizers race over functions of two weights."""

from initopt_core.ui import surface_page

surface_page.show()
