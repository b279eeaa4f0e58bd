"""The small parts, by keyboard and by what screen readers are told."""

from typing import Protocol, TypeVar

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.look import Look
from desktop.ui.widgets.bars import Bars
from desktop.ui.widgets.busy import BusyStrip
from desktop.ui.widgets.buttons import Button, IconButton, keyed
from desktop.ui.widgets.camera_view import CameraView
from desktop.ui.widgets.chips import Chip
from desktop.ui.widgets.segmented import Segmented
from desktop.ui.widgets.stepper import Step, Stepper
from desktop.ui.widgets.toasts import Toast, Toasts

W = TypeVar("W", bound=QWidget)


class Show(Protocol):
    def __call__(self, widget: W, width: int = 600, height: int = 400) -> W: ...


@pytest.fixture
def shown(qtbot: QtBot) -> Show:
    def show(widget: W, width: int = 600, height: int = 400) -> W:
        qtbot.addWidget(widget)
        widget.resize(width, height)
        widget.show()
        widget.setFocus()
        return widget

    return show


def test_arrow_keys_and_numbers_choose_in_a_segmented_control(qtbot: QtBot, look: Look, shown: Show) -> None:
    field = shown(Segmented(look, ("男", "女")))
    seen: list[str] = []
    field.chosen.connect(seen.append)
    QTest.keyClick(field, Qt.Key.Key_Right)
    QTest.keyClick(field, Qt.Key.Key_Right)
    QTest.keyClick(field, Qt.Key.Key_1)
    QTest.keyClick(field, Qt.Key.Key_2)
    assert seen == ["男", "女", "男", "女"]
    assert field.accessibleDescription() == "已选 女"


def test_showing_a_value_is_not_choosing_it(look: Look, shown: Show) -> None:
    field = shown(Segmented(look, ("男", "女")))
    seen: list[str] = []
    field.chosen.connect(seen.append)
    field.set_value("女")
    assert (field.value(), seen) == ("女", [])


def test_a_step_that_is_closed_cannot_be_gone_to(qtbot: QtBot, look: Look, shown: Show) -> None:
    stepper = shown(Stepper(look))
    stepper.set_steps((Step("告知", state="done"), Step("材料"), Step("签字", state="closed")), 1)
    seen: list[int] = []
    stepper.chosen.connect(seen.append)
    QTest.keyClick(stepper, Qt.Key.Key_Down)
    QTest.keyClick(stepper, Qt.Key.Key_Return)
    QTest.keyClick(stepper, Qt.Key.Key_Up)
    QTest.keyClick(stepper, Qt.Key.Key_Up)
    QTest.keyClick(stepper, Qt.Key.Key_Return)
    assert seen == [0]
    assert "材料" in stepper.accessibleName()


def test_the_stepper_collapses_to_numbers_on_small_screens(look: Look, shown: Show) -> None:
    stepper = shown(Stepper(look))
    stepper.set_steps((Step("告知"), Step("材料")), 0)
    wide = stepper.width()
    look.wear(scale="compact")
    assert stepper.width() < wide / 2


def test_a_button_is_never_narrower_than_its_words_at_any_scale(look: Look, shown: Show) -> None:
    button = shown(Button(look, "下一步：申请人确认", "primary", icon_right="arrow-right", large=True), 10, 10)
    for scale in ("compact", "standard", "elder", "extra"):
        look.wear(scale=scale)
        words = button.fontMetrics().horizontalAdvance(button.text())
        assert button.minimumSizeHint().width() > words + look.size("icon")


def test_what_has_no_words_still_has_a_name(look: Look, shown: Show) -> None:
    assert shown(IconButton(look, "x", "关闭提示")).accessibleName() == "关闭提示"
    back = Button(look, "上一步")
    box = shown(keyed(look, back, "F8"))
    assert box.isAncestorOf(back)
    assert back.accessibleDescription() == "快捷键 F8"


def test_a_chip_tells_its_state_in_words(look: Look, shown: Show) -> None:
    chip = shown(Chip(look))
    chip.set_state("case_status", "returned")
    assert (chip.accessibleName(), chip.tone) == ("平台退回", "danger")


def test_bars_are_read_out(look: Look, shown: Show) -> None:
    bars = shown(Bars(look, "分时受理量"))
    bars.set((("8时", 3), ("9时", 0)))
    assert bars.accessibleDescription() == "8时 3"


def test_at_most_three_toasts_stand_and_the_same_news_stands_once(look: Look, shown: Show) -> None:
    toasts = Toasts(shown(QWidget()), look)
    for text in ("甲", "乙", "丙", "丁", "丙"):
        toasts.show(text)
    assert toasts.shown == ("乙", "丁", "丙")


def test_an_error_stays_until_it_is_closed_while_news_goes_by_itself(
        qtbot: QtBot, look: Look, shown: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look, "motion", lambda name: 30)
    host = shown(QWidget(), 900, 600)
    toasts = Toasts(host, look)
    toasts.show("打印机缺纸", "装纸后再点补打。", "danger")
    toasts.show("已保存", "", "ok")
    qtbot.waitUntil(lambda: toasts.shown == ("打印机缺纸",))
    toast = next(child for child in host.findChildren(Toast) if child.text == "打印机缺纸")
    assert toast.accessibleName() == "打印机缺纸 装纸后再点补打。"
    toast.close_button.click()
    assert toasts.shown == ()


def test_the_busy_strip_speaks_only_when_it_takes_long_and_ends_as_often_as_it_began(qtbot: QtBot, look: Look, shown: Show) -> None:
    strip = shown(BusyStrip(look, can_cancel=True))
    strip.begin("正在推送…")
    strip.begin("正在推送…")
    strip.end()
    assert strip.busy
    strip.end()
    assert not strip.busy


@pytest.mark.parametrize(("width", "height"), [(355, 266), (354, 266), (356, 267), (1280, 960), (340, 255)])
def test_a_camera_picture_fills_its_rounded_place_to_the_edge(look: Look, shown: Show, width: int, height: int) -> None:
    view = shown(CameraView(look), 355, 266)
    view.offer(np.full((height, width, 3), 200, np.uint8))
    seen = view.grab().toImage()
    ratio = view.devicePixelRatioF()

    def grey(x: int, y: int) -> int:
        return seen.pixelColor(int(x * ratio), int(y * ratio)).red()

    assert [grey(x, y) for x, y in ((354, 133), (0, 133), (177, 0), (177, 265))] == [200] * 4
    assert [grey(x, y) for x, y in ((0, 0), (354, 0), (0, 265), (354, 265))] == [look.color("surface").red()] * 4


def test_a_picture_of_another_shape_keeps_its_shape(look: Look, shown: Show) -> None:
    view = shown(CameraView(look), 400, 300)
    view.offer(np.full((200, 400, 3), 200, np.uint8))
    seen = view.grab().toImage()
    assert seen.pixelColor(200, 150).red() == 200
    assert seen.pixelColor(200, 20).red() < 60, "above it is the dark ground"
