"""The maker's local service: the calls its demo pages make, in their order, and what it may answer."""

import base64
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from itertools import groupby

import pytest
from PIL import Image, ImageDraw

from hardware import registry
from hardware.devices import SignaturePad
from hardware.faults import FaultCode
from hardware.signature import ink
from hardware.simulated.signature_service import SimulatedSignatureService
from tests.contracts.test_signature_pad import written
from tests.hardware.faulty import code_of


@contextmanager
def service(model: str = "GW500A", port: int = 0) -> Iterator[tuple[SimulatedSignatureService, SignaturePad]]:
    device = SimulatedSignatureService(model, port)
    pad = registry.open_signature_pad(device.address, demo=True)
    yield device, pad
    pad.close()
    device.close()


@pytest.mark.parametrize(("model", "calls"), [
    ("GW500A", ["pendisplay=getsigndata", "serialport=sign", "pendisplay=getsigndata", "serialport=close"]),
    ("GW500R", ["serialport=initserialport", "serialport=getdata", "serialport=sign", "serialport=getdata", "serialport=deinitserialport"]),
])
def test_each_family_of_pads_is_asked_as_its_maker_does(model: str, calls: list[str]) -> None:
    with service(model) as (device, pad):
        threading.Timer(0.2, device.sign, [written()]).start()
        pad.sign("请您签名", 5)
        assert [call for call, _ in groupby(device.calls)] == calls
        assert device.remark == ("请您签名" if model.endswith("A") else "")


@contextmanager
def answering(body: bytes, status: int = 200) -> Iterator[str]:
    """A service that says the same to everything."""

    class Says(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002 - the base class's name

    server = HTTPServer(("127.0.0.1", 0), Says)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"webcamera://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("body", "status"), [
    (b"", 200), (b"<html>", 200), (b"[]", 200), (b'{"code": "0"}', 404), (b'{"code": "0", "data": "*not base64*"}', 200),
])
def test_an_answer_that_is_none_is_a_bad_answer(body: bytes, status: int) -> None:
    with answering(body, status) as address:
        assert code_of(registry.open_signature_pad(address).sign, "请签名", 2.0) is FaultCode.BAD_ANSWER


def test_a_service_that_refuses_the_port_or_the_field_is_not_connected() -> None:
    with answering(b'{"code": "-1"}') as address:
        assert code_of(registry.open_signature_pad(f"{address}?pad=GW500R").sign, "", 2.0) is FaultCode.NOT_CONNECTED
    with service() as (device, pad):
        device.code = "-3"
        assert code_of(pad.sign, "请签名", 2.0) is FaultCode.NOT_CONNECTED


def test_a_number_for_a_code_and_a_data_address_are_taken_too() -> None:
    first = True

    class Says(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            nonlocal first
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            said: dict[str, object] = {"code": 0}
            if "getsigndata" in self.path and not first:
                said["data"] = "data:image/png;base64," + base64.encodebytes(written()).decode()
            first = first and "=sign" not in self.path
            data = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002 - the base class's name

    server = HTTPServer(("127.0.0.1", 0), Says)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    assert registry.open_signature_pad(f"webcamera://127.0.0.1:{server.server_address[1]}").sign("", 3).png == written()
    server.shutdown()
    server.server_close()


def test_the_service_may_go_away_and_come_back_without_a_restart() -> None:
    with service() as (device, pad):
        device.close()
        assert code_of(pad.sign, "请签名", 2.0) is FaultCode.NOT_CONNECTED
        assert code_of(pad.alive) is FaultCode.NOT_CONNECTED
        back = SimulatedSignatureService(port=device.port)
        assert pad.alive() == "GW500A"
        threading.Timer(0.1, back.sign, [written()]).start()
        assert pad.sign("请签名", 5).png == written()
        back.close()


def test_a_service_that_takes_the_call_and_says_nothing_runs_into_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hardware.signature.webcamera_http.ANSWER", 0.3)
    with service() as (device, pad):
        device.stall()
        began = time.monotonic()
        assert code_of(pad.sign, "请签名", 20.0) is FaultCode.TIMEOUT
        assert time.monotonic() - began < 3


def test_a_blank_field_is_nobody_s_signature() -> None:
    blank = BytesIO()
    Image.new("RGBA", (600, 250), (0, 0, 0, 0)).save(blank, "PNG")
    with service() as (device, pad):
        device_thread = threading.Timer(0.1, device.sign, [blank.getvalue()])
        device_thread.start()
        assert code_of(pad.sign, "请签名", 0.8) is FaultCode.TIMEOUT


def test_another_format_becomes_a_png_of_the_same_size() -> None:
    picture = Image.new("RGB", (400, 200), "white")
    ImageDraw.Draw(picture).line([(40, 40), (300, 150)], fill="blue", width=5)
    stream = BytesIO()
    picture.save(stream, "BMP")
    with service() as (device, pad):
        threading.Timer(0.1, device.sign, [stream.getvalue()]).start()
        signature = pad.sign("请签名", 5)
    assert signature.png.startswith(b"\x89PNG")
    assert (signature.width, signature.height) == (400, 200)


@pytest.mark.parametrize(
    "address", ["webcamera://127.0.0.1:38088?pad=GW9", "webcamera://127.0.0.1:none", "webcamera://", "http://127.0.0.1:38088", ""])
def test_an_address_nobody_knows_is_unsupported(address: str) -> None:
    assert code_of(registry.open_signature_pad, address) is FaultCode.UNSUPPORTED


def test_nothing_simulated_is_opened_outside_the_demo_and_its_light_says_how_it_is() -> None:
    with service() as (device, _):
        assert code_of(registry.open_signature_pad, device.address) is FaultCode.UNSUPPORTED
        assert registry.probe("signature", "签字屏", device.address, demo=True).state == "ok"
        address = device.address
    assert registry.probe("signature", "签字屏", address).state == "absent"


def test_a_dot_reaches_less_far_than_a_name_and_paper_nowhere() -> None:
    dot = Image.new("L", (600, 250), 255)
    ImageDraw.Draw(dot).ellipse([300, 120, 308, 128], fill=0)
    stream = BytesIO()
    dot.save(stream, "PNG")
    assert 0 < ink.reach(stream.getvalue()) < 0.05 < 0.3 < ink.reach(written())


def test_what_is_no_picture_or_absurdly_large_is_a_bad_answer() -> None:
    large = BytesIO()
    Image.new("1", (5000, 2)).save(large, "PNG")
    for picture in (b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", large.getvalue()):
        assert code_of(ink.reach, picture) is FaultCode.BAD_ANSWER


def test_a_closed_port_on_this_machine_is_told_at_once() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began = time.monotonic()
    assert code_of(registry.open_signature_pad(f"webcamera://127.0.0.1:{port}").alive) is FaultCode.NOT_CONNECTED
    assert time.monotonic() - began < 2
