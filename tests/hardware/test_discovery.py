"""What is attached, looked at without opening it: a made-up USB bus, a port, a maker's service on this machine."""

import socket
from pathlib import Path

import pytest

from hardware import discovery, registry
from hardware.discovery import Found
from hardware.simulated.announced import is_simulated
from hardware.simulated.card_reader import SimulatedCardReader
from hardware.simulated.signature_service import SimulatedSignatureService
from hardware.transports import usb_bus


def plug(bus: Path, ids: str, *classes: str, name: str = "", tty: bool = False) -> None:
    """One thing on the bus as the system shows it; `classes` are "class/subclass" of its interfaces."""
    place = bus / f"1-{len(list(bus.iterdir())) + 1}"
    place.mkdir()
    vendor, product = ids.split(":")
    for file, text in (("idVendor", vendor), ("idProduct", product), ("bDeviceClass", "00"), ("product", name)):
        (place / file).write_text(f"{text}\n")
    for number, told in enumerate(classes):
        interface = place / f"{place.name}:1.{number}"
        interface.mkdir()
        kind, _, sub = told.partition("/")
        (interface / "bInterfaceClass").write_text(f"{kind}\n")
        (interface / "bInterfaceSubClass").write_text(f"{sub or '00'}\n")
        if tty:
            (interface / "ttyUSB0").mkdir()


def found_on(bus: Path) -> list[Found]:
    return [found for one in usb_bus.attached(bus) if (found := discovery.usb_found(one)) is not None]


@pytest.fixture
def bus(tmp_path: Path) -> Path:
    bus = tmp_path / "usb"
    bus.mkdir()
    return bus


def test_known_card_readers_are_told_apart_by_whether_anybody_can_speak_to_them(bus: Path) -> None:
    plug(bus, "0400:c35a", "ff")
    plug(bus, "10c4:8a1b", "ff", name="Senter ST-1")
    assert found_on(bus) == [
        Found(("reader",), "SDT 身份证模块", "usb:0400:c35a"),
        Found(("reader",), "Senter ST-1", "usb:10c4:8a1b", "found.needs_library", "信通"),
    ]  # fmt: skip


def test_an_unknown_device_is_shown_with_its_id(bus: Path) -> None:
    plug(bus, "1234:5678", "ff", name="Rating Pad")
    plug(bus, "1234:9abc", "03/00")
    assert found_on(bus) == [
        Found((), "Rating Pad", "usb:1234:5678", "found.unknown"), Found((), "USB", "usb:1234:9abc", "found.unknown"),
    ]  # fmt: skip


def test_what_is_no_device_of_a_window_or_listed_elsewhere_is_left_out(bus: Path) -> None:
    plug(bus, "046d:c31c", "03/01")                        # a keyboard
    plug(bus, "0781:5567", "08")                           # a memory stick
    plug(bus, "0c45:6366", "0e/01", "0e/02", "01/01")      # a camera with a microphone
    plug(bus, "1a86:7523", "ff", tty=True)                 # a cable that the system made a port of
    (bus / "usb1").mkdir()                                 # a hub without anything
    (bus / "1-0:1.0").mkdir()
    assert found_on(bus) == []


def test_a_thing_unplugged_while_we_look_is_no_error(bus: Path) -> None:
    plug(bus, "zzzz:0001", "ff")
    assert found_on(bus) == []


def test_a_makers_service_offers_what_it_can_be_used_as() -> None:
    service = SimulatedSignatureService("GW1000A")
    offered = {found.kinds[0]: found for found in discovery.service_found(service.port)}
    assert set(offered) == {"camera", "portrait", "reader", "signature"}
    assert offered["portrait"].address == f"webcamera://127.0.0.1:{service.port}?camidx=1"
    assert "GW1000A" in offered["signature"].name
    assert all(is_simulated(found.address) for found in offered.values()), "its other protocol does not hide what it is"
    service.close()
    assert discovery.service_found(service.port) == ()


def test_something_else_on_the_services_port_is_shown_and_holds_nobody_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        (found,) = discovery.service_found(port)
    assert (found.kinds, found.reason) == ((), "found.unknown_service")


def test_whether_a_device_is_plugged_in_is_seen_where_it_can_be(tmp_path: Path) -> None:
    reader = SimulatedCardReader(link=tmp_path / "reader")
    address = f"serial:{reader.path}?baud=9600"
    assert discovery.present(address) is True
    reader.unplug()
    assert discovery.present(address) is False
    assert discovery.present("uvc:No such camera") is False
    assert discovery.present(f"folder:{tmp_path}") is True
    assert [discovery.present(one) for one in ("tcp://192.0.2.1:9100", "http://192.0.2.1/", "sane:net:x:y", "cups:office")] == [None] * 4


def test_a_look_lists_only_what_can_be_used_or_says_why_not() -> None:
    for found in discovery.look():
        assert found.reason or any(registry.knows(kind, found.address) for kind in found.kinds), found
