"""Devices that fail, go and come back while the window lives on: real drivers at the wire, no restart in between."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from db import attachments, evidence
from desktop.app import open_workplace
from desktop.flows.devices import Change, Devices
from desktop.flows.sign_in import NotAllowed
from desktop.flows.tend_devices import TendDevices
from desktop.recognition import decoding
from desktop.recognition.reading import NotAPicture
from desktop.settings import Settings, load_settings
from hardware import registry
from hardware.faults import DeviceFault, FaultCode
from hardware.opencv import cv2
from hardware.readings import Light
from hardware.simulated.camera import SimulatedCamera
from hardware.simulated.card_reader import SimulatedCardReader
from hardware.simulated.people import MOTHER
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.rating_keypad import SimulatedRatingKeypad
from hardware.simulated.scanner import SimulatedScanner
from tests.flows.conftest import Counter
from tests.homes import NOW

DESK = Path(str(files("resources") / "recordings" / "desk"))


def devices_at(demo: bool = False, **addresses: str) -> Devices:
    return Devices({key.replace("__", ":"): address for key, address in addresses.items()}, demo=demo, clock=lambda: NOW)


@pytest.fixture
def opened() -> Iterator[Callable[..., Devices]]:
    with ExitStack() as stack:
        yield lambda **addresses: stack.enter_context(closing(devices_at(demo=True, **addresses)))


def fault_of(call: Callable[[], object]) -> tuple[FaultCode, float]:
    """The fault a call must give, and the seconds until it came."""
    began = time.monotonic()
    with pytest.raises(DeviceFault) as fault:
        call()
    return fault.value.code, time.monotonic() - began


def light(devices: Devices, key: str) -> Light:
    return devices.every[key].light(now=True)


# -- drills ------------------------------------------------------------------------------------------------------------


def test_a_reader_unplugged_in_mid_read_reads_again_when_it_is_plugged_in(tmp_path: Path, opened: Callable[..., Devices]) -> None:
    reader = SimulatedCardReader(link=tmp_path / "reader")
    devices = opened(reader=f"serial:{reader.path}")
    reader.lay(MOTHER)

    def read(timeout: float = 5.0) -> str:
        with devices.reader.use() as driver:
            return driver.read(timeout).number

    assert read() == MOTHER.number
    reader.misbehave(None, None, "unplugged")      # found, selected, and the cable comes out in the middle of the text
    code, seconds = fault_of(read)
    assert (code, seconds < 5) == (FaultCode.NOT_CONNECTED, True)
    assert light(devices, "reader").fault == "device.not_connected"
    reader.plug_in()
    assert read() == MOTHER.number
    assert light(devices, "reader").state == "ok"
    assert [seen.code for seen in devices.reader.faults] == ["device.not_connected"]
    reader.close()


def test_a_camera_that_stops_gives_pictures_again_when_it_is_back(opened: Callable[..., Devices]) -> None:
    camera = SimulatedCamera(DESK)
    devices = opened(camera=f"http://127.0.0.1:{camera.port}/")

    def still() -> int:
        with devices.camera.use() as driver:
            return driver.still().width

    width = still()
    camera.close()
    code, seconds = fault_of(still)
    assert code in {FaultCode.NO_FRAME, FaultCode.NOT_CONNECTED, FaultCode.TIMEOUT}
    assert seconds < 8
    assert light(devices, "camera").state == "fault"
    again = SimulatedCamera(DESK, port=camera.port)
    assert still() == width
    assert light(devices, "camera").state == "ok"
    again.close()


def test_a_printer_whose_socket_is_closed_in_mid_job_prints_again_when_it_is_back(fresh: Counter) -> None:
    printer = SimulatedPrinter()
    tend = fresh.flows.devices
    fresh.place.desk.devices.point("printer", f"tcp://127.0.0.1:{printer.port}")
    tend.try_out("printer")
    assert len(printer.slips()) == 1
    printer.hangs_up_after(200)
    with pytest.raises(DeviceFault) as torn:
        tend.try_out("printer")
    assert torn.value.sent, "some of it may be on paper"
    printer.close()
    code, seconds = fault_of(lambda: tend.try_out("printer"))
    assert code in {FaultCode.NOT_CONNECTED, FaultCode.NOT_CONFIRMED, FaultCode.PRINTER_OFFLINE, FaultCode.TIMEOUT}
    assert seconds < 15
    assert tend.check("printer").light.state == "fault"
    again = SimulatedPrinter(port=printer.port)
    tend.try_out("printer")
    assert len(again.slips()) == 1
    assert tend.check("printer").light.state == "ok"
    again.close()


def test_a_scan_that_is_given_up_leaves_the_pages_it_had_and_the_scanner_ready(fresh: Counter, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    for number, name in enumerate(("mother_card_front", "marriage_certificate"), 1):
        (pages / f"{number}.jpg").write_bytes((DESK / f"{name}.jpg").read_bytes())
    scanner = SimulatedScanner(pages, seconds=0.4)
    fresh.place.desk.devices.point("scanner", scanner.address)
    capture = fresh.flows.capture_page

    def give_up(page: int, share: float) -> None:
        if (page, share > 0) == (2, True):
            threading.Thread(target=capture.cancel_scan).start()

    stopped = capture.scan(fresh.clerk, fresh.case, give_up)
    assert stopped.fault is not None
    assert (stopped.fault.code, stopped.sheets) == (FaultCode.CANCELLED, 1)
    assert [page.doc_type for page in stopped.pages] == ["id_card_front"]
    seen: list[int] = []
    whole = capture.scan(fresh.clerk, fresh.case, lambda page, _: seen.append(page))
    assert (whole.fault, whole.sheets, sorted(set(seen))) == (None, 2, [1, 2])
    assert "marriage_certificate" in {page.doc_type for page in whole.pages}
    assert any(slot.status == "captured" for material in whole.view.materials for slot in material.slots)
    scanner.close()


def test_a_scan_the_province_would_find_too_heavy_is_kept_as_a_jpeg_and_one_that_cannot_be_kept_ends_the_scan(
        fresh: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "1.jpg").write_bytes((DESK / "mother_card_front.jpg").read_bytes())
    noise = np.random.default_rng(1).integers(0, 255, (1200, 1600, 3), np.uint8)
    (pages / "2.jpg").write_bytes(cv2.imencode(".jpg", noise)[1].tobytes())
    scanner = SimulatedScanner(pages, seconds=0)
    fresh.place.desk.devices.point("scanner", scanner.address)
    monkeypatch.setattr(decoding, "HEAVIEST", 1_500_000)
    done = fresh.flows.capture_page.scan(fresh.clerk, fresh.case, lambda *_: None)
    assert isinstance(done.fault, NotAPicture)
    assert (done.fault.code, done.sheets) == ("picture.too_heavy", 1)
    with fresh.place.desk.store.reading() as tx:
        (piece,) = evidence.for_case(tx, fresh.case)
        assert (piece.media_type, attachments.get(tx, piece.sha256)[:2]) == ("image/jpeg", b"\xff\xd8")
    assert piece.size <= decoding.HEAVIEST
    scanner.close()


def test_a_jam_keeps_the_pages_before_it_and_an_empty_feeder_is_told_as_such(fresh: Counter, tmp_path: Path) -> None:
    jam = SimulatedScanner(DESK, seconds=0, fault=FaultCode.JAMMED, good=1)
    fresh.place.desk.devices.point("scanner", jam.address)
    done = fresh.flows.capture_page.scan(fresh.clerk, fresh.case, lambda *_: None)
    assert done.fault is not None
    assert (done.fault.code, done.sheets) == (FaultCode.JAMMED, 1)
    assert fresh.place.desk.devices.scanner.last().fault == "scanner.jammed"
    empty = SimulatedScanner(tmp_path, seconds=0)
    fresh.place.desk.devices.point("scanner", empty.address)
    assert fault_of(lambda: fresh.flows.capture_page.scan(fresh.clerk, fresh.case, lambda *_: None))[0] is FaultCode.NO_DOCS
    assert fresh.place.desk.devices.scanner.faults[0].code == "scanner.jammed", "an empty feeder is nobody's fault"
    for scanner in (jam, empty):
        scanner.close()


def test_a_cancelled_read_ends_at_once_and_the_next_one_works(opened: Callable[..., Devices]) -> None:
    reader = SimulatedCardReader()
    devices = opened(reader=f"serial:{reader.path}")

    def read(timeout: float) -> str:
        with devices.reader.use() as driver:
            return driver.read(timeout).number

    timer = threading.Timer(0.3, devices.reader.cancel)
    timer.start()
    code, seconds = fault_of(lambda: read(20))
    assert (code, seconds < 3) == (FaultCode.CANCELLED, True)
    reader.lay(MOTHER)
    assert read(5) == MOTHER.number
    assert devices.reader.faults == ()
    reader.close()


def test_nobody_pressing_a_key_is_no_fault_of_the_keypad(opened: Callable[..., Devices]) -> None:
    keypad = SimulatedRatingKeypad()
    devices = opened(rating=keypad.address)

    def ask(timeout: float) -> int:
        with devices.rating.use() as pad:
            return pad.ask(timeout)

    assert fault_of(lambda: ask(0.2))[0] is FaultCode.TIMEOUT
    assert (light(devices, "rating").state, devices.rating.faults) == ("ok", ())
    threading.Timer(0.2, keypad.press, [2]).start()
    assert ask(5) == 2
    keypad.close()


# -- lights ------------------------------------------------------------------------------------------------------------


def test_a_light_never_waits_behind_a_long_read(opened: Callable[..., Devices]) -> None:
    reader = SimulatedCardReader()
    devices = opened(reader=f"serial:{reader.path}")
    with devices.reader.use():
        began = time.monotonic()
        assert light(devices, "reader").address
        assert time.monotonic() - began < 0.1
    reader.close()


def test_the_same_fault_is_noted_once_however_often_it_is_asked(opened: Callable[..., Devices]) -> None:
    printer = SimulatedPrinter()
    devices = opened(printer=f"tcp://127.0.0.1:{printer.port}")
    printer.fault("paper_near_end")
    for _ in range(3):
        assert light(devices, "printer").state == "warn"
    printer.fault("paper_near_end", on=False)
    printer.fault("paper_out")
    assert [light(devices, "printer").fault for _ in range(2)] == ["printer.paper_out"] * 2
    printer.fault("paper_out", on=False)
    assert light(devices, "printer").state == "ok"
    assert [seen.code for seen in devices.printer.faults] == ["printer.paper_out", "printer.paper_near_end"]
    assert all(seen.at == NOW for seen in devices.printer.faults)
    printer.close()


def test_only_the_last_twenty_faults_are_kept(opened: Callable[..., Devices]) -> None:
    printer = SimulatedPrinter()
    attached = opened(printer=f"tcp://127.0.0.1:{printer.port}").every["printer"]
    for turn in range(26):
        printer.fault("paper_out", on=turn % 2 == 0)
        printer.fault("cover_open", on=turn % 2 == 1)
        attached.light(now=True)
    assert len(attached.faults) == 20
    printer.close()


def test_what_costs_to_ask_is_not_asked_with_every_round_of_lights(opened: Callable[..., Devices], tmp_path: Path) -> None:
    devices = opened(paper_printer=f"file-folder:{tmp_path / 'out'}")
    assert devices.lights()[5].state == "ok"
    (tmp_path / "out").rmdir()
    (tmp_path / "out").write_text("a file where the folder was")
    assert devices.lights()[5].state == "ok"
    assert devices.lights(now=True)[5].state == "fault"


def test_a_simulated_device_lights_up_in_the_demo_only() -> None:
    scanner, keypad = SimulatedScanner(seconds=0), SimulatedRatingKeypad()
    for demo, state in ((True, "ok"), (False, "fault")):
        with closing(devices_at(demo=demo, scanner=scanner.address, rating=keypad.address)) as devices:
            assert [light(devices, key).state for key in ("scanner", "rating")] == [state] * 2
            assert light(devices, "rating").simulated
    scanner.close()
    keypad.close()


# -- what comes and goes -----------------------------------------------------------------------------------------------


def test_a_cable_pulled_and_put_back_is_told_once_each_and_turns_the_light(tmp_path: Path, opened: Callable[..., Devices]) -> None:
    reader = SimulatedCardReader(link=tmp_path / "reader")
    devices = opened(reader=f"serial:{reader.path}", printer="tcp://127.0.0.1:1")
    assert devices.look_round() == ()
    assert light(devices, "reader").state == "ok"
    reader.unplug()
    assert devices.look_round() == (Change("reader", "读卡器", came=False, ours=True),)
    assert devices.reader.last().fault == "device.not_connected"
    assert devices.look_round() == ()
    reader.plug_in()
    assert devices.look_round() == (Change("reader", "读卡器", came=True, ours=True),)
    assert devices.lights()[0].state == "ok"
    reader.close()


def test_a_look_round_takes_milliseconds(opened: Callable[..., Devices]) -> None:
    devices = opened(reader="serial:/dev/ttyNone", camera="uvc:Some camera", scanner="sane:", printer="cups:office")
    devices.look_round()      # imports
    began = time.monotonic()
    for _ in range(5):
        devices.look_round()
    assert time.monotonic() - began < 0.5


# -- choosing ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Settings, SimulatedCardReader, SimulatedCardReader]]:
    with closing(SimulatedCardReader()) as first, closing(SimulatedCardReader()) as second:
        home = tmp_path / "home"
        home.mkdir()
        (home / "settings.toml").write_text(f"keyring = false  # kept\nreader = 'serial:{first.path}'\n")
        yield load_settings(home), first, second


def test_the_reader_a_supervisor_chooses_is_used_at_once_and_after_a_restart(
        two: tuple[Settings, SimulatedCardReader, SimulatedCardReader]) -> None:
    settings, first, second = two
    first.lay(MOTHER)
    second.lay(replace(MOTHER, name="测试者"))
    with open_workplace(settings, clock=lambda: NOW, begin=True) as place:
        admin = place.flows.sign_in.add_user(None, "admin", "管理员", "administrator", "708152")
        clerk = place.flows.sign_in.add_user(admin, "wang", "王秀兰", "clerk", "246810")
        tend = place.flows.devices
        assert tend.try_out("reader").told.startswith(f"芯片可读：{MOTHER.name[0]}*")
        with pytest.raises(NotAllowed):
            tend.choose(clerk, "reader", f"serial:{second.path}")
        assert tend.choose(admin, "reader", f"serial:{second.path}").light.address == f"serial:{second.path}"
        assert "测*者" in tend.try_out("reader").told
    again = load_settings(settings.home)
    assert again.reader == f"serial:{second.path}"
    assert "# kept" in (settings.home / "settings.toml").read_text()
    with open_workplace(again, clock=lambda: NOW, begin=True) as place:
        admin = place.flows.sign_in.enter("admin", "708152")
        assert "测*者" in place.flows.devices.try_out("reader").told
        assert place.flows.devices.choose(admin, "reader", "").light.state == "absent"
        assert load_settings(settings.home).reader == ""
        place.flows.devices.choose(admin, "reader", None)
    assert load_settings(settings.home).reader == settings.reader


def test_a_try_shows_nobodys_name_and_number_whole(fresh: Counter) -> None:
    fresh.simulated.lay_card(MOTHER)
    told = fresh.flows.devices.try_out("reader").told
    assert MOTHER.name not in told
    assert MOTHER.number not in told
    assert MOTHER.number[-4:] in told


def test_a_simulated_device_is_used_but_not_remembered(fresh: Counter) -> None:
    tend: TendDevices = fresh.flows.devices
    scanner = SimulatedScanner(seconds=0)
    admin = fresh.flows.sign_in.enter("admin", "708152")
    assert tend.choose(admin, "scanner", scanner.address).light.address == scanner.address
    tried = tend.try_out("scanner")
    assert tried.picture is not None
    assert tried.picture.shape[1] <= 640
    assert load_settings(fresh.place.desk.settings.home, demo=True).scanner == ""
    scanner.close()


def test_each_kind_of_paper_goes_to_its_own_printer(fresh: Counter, tmp_path: Path) -> None:
    with closing(devices_at(demo=True, paper_printer=f"file-folder:{tmp_path / 'all'}",
                            paper_printer__unified_form=f"file-folder:{tmp_path / 'form'}")) as devices:
        tend = TendDevices(replace(fresh.place.desk, devices=devices))
        assert [card.name for card in tend.cards() if card.kind == "paper_printer"] == ["A4 打印机", "A4 打印机（申报表单）"]
        for key in ("paper_printer", "paper_printer:unified_form"):
            tend.try_out(key)
        assert devices.paper_printer("acceptance_notice") is devices.every["paper_printer"]
    assert [len(list((tmp_path / name).glob("*.pdf"))) for name in ("all", "form")] == [1, 1]


def test_in_the_demo_every_kind_can_be_chosen_and_tried_and_nothing_real_is_offered(fresh: Counter) -> None:
    tend, simulated = fresh.flows.devices, fresh.simulated
    admin = fresh.flows.sign_in.enter("admin", "708152")
    offered = {kind: found.address for found in tend.look() for kind in found.kinds}
    assert set(offered) == {"reader", "camera", "portrait", "scanner", "printer", "signature", "rating"}
    assert all(found.name.startswith("演示") for found in tend.found())
    for key in ("portrait", "scanner", "rating"):
        assert tend.choose(admin, key, offered[key]).light.simulated
    assert tend.try_out("portrait").picture is not None
    threading.Timer(0.3, simulated.keypad.press, [1]).start()
    assert "非常满意" in tend.try_out("rating").told
    assert {card.key: card.light.state for card in tend.cards() if card.light.address and card.asked} == {
        "portrait": "ok", "rating": "ok"}


def test_a_driver_that_falls_over_at_opening_spoils_itself_only(opened: Callable[..., Devices], monkeypatch: pytest.MonkeyPatch) -> None:
    def falls_over(_: str) -> None:
        raise RuntimeError("never seen before")

    printer = SimulatedPrinter()
    monkeypatch.setitem(registry.CAMERAS, "uvc", falls_over)
    devices = opened(camera="uvc:0", printer=f"tcp://127.0.0.1:{printer.port}")
    lights = {one.kind: one for one in devices.lights(now=True)}
    assert (lights["camera"].fault, lights["printer"].state) == ("device.bad_answer", "ok")
    printer.close()


def test_an_answer_about_the_card_shows_that_the_reader_is_back(tmp_path: Path, opened: Callable[..., Devices]) -> None:
    reader = SimulatedCardReader(link=tmp_path / "reader")
    devices = opened(reader=f"serial:{reader.path}")
    devices.look_round()
    reader.unplug()
    devices.look_round()
    assert devices.reader.last().state == "fault"
    reader.plug_in()

    def read() -> None:
        with devices.reader.use() as driver:
            driver.read(0.3)

    assert fault_of(read)[0] is FaultCode.NO_CARD
    assert devices.reader.last().state == "ok"
    reader.close()


def test_nobody_pressing_the_makers_button_is_no_fault_of_the_folder(tmp_path: Path, opened: Callable[..., Devices]) -> None:
    folder = tmp_path / "saved"
    devices = opened(camera=f"folder:{folder}?wait=1")

    def still() -> None:
        with devices.camera.use() as driver:
            driver.still()

    assert fault_of(still)[0] is FaultCode.NOT_CONNECTED
    assert devices.camera.last().state == "fault"
    folder.mkdir()
    assert fault_of(still)[0] is FaultCode.NO_FRAME
    assert devices.camera.last().state == "ok"
    assert light(devices, "camera").state == "ok"
