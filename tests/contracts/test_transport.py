"""The promise of Transport, held against the serial line, TCP and the file."""

import os
import pty
import socket
import threading
import time
import tty
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hardware.devices import Transport
from hardware.faults import DeviceFault, FaultCode
from hardware.transports.file_sink import FileSink
from hardware.transports.serial_line import SerialLine
from hardware.transports.tcp import TcpLine


@dataclass
class Bench:
    wire: Transport
    say: Callable[[bytes], object]
    """The other end speaks."""
    hear: Callable[[int], bytes]
    """What the other end got."""


@pytest.fixture
def serial() -> Iterator[Bench]:
    master, slave = pty.openpty()
    tty.setraw(slave)
    wire = SerialLine(os.ttyname(slave))
    yield Bench(wire, lambda data: os.write(master, data), lambda size: os.read(master, size))
    wire.close()
    os.close(master)
    os.close(slave)


@pytest.fixture
def tcp() -> Iterator[Bench]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        wire = TcpLine("127.0.0.1", listener.getsockname()[1])
        other, _ = listener.accept()
        with other:
            yield Bench(wire, other.sendall, lambda size: other.recv(size, socket.MSG_WAITALL))
            wire.close()


@pytest.fixture(params=["serial", "tcp"])
def bench(request: pytest.FixtureRequest) -> Bench:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Bench)
    return found


def test_bytes_pass_unchanged_in_both_directions(bench: Bench) -> None:
    everything = bytes(range(256))
    bench.wire.write(everything)
    assert bench.hear(256) == everything
    bench.say(everything)
    heard = b""
    while len(heard) < 256:
        heard += bench.wire.read(256, 1)
    assert heard == everything


def test_a_read_gives_what_is_there_without_waiting_for_all(bench: Bench) -> None:
    bench.say(b"abc")
    began = time.monotonic()
    assert bench.wire.read(100, 5) == b"abc"
    assert time.monotonic() - began < 1


def test_a_read_gives_no_more_than_asked(bench: Bench) -> None:
    bench.say(b"abcdef")
    assert bench.wire.read(2, 1) + bench.wire.read(4, 1) == b"abcdef"


@pytest.mark.parametrize("timeout", [0.0, 0.3])
def test_silence_ends_after_the_time_asked(bench: Bench, timeout: float) -> None:
    began = time.monotonic()
    assert bench.wire.read(1, timeout) == b""
    assert timeout <= time.monotonic() - began + 0.01 < timeout + 0.5


def test_closing_from_another_thread_breaks_a_read(bench: Bench) -> None:
    threading.Timer(0.2, bench.wire.close).start()
    began = time.monotonic()
    with pytest.raises(DeviceFault) as fault:
        bench.wire.read(1, 20)
    assert fault.value.code is FaultCode.CANCELLED
    assert time.monotonic() - began < 2


def test_a_closed_wire_raises_device_faults_only(bench: Bench) -> None:
    bench.wire.close()
    bench.wire.close()
    with pytest.raises(DeviceFault):
        bench.wire.read(1, 0)
    with pytest.raises(DeviceFault):
        bench.wire.write(b"x")


def test_a_file_takes_all_and_answers_nothing(tmp_path: Path) -> None:
    sink = FileSink(str(tmp_path / "out.bin"))
    sink.write(b"abc")
    assert (tmp_path / "out.bin").read_bytes() == b"abc"
    assert sink.read(1, 5) == b""
    sink.close()
    sink.close()
    with pytest.raises(DeviceFault):
        sink.write(b"x")


def test_the_other_side_hanging_up_is_not_connected() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        wire = TcpLine("127.0.0.1", listener.getsockname()[1])
        other, _ = listener.accept()
        other.close()
        with pytest.raises(DeviceFault) as fault:
            wire.read(1, 5)
        wire.close()
    assert fault.value.code is FaultCode.NOT_CONNECTED
