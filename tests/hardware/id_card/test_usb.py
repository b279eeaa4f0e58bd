"""The USB module's transfers, through pyusb, over a stand-in for libusb. Which endpoint carries what is as the makers' document says."""

import sys
import threading
import time

import pytest
import usb.core

from hardware.faults import FaultCode
from hardware.id_card import frames
from hardware.id_card.sam_serial import SamReader
from hardware.registry import open_reader
from hardware.simulated.card_reader import CardReaderLogic
from hardware.simulated.people import MOTHER
from hardware.transports.usb import UsbModule
from tests.hardware.faulty import code_of
from tests.hardware.id_card.usb_backend import OneReader


@pytest.fixture
def logic() -> CardReaderLogic:
    logic = CardReaderLogic()
    logic.lay(MOTHER)
    return logic


def test_a_command_goes_out_as_header_and_body_on_their_endpoints(logic: CardReaderLogic) -> None:
    libusb = OneReader(logic)
    UsbModule(0x0400, 0xC35A, libusb).write(frames.FIND_CARD)
    assert libusb.written == [(0x02, bytes.fromhex("AAAAAA96690003")), (0x06, bytes.fromhex("200122"))]


def test_the_header_s_length_says_how_much_comes_from_the_other_endpoint(logic: CardReaderLogic) -> None:
    module = UsbModule(0x0400, 0xC35A, OneReader(logic))
    for command in (frames.FIND_CARD, frames.SELECT_CARD, frames.READ_BASE):
        module.write(command)
        heard = b""
        while piece := module.read(4096, 0.05):
            heard += piece
        parser = frames.FrameParser()
        parser.feed(heard)
        assert parser.next_body() is not None
    assert len(heard) == 1295
    module.close()


def test_a_card_is_read_twice(logic: CardReaderLogic) -> None:
    reader = SamReader(UsbModule(0x0400, 0xC35A, OneReader(logic)))
    assert reader.read(1).number == reader.read(1).number == MOTHER.number
    reader.close()


def test_a_read_gives_no_more_than_asked(logic: CardReaderLogic) -> None:
    module = UsbModule(0x0400, 0xC35A, OneReader(logic))
    module.write(frames.STATUS)
    assert [module.read(2, 1) for _ in range(3)] == [b"\xaa\xaa", b"\xaa\x96", b"\x69\x00"]
    module.close()


def test_silence_ends_after_the_time_asked_and_closing_ends_it_sooner(logic: CardReaderLogic) -> None:
    module = UsbModule(0x0400, 0xC35A, OneReader(logic))
    began = time.monotonic()
    assert module.read(7, 0.3) == b""
    assert 0.3 <= time.monotonic() - began < 1
    threading.Timer(0.1, module.close).start()
    assert code_of(module.read, 7, 20) is FaultCode.CANCELLED
    module.close()


def test_an_absent_a_held_and_a_pulled_device_are_told_apart(logic: CardReaderLogic) -> None:
    assert code_of(UsbModule, 0x1234, 0x5678, OneReader(logic)) is FaultCode.NOT_CONNECTED
    held = OneReader(logic)
    held.busy = True
    assert code_of(UsbModule, 0x0400, 0xC35A, held) is FaultCode.BUSY
    libusb = OneReader(logic)
    module = UsbModule(0x0400, 0xC35A, libusb)
    libusb.line.unplug()
    assert code_of(module.read, 7, 1) is FaultCode.NOT_CONNECTED
    module.close()


@pytest.mark.parametrize("address", ["usb:0400", "usb:0400:c35a:1", "usb:reader:one"])
def test_an_address_without_two_ids_is_unsupported(address: str) -> None:
    assert code_of(open_reader, address) is FaultCode.UNSUPPORTED


def test_without_libusb_or_pyusb_it_says_unsupported(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(**_: object) -> None:
        raise usb.core.NoBackendError("No backend available")

    monkeypatch.setattr(usb.core, "find", none)
    assert code_of(open_reader, "usb:0400:c35a") is FaultCode.UNSUPPORTED
    monkeypatch.setitem(sys.modules, "hardware.transports.usb", None)
    assert code_of(open_reader, "usb:0400:c35a") is FaultCode.UNSUPPORTED
