"""Initialization: why networks live or die before the first step."""

from initopt_core.ui.initialization import page

page.show()
