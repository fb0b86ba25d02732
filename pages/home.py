"""Home: what this is, the data, and the way to each laboratory."""

from initopt_core.ui import home_cards

home_cards.meanwhile("Home")

from initopt_core.ui import home  # noqa: E402  it needs PyTorch

home.show()
