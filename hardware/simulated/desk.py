"""A whole window's devices without a window: card reader, document camera and receipt printer, each at its own wire.

The real drivers open them by their addresses; nothing here is called in their place. For the demo and for tests.
"""

import time
from importlib.resources import files
from pathlib import Path

from hardware.readings import IdCard
from hardware.simulated.announced import announce, withdraw
from hardware.simulated.camera import EMPTY, SimulatedCamera
from hardware.simulated.card_reader import SimulatedCardReader
from hardware.simulated.printer import PrintedSlip, SimulatedPrinter

HAND = 0.15
"""Seconds a hand needs; a picture that was on its way meanwhile still shows the desk as it was."""


class SimulatedDesk:
    """Starts all three. `reader`, `camera` and `printer` may be reached for their faults."""

    def __init__(self, slips: Path | None = None, scenes: Path | None = None, paced: bool = False) -> None:
        """`slips`: a folder for the drawn receipts; `scenes`: a folder of JPEGs, by default the specimen papers.

        `paced`: the card reader's line runs at its real speed.
        """
        self.reader = SimulatedCardReader(paced=paced)
        self.camera = SimulatedCamera(scenes or Path(str(files("resources") / "recordings" / "desk")))
        self.printer = SimulatedPrinter(slips)
        self.reader_address = f"serial:{self.reader.path}"
        self.camera_address = f"http://127.0.0.1:{self.camera.port}/"
        self.printer_address = f"tcp://127.0.0.1:{self.printer.port}"
        for address in self._addresses:
            announce(address)

    @property
    def _addresses(self) -> tuple[str, str, str]:
        return self.reader_address, self.camera_address, self.printer_address

    @property
    def scenes(self) -> tuple[str, ...]:
        """Names for `lay_papers`."""
        return tuple(self.camera.scenes)

    def lay_card(self, card: IdCard) -> None:
        """Put a card on the reader."""
        self.reader.lay(card)

    def lift_card(self) -> None:
        """Take it away."""
        self.reader.lift()

    def lay_papers(self, scene: str) -> None:
        """Lay papers under the camera, by the name of their picture; KeyError when there is none."""
        self.camera.show(scene)
        time.sleep(HAND)

    def clear_desk(self) -> None:
        """Take all papers away."""
        self.camera.show(EMPTY)
        time.sleep(HAND)

    def slips(self) -> tuple[PrintedSlip, ...]:
        """All that was printed and cut so far."""
        return self.printer.slips()

    def close(self) -> None:
        """Switch everything off; safe to call twice."""
        for address in self._addresses:
            withdraw(address)
        self.reader.close()
        self.camera.close()
        self.printer.close()
