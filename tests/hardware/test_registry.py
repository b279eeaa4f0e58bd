"""Addresses to drivers, and the promise that nothing simulated is opened outside the demo."""

import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardware import registry
from hardware.faults import DeviceFault, FaultCode
from hardware.readings import Light
from hardware.simulated.desk import SimulatedDesk
from hardware.simulated.people import MOTHER
from tests.hardware.faulty import code_of


class Closes(Protocol):
    def close(self) -> None: ...


@pytest.fixture(scope="module")
def desk() -> Iterator[SimulatedDesk]:
    desk = SimulatedDesk()
    yield desk
    desk.close()


def openers(desk: SimulatedDesk) -> list[tuple[Callable[..., Closes], str]]:
    return [
        (registry.open_reader, desk.reader_address), (registry.open_reader, desk.reader_address + "?baud=9600"),
        (registry.open_camera, desk.camera_address), (registry.open_camera, desk.camera_address + "video=stream&camidx=0"),
        (registry.open_printer, desk.printer_address),
    ]  # fmt: skip


def test_a_simulated_device_is_refused_outside_the_demo(desk: SimulatedDesk) -> None:
    assert [code_of(opener, address) for opener, address in openers(desk)] == [FaultCode.UNSUPPORTED] * 5


def test_in_the_demo_it_is_opened_by_its_address(desk: SimulatedDesk) -> None:
    for opener, address in openers(desk):
        opener(address, demo=True).close()


@pytest.mark.parametrize(
    "address",
    ["", "serial:", "fax:1", "/dev/ttyS0", "serial:/dev/ttyS0?baud=fast", "tcp://", "tcp://host:port", "http://", "simulated:",
     "folder:/saved/here?wait=long"],
)
def test_an_address_nobody_knows_is_unsupported(address: str) -> None:
    for opener in (registry.open_reader, registry.open_camera, registry.open_printer):
        assert code_of(opener, address, demo=True) is FaultCode.UNSUPPORTED


@pytest.mark.parametrize(
    ("opener", "address"),
    [
        (registry.open_reader, "serial:/dev/no-such"), (registry.open_camera, "uvc:97"), (registry.open_camera, "uvc:No such"),
        (registry.open_camera, "video:/no/such.avi"), (registry.open_camera, "http://127.0.0.1:1/"),
        (registry.open_camera, "folder:/no/such?wait=5"), (registry.open_camera, "picture:/no/such.jpg"),
        (registry.open_camera, "webcamera://127.0.0.1:1?camidx=1"), (registry.open_camera, "uvc:No such?usb=0c45:6366&port=1-1:1.0"),
        (registry.open_printer, "tcp://127.0.0.1:1"), (registry.open_printer, "file:/no/such/folder/out.bin"),
        (registry.open_printer, "serial:/dev/no-such"),
    ],
)  # fmt: skip
def test_a_device_that_is_not_there_is_not_connected(opener: Callable[[str], object], address: str) -> None:
    assert code_of(opener, address) is FaultCode.NOT_CONNECTED


@pytest.mark.parametrize(
    ("opener", "address"),
    [(registry.open_camera, "http://[::1"), (registry.open_camera, "webcamera://[::1"), (registry.open_camera, "video:a\0b"),
     (registry.open_camera, "folder:a\0b"), (registry.open_camera, "picture:a\0b"), (registry.open_scanner, "sane:a\0b"),
     (registry.open_printer, "file:a\0b"), (registry.open_signature_pad, "webcamera://[::1"),
     (registry.open_printer, "tcp://127.0.0.1:99999"), (registry.open_reader, "webcamera://127.0.0.1:99999")],
)  # fmt: skip
def test_a_mistyped_address_is_a_fault_of_that_device_and_nothing_worse(opener: Callable[[str], object], address: str) -> None:
    assert code_of(opener, address) in {FaultCode.UNSUPPORTED, FaultCode.NOT_CONNECTED}


KINDS: tuple[registry.Kind, ...] = ("reader", "camera", "printer", "paper_printer", "signature", "rating")
ADDRESSES = st.sampled_from(KINDS).flatmap(lambda kind: st.tuples(
    st.just(kind), st.sampled_from(registry.drivers(kind)), st.sampled_from(["", "//", "//[", "//127.0.0.1:"]),
    st.text("[]:%?&=#@. \0\n0a9é中,", max_size=12)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ADDRESSES)
def test_any_address_gives_a_device_or_a_device_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: tuple[registry.Kind, str, str, str],
) -> None:
    def nobody(*_: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.chdir(tmp_path)      # a file: printer makes its file
    monkeypatch.setattr("socket.socket.connect", nobody)
    monkeypatch.setattr("socket.getaddrinfo", nobody)
    kind, scheme, slashes, rest = written
    if slashes and scheme not in {"http", "https", "webcamera", "tcp"}:
        slashes = ""
    with suppress(DeviceFault):
        registry.open_device(kind, f"{scheme}:{slashes}{rest}").close()


def test_a_probe_tells_how_each_device_feels(desk: SimulatedDesk) -> None:
    def probe(kind: registry.Kind) -> Light:
        return registry.probe(kind, kind, getattr(desk, f"{kind}_address"), demo=True)

    desk.printer.fault("paper_near_end")
    lights = [probe("reader"), probe("camera"), probe("printer")]
    assert [(light.state, light.fault, light.simulated) for light in lights] == [
        ("ok", None, True), ("ok", None, True), ("warn", "printer.paper_near_end", True),
    ]  # fmt: skip
    desk.printer.fault("cover_open")
    assert (probe("printer").state, probe("printer").fault) == ("fault", "printer.cover_open")
    desk.printer.fault("cover_open", on=False)
    desk.printer.fault("paper_near_end", on=False)
    assert registry.probe("reader", "reader", "serial:/dev/no-such").state == "absent"


def test_a_whole_desk_is_used_through_its_addresses(desk: SimulatedDesk) -> None:
    desk.lay_card(MOTHER)
    reader = registry.open_reader(desk.reader_address, demo=True)
    assert reader.read(2).number == MOTHER.number
    reader.close()
    desk.lift_card()
    desk.lay_papers("mother_card_front")
    camera = registry.open_camera(desk.camera_address, demo=True)
    with_card = camera.still()
    desk.clear_desk()
    assert camera.still().jpeg != with_card.jpeg
    camera.close()


def test_every_fault_has_its_sentence_and_its_remedy() -> None:
    wording = tomllib.loads((files("resources") / "wording.toml").read_text("utf-8"))
    assert [code for code in FaultCode if not wording.get(code.value, {}).get("say") or not wording[code.value].get("do")] == []
