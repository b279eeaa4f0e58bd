"""What tests of the station share."""

from tests.station.small_home import home, new_home, system

__all__ = ["home", "new_home", "system"]
