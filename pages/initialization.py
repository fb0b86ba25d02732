"""Initialization: why networks live or die before the first step."""

from initopt_core.ui import initialization_page

initialization_page.show()
