"""The promise of SignaturePad, held against every driver that can run here."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from hardware.devices import SignaturePad
from hardware.faults import DeviceFault, FaultCode
from hardware.registry import open_signature_pad
from hardware.simulated.signature_service import SimulatedSignatureService


def written(width: int = 600, height: int = 250) -> bytes:
    """A name, more or less."""
    picture = Image.new("L", (width, height), 255)
    ImageDraw.Draw(picture).line([(width // 5, 60), (width // 2, 190), (width * 4 // 5, 80)], fill=0, width=6)
    stream = BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


@dataclass
class Bench:
    driver: SignaturePad
    write: Callable[[bytes], None]
    stop: Callable[[], None]
    shown: Callable[[], bool]
    """Whether the pad still asks for a signature."""


@pytest.fixture(params=["GW500A", "GW1000R"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    device = SimulatedSignatureService(request.param)
    driver = open_signature_pad(device.address, demo=True)
    yield Bench(driver, device.sign, device.close, lambda: device.open)
    driver.close()
    device.close()


def test_what_was_written_is_given_with_its_size(bench: Bench) -> None:
    threading.Timer(0.2, bench.write, [written()]).start()
    signature = bench.driver.sign("请签名", 5)
    assert signature.png == written(), "byte for byte: this is the evidence"
    assert (signature.width, signature.height) == (600, 250)
    assert not bench.shown()


def test_when_nobody_signs_it_says_so_when_the_time_is_over(bench: Bench) -> None:
    began = time.monotonic()
    with pytest.raises(DeviceFault) as fault:
        bench.driver.sign("请签名", 0.5)
    assert fault.value.code is FaultCode.TIMEOUT
    assert 0.5 <= time.monotonic() - began < 3
    assert not bench.shown()


def test_the_next_family_never_gets_the_last_one_s_signature(bench: Bench) -> None:
    threading.Timer(0.1, bench.write, [written()]).start()
    bench.driver.sign("请签名", 5)
    with pytest.raises(DeviceFault) as fault:
        bench.driver.sign("请签名", 0.6)
    assert fault.value.code is FaultCode.TIMEOUT
    threading.Timer(0.1, bench.write, [written(width=640)]).start()
    assert bench.driver.sign("请签名", 5).width == 640


def test_it_says_who_it_is(bench: Bench) -> None:
    assert bench.driver.alive().startswith("GW")


def test_a_device_that_goes_away_while_the_family_writes_ends_the_wait(bench: Bench) -> None:
    threading.Timer(0.2, bench.stop).start()
    began = time.monotonic()
    with pytest.raises(DeviceFault) as fault:
        bench.driver.sign("请签名", 20)
    assert fault.value.code is FaultCode.NOT_CONNECTED
    assert time.monotonic() - began < 4


def test_closing_from_another_thread_breaks_the_wait_and_clears_the_pad(bench: Bench) -> None:
    threading.Timer(0.2, bench.driver.close).start()
    began = time.monotonic()
    with pytest.raises(DeviceFault) as fault:
        bench.driver.sign("请签名", 20)
    assert fault.value.code is FaultCode.CANCELLED
    assert time.monotonic() - began < 2
    assert not bench.shown()


def test_it_may_be_closed_twice_and_then_raises_device_faults_only(bench: Bench) -> None:
    bench.driver.close()
    bench.driver.close()
    with pytest.raises(DeviceFault):
        bench.driver.sign("请签名", 1)
    with pytest.raises(DeviceFault):
        bench.driver.alive()
