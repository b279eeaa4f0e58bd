"""What the family touches: the pad with every tool, the pad beside the screen, and the rating."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain import rating
from desktop.ui.look import Look
from desktop.ui.screens import rating_page
from desktop.ui.screens.intake import IntakeScreen
from desktop.ui.screens.rating_page import RatingPage
from desktop.ui.widgets.level_button import LevelButton
from desktop.ui.widgets.signature_pad import SignaturePad
from hardware.faults import DeviceFault, FaultCode
from tests.ui.intake_stand_in import Memory, typed
from tests.ui.test_intake import Open, at, button, opened, room, words, write_a_name

__all__ = ["opened", "room"]      # fixtures


@pytest.fixture
def pad(qtbot: QtBot, look: Look) -> SignaturePad:
    made = SignaturePad(look)
    qtbot.addWidget(made)
    made.resize(600, 300)
    made.show()
    return made


@pytest.fixture
def glass() -> QPointingDevice:
    return QTest.createTouchDevice()


_PEN = QPointingDevice("pen", 7, QInputDevice.DeviceType.Stylus, QPointingDevice.PointerType.Pen,
                       QInputDevice.Capability.Position | QInputDevice.Capability.Pressure, 1, 2)


def pen(pad: QWidget, kind: QEvent.Type, x: float, y: float, pressure: float) -> None:
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.TabletRelease else Qt.MouseButton.LeftButton
    event = QTabletEvent(kind, _PEN, QPointF(x, y), QPointF(pad.mapToGlobal(QPoint(int(x), int(y)))), pressure, 0, 0, 0, 0, 0,
                         Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton, held)
    QApplication.sendEvent(pad, event)


def pen_stroke(pad: QWidget, *points: tuple[float, float, float]) -> None:
    pen(pad, QEvent.Type.TabletPress, *points[0])
    for point in points[1:]:
        pen(pad, QEvent.Type.TabletMove, *point)
    pen(pad, QEvent.Type.TabletRelease, *points[-1])


def mouse_stroke(pad: QWidget, *points: tuple[int, int]) -> None:
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(*points[0]))
    for point in points[1:]:
        QTest.mouseMove(pad, QPoint(*point))
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(*points[-1]))


def test_the_pen_s_pressure_is_kept(pad: SignaturePad) -> None:
    pen_stroke(pad, (100, 100, 0.2), (200, 110, 0.5), (300, 120, 0.9))
    assert [round(point.pressure, 1) for point in pad.strokes()[0]] == [0.2, 0.5, 0.9]
    assert pad.device() == "screen/pen"


def test_a_pen_hovering_writes_nothing(pad: SignaturePad) -> None:
    pen(pad, QEvent.Type.TabletMove, 100, 100, 0.0)
    pen(pad, QEvent.Type.TabletMove, 200, 100, 0.0)
    assert pad.strokes() == ()


def test_the_mouse_a_system_makes_of_a_pen_or_a_finger_does_not_double_the_stroke(pad: SignaturePad, glass: QPointingDevice) -> None:
    pen_stroke(pad, (100, 100, 0.5), (200, 110, 0.5), (300, 120, 0.5))
    mouse_stroke(pad, (100, 100), (200, 110), (300, 120))
    assert len(pad.strokes()) == 1
    QTest.qWait(650)
    QTest.touchEvent(pad, glass).press(1, QPoint(100, 200), pad).commit()
    QTest.touchEvent(pad, glass).move(1, QPoint(300, 220), pad).commit()
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(100, 200))
    QTest.touchEvent(pad, glass).release(1, QPoint(300, 220), pad).commit()
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(300, 220))
    mouse_stroke(pad, (100, 200), (300, 220))
    assert [len(stroke) for stroke in pad.strokes()] == [3, 2]
    assert pad.device() == "screen/pen+touch"
    QTest.qWait(650)
    mouse_stroke(pad, (10, 10), (60, 60))
    assert len(pad.strokes()) == 3, "a mouse on its own writes again"


def test_a_palm_beside_the_finger_writes_nothing_and_does_not_take_the_stroke_over(pad: SignaturePad, glass: QPointingDevice) -> None:
    QTest.touchEvent(pad, glass).press(1, QPoint(100, 100), pad).commit()
    QTest.touchEvent(pad, glass).stationary(1).press(2, QPoint(400, 280), pad).commit()
    QTest.touchEvent(pad, glass).move(1, QPoint(200, 110), pad).move(2, QPoint(405, 281), pad).commit()
    QTest.touchEvent(pad, glass).release(1, QPoint(200, 110), pad).stationary(2).commit()
    QTest.touchEvent(pad, glass).move(2, QPoint(410, 285), pad).commit()
    QTest.touchEvent(pad, glass).release(2, QPoint(410, 285), pad).commit()
    (stroke,) = pad.strokes()
    assert all(point.y < 0.5 for point in stroke)


def test_a_palm_that_lay_there_before_the_pen_leaves_no_mark(pad: SignaturePad, glass: QPointingDevice) -> None:
    QTest.touchEvent(pad, glass).press(1, QPoint(400, 280), pad).commit()
    pen(pad, QEvent.Type.TabletPress, 100, 100, 0.5)
    QTest.touchEvent(pad, glass).move(1, QPoint(420, 285), pad).commit()
    pen(pad, QEvent.Type.TabletMove, 200, 110, 0.5)
    pen(pad, QEvent.Type.TabletRelease, 200, 110, 0.5)
    QTest.touchEvent(pad, glass).release(1, QPoint(420, 285), pad).commit()
    QTest.touchEvent(pad, glass).press(3, QPoint(400, 280), pad).commit()
    QTest.touchEvent(pad, glass).release(3, QPoint(400, 280), pad).commit()
    assert [[(round(point.x, 2), round(point.y, 2)) for point in stroke] for stroke in pad.strokes()] == [[(0.17, 0.33), (0.33, 0.37)]]


def test_keys_take_a_stroke_back_clear_and_confirm(pad: SignaturePad, qtbot: QtBot) -> None:
    write_a_name(qtbot, pad)
    QTest.keyClick(pad, Qt.Key.Key_Backspace)
    assert len(pad.strokes()) == 1
    QTest.keyClick(pad, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert pad.strokes() == ()
    pad.undo()
    write_a_name(qtbot, pad)
    with qtbot.waitSignal(pad.confirmed):
        QTest.keyClick(pad, Qt.Key.Key_Return)
    QTest.keyClick(pad, Qt.Key.Key_Delete)
    assert not pad.has_ink()


# -- the page -------------------------------------------------------------------------------------------------------


def ready_to_sign(opened: Open, qtbot: QtBot, **remembered: object) -> tuple[IntakeScreen, Memory]:
    screen, memory = opened("applicant", typed, **remembered)
    qtbot.waitUntil(lambda: screen.applicant.page.sheet is not None)
    QTest.keyClick(at(screen, "sign.consent"), Qt.Key.Key_Space)
    return screen, memory


def test_a_dot_is_asked_for_again(opened: Open, qtbot: QtBot) -> None:
    screen, memory = ready_to_sign(opened, qtbot)
    surface = at(screen, "pad.signature")
    mouse_stroke(surface, (50, 50), (52, 51))
    button(screen, "action.sign_confirm").click()
    assert "写得太短" in words(screen)
    assert screen.applicant.page.pad.strokes() == ()
    assert not [ask for ask in memory.asked if ask[0] == "sign"]
    write_a_name(qtbot, surface)
    button(screen, "action.sign_undo").click()
    assert len(screen.applicant.page.pad.strokes()) == 1
    write_a_name(qtbot, surface)
    QTest.keyClick(surface, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: memory.signed)


def test_the_pad_may_fill_the_page_and_gives_it_back(opened: Open, qtbot: QtBot) -> None:
    screen, _ = ready_to_sign(opened, qtbot)
    surface = at(screen, "pad.signature")
    small = surface.width()
    button(screen, "action.sign_large").click()
    qtbot.waitUntil(lambda: surface.width() > 1.7 * small)
    button(screen, "action.sign_large").click()
    qtbot.waitUntil(lambda: surface.width() == small)


def test_the_pad_beside_the_screen_signs_may_be_stopped_and_its_faults_are_told(opened: Open, qtbot: QtBot) -> None:
    screen, memory = ready_to_sign(opened, qtbot, pad=True)
    beside = button(screen, "action.sign_beside")
    assert beside.isVisible()
    beside.click()
    assert not at(screen, "pad.signature").isEnabled()
    beside.click()
    qtbot.waitUntil(memory.stopped.is_set)
    assert at(screen, "pad.signature").isEnabled()
    memory.fault = DeviceFault(FaultCode.TIMEOUT)
    beside.click()
    qtbot.waitUntil(lambda: "设备没有回应" in words(screen), timeout=3000)
    assert not memory.signed
    beside.click()
    qtbot.waitUntil(lambda: memory.signed and screen.case.view.signed, timeout=3000)
    assert "已签字" in words(screen)


def test_without_a_pad_beside_the_screen_nothing_speaks_of_one(opened: Open, qtbot: QtBot) -> None:
    screen, _ = ready_to_sign(opened, qtbot)
    assert not button(screen, "action.sign_beside").isVisible()


# -- the rating -----------------------------------------------------------------------------------------------------


@pytest.fixture
def page(qtbot: QtBot, look: Look) -> RatingPage:
    made = RatingPage(look)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    made.show()
    made.ask("新生儿出生")
    return made


def level(page: QWidget, number: int) -> LevelButton:
    found = page.findChild(LevelButton, f"level.{number}")
    assert found is not None
    return found


def test_nothing_is_chosen_for_the_family_and_all_five_levels_stand_there(page: RatingPage) -> None:
    assert [(level(page, number).text(), level(page, number).isChecked()) for number in rating.LEVELS] == [
        (word, False) for word in ("非常满意", "满意", "基本满意", "不满意", "非常不满意")]
    assert not page.submit.isEnabled()


def test_a_bad_level_asks_why_and_a_better_one_forgets_what_was_ticked(page: RatingPage, qtbot: QtBot) -> None:
    QTest.keyClick(page, Qt.Key.Key_4)
    assert level(page, 4).isChecked()
    assert not page.submit.isEnabled()
    box = at(page, "reason.等候时间长")
    assert box.isVisible()
    box.click()  # type: ignore[attr-defined]
    assert page.submit.isEnabled()
    level(page, 2).click()
    assert not box.isVisible()
    with qtbot.waitSignal(page.submitted) as said:
        page.submit.click()
    assert said.args == [2, (), ""]


def test_some_words_are_reason_enough_and_long_ones_are_cut(page: RatingPage, qtbot: QtBot) -> None:
    level(page, 5).click()
    QTest.keyClicks(at(page, "rating.text"), "x" * 230)
    with qtbot.waitSignal(page.submitted) as said:
        QTest.keyClick(page, Qt.Key.Key_Return)
    assert said.args == [5, (), "x" * 200]


def test_a_family_that_goes_away_has_not_rated(look: Look, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rating_page, "WAIT_MS", 80)
    page = RatingPage(look)
    qtbot.addWidget(page)
    page.show()
    with qtbot.waitSignal(page.left, timeout=2000):
        page.ask("新生儿出生")


def shown_page() -> RatingPage | None:
    return next((found for window in QApplication.topLevelWidgets() if window.objectName() == "applicant.window" and window.isVisible()
                 for found in window.findChildren(RatingPage)), None)


def done(opened: Open, qtbot: QtBot, **remembered: object) -> tuple[IntakeScreen, Memory]:
    screen, memory = opened("done", typed, status="accepted", case_number="130529XS20261120000152", **remembered)
    qtbot.waitUntil(lambda: "评价" in words(screen.done.rating))
    return screen, memory


def test_the_family_rates_and_the_clerk_only_learns_that_it_did(opened: Open, qtbot: QtBot) -> None:
    screen, memory = done(opened, qtbot)
    assert shown_page() is None, "an old case invites nobody by itself"
    button(screen, "action.rate").click()
    page = shown_page()
    assert page is not None
    level(page, 5).click()
    at(page, "reason.服务态度").click()  # type: ignore[attr-defined]
    page.submit.click()
    qtbot.waitUntil(lambda: memory.ratings == [(5, ("服务态度",), "", "screen")])
    qtbot.waitUntil(lambda: "谢谢您的评价" in words(page))
    assert not level(page, 5).isVisible()
    assert not button(screen, "action.rate").isVisible()
    assert not [word for word in rating.LEVELS.values() if word in words(screen)]


def test_a_family_may_leave_it_and_be_asked_again(opened: Open, qtbot: QtBot) -> None:
    screen, memory = done(opened, qtbot)
    button(screen, "action.rate").click()
    page = shown_page()
    assert page is not None
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert shown_page() is None
    assert memory.ratings == []
    assert button(screen, "action.rate").isEnabled()


def test_a_rating_that_was_not_kept_stays_on_the_page(opened: Open, qtbot: QtBot) -> None:
    screen, memory = done(opened, qtbot)
    button(screen, "action.rate").click()
    page = shown_page()
    assert page is not None
    memory.fault = DeviceFault(FaultCode.TIMEOUT)
    level(page, 1).click()
    page.submit.click()
    qtbot.waitUntil(lambda: "没有保存" in words(page))
    page.submit.click()
    qtbot.waitUntil(lambda: memory.ratings == [(1, (), "", "screen")])


def test_the_keypad_is_heard_beside_the_page(opened: Open, qtbot: QtBot) -> None:
    screen, memory = done(opened, qtbot, keypad=3)
    button(screen, "action.rate").click()
    page = shown_page()
    assert page is not None
    assert "评价器" in words(page)
    qtbot.waitUntil(lambda: memory.ratings == [(3, (), "", "keypad")], timeout=3000)
    qtbot.waitUntil(lambda: "谢谢您的评价" in words(page))


@pytest.mark.parametrize("offer", [True, False])
def test_acceptance_invites_only_where_the_pack_offers_it(opened: Open, qtbot: QtBot, offer: bool) -> None:
    screen, memory = opened("done", typed, signed=True, keypad=0, offer=offer)
    qtbot.waitUntil(button(screen, "action.accept").isEnabled)
    button(screen, "action.accept").click()
    qtbot.waitUntil(lambda: bool(screen.case.view.case_number))
    qtbot.waitUntil(lambda: "评价" in words(screen.done.rating))
    assert (shown_page() is not None) == offer
    assert memory.ratings == []
    screen.done.rating.stop()


def test_the_next_family_s_case_takes_the_page_away(opened: Open, qtbot: QtBot) -> None:
    screen, _ = done(opened, qtbot)
    button(screen, "action.rate").click()
    screen.park()
    assert shown_page() is not None, "the clerk may go on while the family chooses"
    opened("done", typed, status="accepted", case_number="130529XS20261120000152")
    assert shown_page() is not None, "the same case again"
    screen.done.show_case(replace(screen.case.view, case_uuid="another"))
    assert shown_page() is None
