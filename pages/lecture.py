"""Scenes: views of all pages as scenes, in an order."""

from initopt_core.ui.lecture import page

page.show()
