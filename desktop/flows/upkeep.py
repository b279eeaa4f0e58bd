"""How this PC is while the window is open: what keeps it from saving as it should, and the station's list of checks."""

from desktop.flows.desk import Desk


class Upkeep:
    """For the banner."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def trouble(self) -> str:
        """The code of what is wrong now; empty when nothing is. Tries again where it could not write."""
        return self._desk.trouble()
