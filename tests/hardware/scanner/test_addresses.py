"""Scanners by their addresses: the registry's doors."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware import discovery, registry
from hardware.faults import DeviceFault, FaultCode
from hardware.scanner import frames, search
from hardware.simulated.scanner import SimulatedScanner
from tests.contracts.scanners import needs_sane, sane_folder
from tests.hardware.faulty import code_of


@pytest.fixture
def only_the_test_backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_sane()
    monkeypatch.setenv("SANE_CONFIG_DIR", str(sane_folder(tmp_path / "sane.d")))
    monkeypatch.setattr(search, "_last", ())      # what one test found is forgotten before the next


@pytest.fixture
def simulated() -> Iterator[SimulatedScanner]:
    device = SimulatedScanner(seconds=0)
    yield device
    device.close()


def test_a_simulated_scanner_is_opened_in_the_demo_only_and_only_while_it_is_there(simulated: SimulatedScanner) -> None:
    assert code_of(registry.open_scanner, simulated.address) is FaultCode.UNSUPPORTED
    registry.open_scanner(simulated.address, demo=True).close()
    light = registry.probe("scanner", "扫描仪", simulated.address, demo=True)
    assert (light.state, light.simulated) == ("ok", True)
    simulated.close()
    assert code_of(registry.open_scanner, simulated.address, demo=True) is FaultCode.UNSUPPORTED


@pytest.mark.parametrize("address", ["", "specimen:", "specimen:/tmp", "scanner:1", "tcp://127.0.0.1:9100"])
def test_an_address_nobody_knows_is_unsupported(address: str) -> None:
    assert code_of(registry.open_scanner, address, demo=True) is FaultCode.UNSUPPORTED


@pytest.mark.usefixtures("only_the_test_backend")
def test_a_probe_tells_a_scanner_that_is_there_from_one_that_is_not() -> None:
    assert registry.probe("scanner", "扫描仪", "sane:test:0").state == "ok"
    light = registry.probe("scanner", "扫描仪", "sane:test:5")
    assert (light.kind, light.state, light.fault) == ("scanner", "absent", "device.not_connected")


@pytest.mark.usefixtures("only_the_test_backend")
def test_a_search_adds_scanners_to_what_is_attached_and_later_looks_remember_them() -> None:
    for seen in (discovery.search(12), discovery.look()):
        assert [found.address for found in seen if found.kinds == ("scanner",)] == ["sane:test:0"]


def test_the_installed_program_is_its_own_interpreter_for_the_scanners_process(simulated: SimulatedScanner) -> None:
    name = simulated.address.partition(":")[2]
    program = subprocess.run(
        [sys.executable, "-m", "desktop", "--child", "hardware.scanner.child", "specimen", name], input=frames.pack({"do": "sources"}),
        capture_output=True, check=False, timeout=30,
    )  # fmt: skip
    assert program.stdout.startswith(frames.pack({"is": "opened", "sources": ["Flatbed", "Automatic Document Feeder"]}))


def test_two_scanners_and_none_named_is_told_as_such_with_their_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_sane()
    monkeypatch.setenv("SANE_CONFIG_DIR", str(sane_folder(tmp_path / "sane.d", {"number_of_devices": "2"})))
    with pytest.raises(DeviceFault) as fault:
        registry.open_scanner("sane:")
    assert fault.value.code is FaultCode.SEVERAL
    assert "test:0, test:1" in fault.value.detail
