"""Course figures: the tutorial's figures as a gallery, to open and to take along."""

from initopt_core.ui.course import page

page.show()
