"""Training: optimizers race from the same weights over the same batches."""

from initopt_core.ui.training import page

page.show()
