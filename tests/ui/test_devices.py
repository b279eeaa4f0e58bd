"""The device page and hot-plug, over constant answers: words, roles, keyboard. The devices themselves: tests/flows/test_devices.py."""

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from typing import Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop import wording
from desktop.flows.devices import Change
from desktop.flows.views import Session
from desktop.ui import device_watch
from desktop.ui.background import Lanes
from desktop.ui.look import Look
from desktop.ui.main_window import MainWindow
from desktop.ui.screens.devices import DevicesScreen
from tests.ui.stand_in import ADMIN, CLERK, NOW, StandIn

Opened = tuple[MainWindow, DevicesScreen, StandIn]


@pytest.fixture
def opened(qtbot: QtBot, look: Look) -> Iterator[Callable[..., Opened]]:
    windows: list[MainWindow] = []

    def open_it(session: Session = ADMIN, stand_in: StandIn | None = None) -> Opened:
        stand_in = stand_in or StandIn()
        window = MainWindow(stand_in.flows(), Lanes(), look=look, hall="示例县政务服务中心", window="3", clock=lambda: NOW)
        windows.append(window)
        qtbot.addWidget(window)
        window.resize(1366, 768)
        window.show()
        window.cover.close_layer()
        window._entered(session)
        window.show_page("devices")
        page = cast("DevicesScreen", window.page("devices"))
        qtbot.waitUntil(lambda: not page._busy.busy)
        return window, page, stand_in

    yield open_it
    for window in windows:
        with suppress(RuntimeError), closing(window):
            pass


def words(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def test_every_kind_has_a_card_that_says_how_it_is_and_what_to_do(opened: Callable[..., Opened]) -> None:
    _, page, _ = opened()
    assert list(page.boxes) == ["reader", "camera", "portrait", "scanner", "printer", "paper_printer", "signature", "rating"]
    assert page.boxes["reader"].chip.text == wording.word("light", "ok")
    jammed = words(page.boxes["scanner"])
    assert wording.say("scanner.jammed") in jammed
    assert wording.remedy("scanner.jammed") in jammed
    assert "最近故障（共 5 次）" in jammed
    assert page.boxes["rating"].chip.text == "未设置"
    assert not page.boxes["rating"].try_button.isEnabled()
    assert "评价" in words(page.boxes["rating"])


def test_a_clerk_may_try_but_not_choose(opened: Callable[..., Opened]) -> None:
    _, page, _ = opened(CLERK)
    assert page.boxes["reader"].try_button.isEnabled()
    assert not any(box.choose_button.isVisible() for box in page.boxes.values())


def test_a_try_by_keyboard_shows_its_result_and_its_picture(opened: Callable[..., Opened], qtbot: QtBot) -> None:
    _, page, stand_in = opened()
    box = page.boxes["camera"]
    box.try_button.setFocus()
    QTest.keyClick(box.try_button, Qt.Key.Key_Space)
    assert not box.try_button.isEnabled()
    qtbot.waitUntil(lambda: "拍到 2592" in words(box))
    assert not box._picture.pixmap().isNull()
    assert "try camera" in stand_in.asked
    qtbot.waitUntil(box.try_button.hasFocus)


def test_a_try_that_fails_says_why_once(opened: Callable[..., Opened], qtbot: QtBot) -> None:
    _, page, _ = opened()
    box = page.boxes["scanner"]
    box.try_button.click()
    qtbot.waitUntil(lambda: "没有成功" in words(box))
    assert words(box).count(wording.remedy("scanner.jammed")) == 1


def test_what_cannot_be_used_stands_in_the_list_grey_with_the_reason(opened: Callable[..., Opened], qtbot: QtBot) -> None:
    _, page, _ = opened()
    page.boxes["reader"].choose_button.click()
    sheet = page.choosing
    qtbot.waitUntil(lambda: not sheet._busy.busy)
    items = [sheet.list.item(row) for row in range(sheet.list.count())]
    usable = [item.text().splitlines()[0] for item in items if item.flags() & Qt.ItemFlag.ItemIsEnabled]
    assert usable == ["/dev/ttyUSB0 USB Serial", "SDT 身份证模块", "不使用", "按 settings.toml 的设置"]
    grey = [item.text() for item in items if not item.flags() & Qt.ItemFlag.ItemIsEnabled]
    assert len(grey) == 2
    assert "信通" in grey[0]
    assert "usb:1234:5678" in grey[1]
    assert "现在用的" in sheet.list.currentItem().text()


def test_another_device_is_chosen_by_keyboard(opened: Callable[..., Opened], qtbot: QtBot) -> None:
    window, page, stand_in = opened()
    page.boxes["reader"].choose_button.click()
    sheet = page.choosing
    qtbot.waitUntil(lambda: not sheet._busy.busy)
    assert QApplication.focusWidget() is sheet.list
    QTest.keyClick(sheet.list, Qt.Key.Key_Down)
    QTest.keyClick(sheet.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not sheet.isVisible())
    assert "choose reader usb:0400:c35a" in stand_in.asked
    assert "usb:0400:c35a" in words(page.boxes["reader"])
    assert "读卡器：已换用" in window.toasts.shown


def test_with_no_device_at_all_the_page_says_how_to_begin(opened: Callable[..., Opened]) -> None:
    none = StandIn()
    none.device_lights = tuple(type(light)(light.kind, light.name, "", "absent") for light in none.device_lights)
    _, page, _ = opened(stand_in=none)
    assert page._empty.isVisible()
    assert "选择设备" in words(page._empty)


def test_a_device_that_goes_and_comes_back_is_said_in_a_line(opened: Callable[..., Opened], qtbot: QtBot) -> None:
    window, _, stand_in = opened()
    for came, said in ((False, "高拍仪拔掉了"), (True, "高拍仪接上了")):
        stand_in.changes = (Change("camera", "高拍仪", came=came, ours=True),)
        window._watch._look()
        qtbot.waitUntil(lambda said=said: said in window.toasts.shown)      # type: ignore[misc]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Change("reader", "USB Serial", came=True, ours=False), "可以在“设备”页选作读卡器"),
        (Change("reader", "Senter", came=True, ours=False, usable=False), "原因和办法"),
        (Change(None, "USB", came=True, ours=False), "原因和办法"),
        (Change(None, "USB", came=False, ours=False), "拔掉了"),
    ],
)
def test_what_was_found_and_is_not_ours_is_told_with_what_can_be_done(change: Change, said: str) -> None:
    assert said in "".join(device_watch.words_of(change)[:2])


def test_the_bar_shows_the_usual_lights_and_others_only_while_something_is_wrong(opened: Callable[..., Opened], qtbot: QtBot) -> None:
    window, _, stand_in = opened()

    def lit() -> set[str]:
        return {kind for kind, button in window.top._lights.items() if button.isVisible()}

    qtbot.waitUntil(lambda: lit() == {"reader", "camera", "scanner", "printer"})
    stand_in.device_lights = tuple(replace(light, state="ok", fault=None) if light.kind == "scanner" else light
                                   for light in stand_in.device_lights)
    window._ask_lights()
    qtbot.waitUntil(lambda: lit() == {"reader", "camera", "printer"})


@pytest.mark.parametrize(("width", "scale"), [(1366, "compact"), (1366, "extra"), (1920, "standard")])
def test_no_card_reaches_beyond_the_page(opened: Callable[..., Opened], look: Look, qtbot: QtBot, width: int, scale: Any) -> None:
    look.wear(scale=scale)
    window, page, _ = opened()
    window.resize(width, 768)
    qtbot.waitUntil(lambda: page._columns == (2 if page.width() >= 900 * look.factor else 1))
    for box in page.boxes.values():
        assert box.geometry().right() <= page.width()
