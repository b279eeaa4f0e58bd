"""The devices at this window: their lights and their tests."""

from desktop.flows.desk import Desk
from hardware.readings import Light


class Devices:
    """What is attached and how it feels."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def lights(self) -> tuple[Light, ...]:
        """Asked now, each on its own lane; quick."""
        raise NotImplementedError
