"""The initialization laboratory without its page: settings in, everything to be seen out."""

from .observation import Observation, observe
from .settings import Settings, parse_hidden

__all__ = ["Observation", "Settings", "observe", "parse_hidden"]
