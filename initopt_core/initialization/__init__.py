"""The initialization laboratory without its page: settings in, everything to be seen out."""

from .settings import Settings, parse_hidden
from .view import View, view

__all__ = ["Settings", "View", "parse_hidden", "view"]
