"""Tokens, style sheet, icons, words."""

import re
import sys
from itertools import product

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from desktop import wording
from desktop.domain.case import CaseStatus, MatterState
from desktop.ui.look import MODES, SCALES, Look, Mode, Scale, read_tokens, restyle
from desktop.ui.widgets.chips import STATES

TEXT_PAIRS = [("ink1", ground) for ground in ("canvas", "surface", "sunken")] + [
    (ink, ground) for ink, ground in product(("ink2", "ink3"), ("canvas", "surface", "sunken"))] + [
    (tone, ground) for tone in ("primary", "info", "ok", "warn", "danger") for ground in (f"{tone}Soft", "surface")] + [
    ("onPrimary", "primary"), ("onPrimary", "primaryHover"), ("onPrimary", "primaryPress"), ("railInk", "rail"),
    ("railInk", "railActive")]
EDGE_PAIRS = [("lineStrong", "surface"), ("lineStrong", "canvas"), ("focus", "surface"), ("focus", "canvas"),
              ("danger", "dangerSoft"), ("warn", "warnSoft")]


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[at:at + 2], 16) / 255 for at in (1, 3, 5)]
        r, g, b = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", MODES)
def test_every_text_can_be_read_on_its_ground_and_every_border_seen(mode: Mode) -> None:
    colours = read_tokens()["modes"][mode]
    weak = [(ink, ground) for ink, ground in TEXT_PAIRS if contrast(colours[ink], colours[ground]) < 4.5]
    faint = [(edge, ground) for edge, ground in EDGE_PAIRS if contrast(colours[edge], colours[ground]) < 3]
    assert (weak, faint) == ([], [])


@pytest.mark.parametrize("scale", SCALES)
def test_the_style_sheet_has_no_placeholder_left_and_no_text_below_fourteen_pixels(look: Look, scale: Scale) -> None:
    look.wear(scale=scale)
    sheet = look.style_sheet()
    assert "@" not in sheet
    assert min(int(size) for size in re.findall(r"font-size: (\d+)px", sheet)) >= 14


def test_at_the_standard_scale_text_is_at_least_15_fields_19_and_titles_30_pixels(look: Look) -> None:
    assert (look.text("caption"), look.text("field"), look.text("h1")) == (15, 19, 30)


def test_spaces_grow_at_half_the_rate_of_the_text(look: Look) -> None:
    look.wear(scale="extra")
    assert (look.text("field"), look.space("xl")) == (28, 30)
    look.wear(scale="standard")


def test_what_follows_the_look_hears_of_a_change_until_it_is_gone(look: Look) -> None:
    heard = []
    label = QLabel()
    look.follow(label, lambda it: heard.append(it.text()))
    label.setText("x")
    look.wear(scale="elder")
    del label
    look.wear(scale="standard")
    assert heard == ["", "x"]


def test_icons_take_the_colour_of_the_token(look: Look) -> None:
    picture = look.pixmap("check", "danger", 24).toImage()
    seen = {picture.pixelColor(x, y).name() for x, y in product(range(48), range(48)) if picture.pixelColor(x, y).alpha() == 255}
    assert seen == {look.hex("danger").lower()}


@pytest.mark.parametrize("name", "㛃䶮𬱖")
def test_a_rare_name_is_drawn_in_headings_too(look: Look, name: str) -> None:
    font = look.font("h1", bold=True)
    width = QFontMetrics(font).horizontalAdvance(name)
    picture = QImage(80, 60, QImage.Format.Format_RGB32)
    picture.fill(QColor("white"))
    painter = QPainter(picture)
    painter.setFont(font)
    painter.drawText(5, 45, name)
    painter.end()
    dark = sum(picture.pixelColor(x, y).lightness() < 128 for x, y in product(range(80), range(60)))
    assert width < 45
    assert dark > 60, "an empty box or nothing has far fewer dark pixels"


def test_a_signal_or_a_text_costs_no_reference_to_none_or_true(qtbot: QtBot) -> None:
    """PYSIDE-3474: PySide6 6.12.0 on Python 3.11 loses one each time and the program dies after some thousand."""
    class Emitter(QObject):
        sig = Signal()

    emitter, field = Emitter(), QLineEdit()
    qtbot.addWidget(field)
    emitter.sig.emit()
    true, none = sys.getrefcount(True), sys.getrefcount(None)
    for _ in range(300):
        emitter.sig.emit()
        field.setText("x")
    assert abs(sys.getrefcount(True) - true) < 100
    assert abs(sys.getrefcount(None) - none) < 100


def test_restyling_puts_the_style_of_a_state_on_at_once(qtbot: QtBot, look: Look) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    field.resize(200, 50)
    field.show()
    restyle(field, state="error")
    picture = field.grab().toImage()
    assert picture.pixelColor(100, picture.height() // 2).name() == look.hex("dangerSoft").lower()


def test_every_state_has_a_word_and_every_state_of_a_case_a_chip() -> None:
    assert [key for key in STATES if not wording.known(key)] == []
    assert {f"case_status.{status.value}" for status in CaseStatus} <= set(STATES)
    assert {f"matter_state.{state.value}" for state in MatterState if state is not MatterState.UNKNOWN} <= set(STATES)


def test_an_unknown_code_still_says_something_that_can_be_passed_on() -> None:
    assert "no.such_code" in wording.say("no.such_code")
    assert wording.remedy("no.such_code")
