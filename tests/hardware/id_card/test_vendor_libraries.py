"""Drivers for makers' libraries against compiled stand-ins: real ctypes, the real helper process, real crashes and hangs."""

import dataclasses
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.devices import IdCardReader
from hardware.faults import DeviceFault, FaultCode
from hardware.id_card import photo, polling, sdtapi
from hardware.id_card.photo import PhotoDecoder
from hardware.readings import IdCard
from hardware.registry import open_reader
from hardware.simulated.people import CARDS, DECEASED, FATHER, FOREIGNER, MOTHER
from hardware.transports.vendor_library import Number, Out, VendorLibrary
from tests.hardware.faulty import code_of
from tests.hardware.id_card.vendor import PHOTO, Desk, build

if sys.platform == "win32":
    pytest.skip("the stand-ins are compiled with the system's C compiler", allow_module_level=True)


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {kind: build(kind, tmp_path_factory.mktemp(kind.replace(" ", ""))) for kind in ("SDT UNPACK", "ROUTON", "TERMB", "GETBMP")}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("STANDIN_FOLDER", str(tmp_path))
    monkeypatch.setattr(polling, "POLL", 0.02)
    return Desk(tmp_path)


@pytest.fixture
def sdt(libraries: dict[str, Path], desk: Desk) -> Iterator[IdCardReader]:
    reader = open_reader(f"sdtapi:{libraries['SDT UNPACK']}")
    yield reader
    reader.close()


@pytest.fixture
def termb(libraries: dict[str, Path], desk: Desk) -> Iterator[IdCardReader]:
    # Beside the files it leaves: the driver must sweep them away.
    library = desk.folder / "termb.so"
    library.write_bytes(libraries["TERMB"].read_bytes())
    reader = open_reader(f"termb:{library}?port=1003")
    yield reader
    reader.close()


@pytest.mark.parametrize("card", CARDS, ids=lambda card: f"{card.type}-{card.number[-4:]}")
def test_sdt_gives_every_layout_exactly(sdt: IdCardReader, desk: Desk, card: IdCard) -> None:
    desk.lay(card)
    assert sdt.read(1) == dataclasses.replace(card, photo_wlt=PHOTO)


def test_sdt_finds_its_port_and_gives_the_module_s_number(sdt: IdCardReader) -> None:
    assert sdt.serial_number() == "05.03-20050101-0000000001-0123456789"


def test_sdt_gives_the_appended_address(sdt: IdCardReader, desk: Desk) -> None:
    desk.lay(dataclasses.replace(MOTHER, newest_address="河北省邢台市示例区样本街1号"))
    read = sdt.read(1)
    assert (read.address, read.newest_address) == (MOTHER.address, "河北省邢台市示例区样本街1号")


def test_a_card_that_is_refused_again_and_again_is_a_fault_at_once(sdt: IdCardReader, desk: Desk) -> None:
    desk.lay(MOTHER)
    desk.set("refuses")
    began = time.monotonic()
    assert code_of(sdt.read, 20) is FaultCode.CARD_REFUSED
    assert time.monotonic() - began < 5
    desk.set("refuses", on=False)
    assert sdt.read(1).number == MOTHER.number


@pytest.mark.parametrize("kind", ["sdt", "termb"])
def test_a_crash_takes_the_helper_only_and_the_next_read_works(kind: str, desk: Desk, request: pytest.FixtureRequest) -> None:
    reader = request.getfixturevalue(kind)
    desk.lay(MOTHER)
    desk.set("crashes")
    assert code_of(reader.read, 1) is FaultCode.DLL_CRASHED
    desk.set("crashes", on=False)
    assert reader.read(1).number == MOTHER.number


def test_a_hang_is_killed_after_its_time_and_the_next_read_works(sdt: IdCardReader, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdtapi, "ANSWER", 0.5)
    desk.lay(MOTHER)
    desk.set("hangs")
    began = time.monotonic()
    assert code_of(sdt.read, 1) is FaultCode.TIMEOUT
    assert time.monotonic() - began < 4
    desk.set("hangs", on=False)
    assert sdt.read(1).number == MOTHER.number


def test_closing_from_another_thread_ends_even_a_hang(sdt: IdCardReader, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdtapi, "ANSWER", 30)
    sdt.serial_number()
    desk.set("hangs")
    threading.Timer(0.3, sdt.close).start()
    began = time.monotonic()
    assert code_of(sdt.read, 30) is FaultCode.CANCELLED
    assert time.monotonic() - began < 3


def test_a_cable_that_was_out_is_opened_anew(sdt: IdCardReader, desk: Desk) -> None:
    desk.lay(MOTHER)
    assert sdt.read(1).number == MOTHER.number
    desk.unplug()
    assert code_of(sdt.read, 1) is FaultCode.NOT_CONNECTED
    desk.set("unplugged", on=False)
    assert sdt.read(1).number == MOTHER.number


@pytest.mark.parametrize("card", [MOTHER, FATHER, DECEASED], ids=["mother", "father", "long term"])
def test_the_high_level_set_gives_a_citizen_s_card(libraries: dict[str, Path], desk: Desk, card: IdCard) -> None:
    reader = open_reader(f"sdtapi:{libraries['ROUTON']}?port=1003")
    assert code_of(reader.read, 0.1) is FaultCode.NO_CARD
    desk.lay(card)
    assert reader.read(1) == card
    desk.unplug()
    assert code_of(reader.read, 1) is FaultCode.NOT_CONNECTED
    reader.close()


@pytest.mark.parametrize("card", [MOTHER, DECEASED, FOREIGNER], ids=["citizen", "long term", "foreigner"])
def test_termb_gives_what_the_library_says_in_words(termb: IdCardReader, desk: Desk, card: IdCard) -> None:
    assert code_of(termb.read, 0.1) is FaultCode.NO_CARD
    desk.lay(card)
    assert termb.read(1) == dataclasses.replace(card, photo=b"BM stand-in", times_issued=None)
    assert termb.serial_number().startswith("05.03-")


def test_termb_leaves_no_person_in_a_file(termb: IdCardReader, desk: Desk) -> None:
    desk.lay(MOTHER)
    termb.read(1)
    assert not (desk.folder / "wz.txt").exists()


def test_termb_tells_a_refused_card_from_a_missing_library_from_a_pulled_cable(termb: IdCardReader, desk: Desk) -> None:
    desk.set("dll missing")
    assert code_of(termb.serial_number) is FaultCode.DLL_MISSING
    desk.set("dll missing", on=False)
    desk.lay(MOTHER)
    desk.set("refuses")
    assert code_of(termb.read, 5) is FaultCode.CARD_REFUSED
    desk.unplug()
    assert code_of(termb.read, 1) is FaultCode.NOT_CONNECTED


@pytest.mark.parametrize("scheme", ["sdtapi", "termb"])
def test_a_library_that_is_not_there_or_not_one_is_missing(scheme: str, tmp_path: Path) -> None:
    (tmp_path / "text.dll").write_text("no library")
    for path in (tmp_path / "none.dll", tmp_path / "text.dll"):
        with pytest.raises(DeviceFault) as fault:
            open_reader(f"{scheme}:{path}").serial_number()
        assert fault.value.code is FaultCode.DLL_MISSING


def test_an_interpreter_that_is_not_there_is_missing(libraries: dict[str, Path], tmp_path: Path) -> None:
    assert code_of(open_reader, f"sdtapi:{libraries['SDT UNPACK']}?python={tmp_path / 'python32'}") is FaultCode.DLL_MISSING


def test_a_library_with_other_exports_is_unsupported(libraries: dict[str, Path]) -> None:
    assert code_of(open_reader, f"sdtapi:{libraries['GETBMP']}") is FaultCode.UNSUPPORTED
    reader = open_reader(f"termb:{libraries['GETBMP']}")
    assert code_of(reader.serial_number) is FaultCode.UNSUPPORTED
    reader.close()


def test_numbers_and_buffers_come_back_from_a_call(libraries: dict[str, Path], desk: Desk) -> None:
    library = VendorLibrary(str(libraries["SDT UNPACK"]))
    desk.lay(MOTHER)
    told = library.call("SDT_ReadBaseMsg", 1003, Out(300), Number(), Out(1024), Number(), 0, timeout=5)
    assert (told.status, told.out[1], told.out[3], told.out[2]) == (0x90, 256, 1024, PHOTO)
    assert library.names(["SDT_OpenPort", "CVR_InitComm"]) == {"SDT_OpenPort"}
    library.close()


def test_a_helper_that_was_shot_between_two_reads_is_started_anew(sdt: IdCardReader, desk: Desk) -> None:
    desk.lay(MOTHER)
    sdt.read(1)
    [helper] = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal() and _is_our_helper(entry.name)]
    os.kill(helper, signal.SIGKILL)
    time.sleep(0.2)
    assert sdt.read(1).number == MOTHER.number


def _is_our_helper(pid: str) -> bool:
    try:
        parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
        return parent == str(os.getpid()) and b"vendor_helper" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


@pytest.mark.parametrize(("kind", "picture"), [("SDT UNPACK", b"BM unpacked"), ("GETBMP", b"BM from a file")])
def test_the_picture_is_decoded_by_either_kind_of_library(libraries: dict[str, Path], desk: Desk, kind: str, picture: bytes) -> None:
    decoder = PhotoDecoder(VendorLibrary(str(libraries[kind])))
    assert decoder.bmp(PHOTO).rstrip(b"\0") == picture
    decoder.close()


@pytest.mark.parametrize("trouble", ["none.dll", "crashes", "hangs", "not a picture"])
def test_without_a_picture_the_card_is_read_all_the_same(
    libraries: dict[str, Path], desk: Desk, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    monkeypatch.setattr(photo, "DECODE", 0.5)
    decoder = desk.folder / "none.dll" if trouble == "none.dll" else libraries["SDT UNPACK"]
    reader = photo.ReaderWithPhoto(_Raw(b"no WLT" if trouble == "not a picture" else PHOTO), PhotoDecoder(VendorLibrary(str(decoder))))
    desk.set(trouble)
    card = reader.read(1)
    assert (card.number, card.photo) == (MOTHER.number, b"")
    desk.set(trouble, on=False)
    reader.close()


def test_an_address_may_name_the_picture_s_library(libraries: dict[str, Path], desk: Desk) -> None:
    reader = open_reader(f"sdtapi:{libraries['SDT UNPACK']}?port=1003&photo={libraries['GETBMP']}")
    desk.lay(MOTHER)
    assert reader.read(1).photo == b"BM from a file"
    reader.close()


class _Raw:
    """A reader whose card has a raw picture."""

    def __init__(self, wlt: bytes) -> None:
        self._wlt = wlt

    def read(self, timeout: float) -> IdCard:
        return dataclasses.replace(MOTHER, photo_wlt=self._wlt)

    def serial_number(self) -> str:
        return ""

    def close(self) -> None:
        pass
