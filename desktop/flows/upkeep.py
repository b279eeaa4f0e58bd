"""How this PC is while the window is open: what keeps it from saving as it should, and the station's list of checks."""

from desktop.domain.station_check import Checked
from desktop.flows.desk import Desk


class Upkeep:
    """For the banner and the list."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def trouble(self) -> str:
        """The code of what is wrong now; empty when nothing is. Tries again where it could not write."""
        return self._desk.trouble()

    def at_first(self) -> tuple[Checked, ...]:
        """What is not well of all that can be looked at quickly, worst first: for whoever begins the day."""
        found = [one for one in self._desk.checks("quick") if not one.ok]
        return tuple(sorted(found, key=lambda one: one.severity != "fault"))

    def every(self) -> tuple[Checked, ...]:
        """The whole list; some seconds."""
        return self._desk.checks("all")
