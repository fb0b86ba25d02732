"""Loss surfaces: optimizers race over functions of two weights."""

from initopt_core.ui.loss_surfaces import page

page.show()
