"""Initialization: why networks live or die before the first step."""

from initopt_core.ui.initialization import first

first.meanwhile("Initialization")

from initopt_core.ui.initialization import page  # noqa: E402  it needs PyTorch

page.show()
