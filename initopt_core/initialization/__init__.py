"""The initialization laboratory without its page: settings in, everything to be seen out."""

from .observation import View, view
from .settings import Settings, parse_hidden

__all__ = ["Settings", "View", "parse_hidden", "view"]
