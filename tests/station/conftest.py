"""What tests of the station share, and the command line beside it."""

from tests.cli.conftest import oncedesk
from tests.station.small_home import home, new_home, system

__all__ = ["home", "new_home", "oncedesk", "system"]
