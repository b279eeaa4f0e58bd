"""A whole window's devices without a window: reader, cameras, scanner, printer, pad and keypad, each at its own wire.

The real drivers open them by their addresses; nothing here is called in their place. For the demo and for tests.
"""

import time
from importlib.resources import files
from pathlib import Path

from hardware.readings import IdCard
from hardware.simulated.announced import announce, offer, take_back, withdraw
from hardware.simulated.camera import EMPTY, SimulatedCamera
from hardware.simulated.card_reader import SimulatedCardReader
from hardware.simulated.printer import PrintedSlip, SimulatedPrinter
from hardware.simulated.rating_keypad import SimulatedRatingKeypad
from hardware.simulated.scanner import SimulatedScanner
from hardware.simulated.signature_service import SimulatedSignatureService

SITTER = "person"
"""The picture of whoever sits before the portrait camera."""
HAND = 0.15
"""Seconds a hand needs; a picture that was on its way meanwhile still shows the desk as it was."""


class SimulatedDesk:
    """Starts them all. Each may be reached for its faults: `reader`, `camera`, `printer`, `scanner`, `pad`, `keypad`."""

    def __init__(self, slips: Path | None = None, scenes: Path | None = None, paced: bool = False, people: Path | None = None) -> None:
        """`slips`: a folder for the drawn receipts; `scenes`, `people`: folders of JPEGs, by default the specimen papers and a drawn face.

        `paced`: the card reader's line runs at its real speed.
        """
        self.reader = SimulatedCardReader(paced=paced)
        self.camera = SimulatedCamera(scenes or Path(str(files("resources") / "recordings" / "desk")))
        # what the portrait camera sees: a drawn face
        self.sitter = SimulatedCamera(people or Path(str(files("resources") / "recordings" / "people")))
        self.sitter.show(SITTER)
        self.printer = SimulatedPrinter(slips)
        self.reader_address = f"serial:{self.reader.path}"
        self.camera_address = f"http://127.0.0.1:{self.camera.port}/"
        self.portrait_address = f"webcamera://127.0.0.1:{self.sitter.port}?camidx=1"
        self.printer_address = f"tcp://127.0.0.1:{self.printer.port}"
        self.scanner, self.pad, self.keypad = SimulatedScanner(self.camera.folder), SimulatedSignatureService(), SimulatedRatingKeypad()
        for address in self._addresses:
            announce(address)
        self._offered = {
            self.reader_address: ("演示读卡器", "reader"), self.camera_address: ("演示高拍仪", "camera"),
            self.portrait_address: ("演示摄像头", "portrait"),
            self.scanner.address: ("演示扫描仪", "scanner"), self.printer_address: ("演示凭条打印机", "printer"),
            self.pad.address: ("演示签字屏", "signature"), self.keypad.address: ("演示评价器", "rating"),
        }  # fmt: skip
        for address, (name, kind) in self._offered.items():
            offer(address, name, kind)

    @property
    def _addresses(self) -> tuple[str, ...]:
        return self.reader_address, self.camera_address, f"http://127.0.0.1:{self.sitter.port}/", self.printer_address

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
        for address in self._offered:
            take_back(address)
        for device in (self.reader, self.camera, self.sitter, self.printer, self.scanner, self.pad, self.keypad):
            device.close()
