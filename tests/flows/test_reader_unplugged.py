"""The window's card reader pulled out in the middle of a read: a fault within its time, and a read again without a restart."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desktop.flows.devices import Attached
from hardware.devices import IdCardReader
from hardware.faults import DeviceFault, FaultCode
from hardware.simulated.card_reader import SimulatedCardReader
from hardware.simulated.people import MOTHER


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[SimulatedCardReader]:
    reader = SimulatedCardReader(paced=True, link=tmp_path / "reader")
    reader.lay(MOTHER)
    yield reader
    reader.close()


def test_unplugged_in_mid_read_and_back_it_reads_again_without_a_restart(desk: SimulatedCardReader) -> None:
    attached: Attached[IdCardReader] = Attached("reader", f"serial:{desk.path}", demo=False, clock=lambda: datetime.now(UTC))
    desk.misbehave(None, None, "unplugged")
    began = time.monotonic()
    with pytest.raises(DeviceFault) as fault, attached.use() as reader:
        reader.read(10)
    assert (fault.value.code, time.monotonic() - began < 2) == (FaultCode.NOT_CONNECTED, True)
    assert attached.light(now=True).state == "fault"
    desk.plug_in()
    with attached.use() as reader:
        assert reader.read(3).number == MOTHER.number
    assert attached.light(now=True).state == "ok"
    attached.close()
