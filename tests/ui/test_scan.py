"""Scanning in the intake, with a real store, a real flow and a scanner in its own process: pages by one key, and given up in the middle."""

from collections.abc import Iterator
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop import wording
from desktop.app import open_workplace
from desktop.flows.views import CapturedPage
from desktop.settings import Settings
from desktop.ui.look import Look
from desktop.ui.screens.intake import IntakeScreen
from desktop.ui.screens.intake_papers import PapersStep
from hardware.simulated.scanner import SimulatedScanner
from tests.homes import NOW
from tests.ui.at_papers import at_papers

DESK = Path(str(files("resources") / "recordings" / "desk"))


@pytest.fixture
def papers(tmp_path: Path, look: Look, qtbot: QtBot) -> Iterator[tuple[IntakeScreen, PapersStep]]:
    pages = tmp_path / "pages"
    pages.mkdir()
    for number, name in enumerate(("mother_card_front", "marriage_certificate"), 1):
        (pages / f"{number}.jpg").write_bytes((DESK / f"{name}.jpg").read_bytes())
    with closing(SimulatedScanner(pages, seconds=0.5)) as scanner:
        settings = Settings(home=tmp_path / "home", demo=True, keyring=False, scanner=scanner.address)
        with open_workplace(settings, clock=lambda: NOW, begin=True) as place:
            clerk = place.flows.sign_in.add_user(None, "wang", "王秀兰", "clerk", "246810")
            with at_papers(place, clerk, "hebei-newborn", look, qtbot) as opened:
                yield opened


def at(screen: QWidget, name: str) -> QWidget:
    found = screen.findChild(QWidget, name)
    assert found is not None, name
    return found


def test_one_key_takes_the_whole_feeder_and_a_scan_given_up_keeps_what_it_had(
        papers: tuple[IntakeScreen, PapersStep], qtbot: QtBot) -> None:
    screen, step = papers
    QTest.keyClick(step, Qt.Key.Key_F4, Qt.KeyboardModifier.ShiftModifier)
    assert not at(screen, "action.scan").isEnabled()
    qtbot.waitUntil(lambda: "第 2 页" in step._scan_line.text(), timeout=20_000)
    step._scanning.cancelled.emit()
    qtbot.waitUntil(at(screen, "fault.scanner").isVisible, timeout=20_000)
    assert step._scan_line.text() == "扫描了 1 页"
    assert step._scan_fault.say.text() == wording.say("device.cancelled")
    taken = {slot.slot for material in screen.case.view.materials for slot in material.slots if slot.status == "captured"}
    assert any(slot.startswith("id_card_front") for slot in taken)
    QTest.keyClick(step, Qt.Key.Key_F4, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: step._scan_line.text() == "扫描了 2 页", timeout=30_000)
    assert not at(screen, "fault.scanner").isVisible()
    assert "结婚证" in step._last_words.text()
    assert at(screen, "action.scan").isEnabled()


def test_a_pdf_is_taken_page_by_page_can_be_left_and_what_is_none_is_told(
        papers: tuple[IntakeScreen, PapersStep], qtbot: QtBot, tmp_path: Path) -> None:
    screen, step = papers
    document = tmp_path / "papers.pdf"
    pages = [Image.open(DESK / f"{name}.jpg") for name in ("mother_card_front", "marriage_certificate")]
    pages[0].save(document, save_all=True, append_images=pages[1:], resolution=220)

    def leave(page: int, _: int) -> None:
        if page == 2:
            step._importing.cancelled.emit()

    step.imported.connect(leave)
    step.import_file(document)
    assert not at(screen, "action.import").isEnabled()
    qtbot.waitUntil(at(screen, "fault.import").isVisible, timeout=20_000)
    assert step._import_fault.say.text() == wording.say("device.cancelled")
    assert "身份证" in step._last_words.text()
    assert "结婚证" not in step._last_words.text()
    assert at(screen, "action.import").isEnabled()
    step.imported.disconnect()
    words: list[str] = []
    step.imported.connect(step._import_progress)
    step.imported.connect(lambda *_: words.append(step._importing.accessibleName()))
    step.import_file(document)
    qtbot.waitUntil(lambda: "结婚证" in step._last_words.text(), timeout=30_000)
    assert words == ["正在识别第 1 页，共 2 页…", "正在识别第 2 页，共 2 页…"]
    assert not at(screen, "fault.import").isVisible()
    document.write_bytes(document.read_bytes()[:3000])
    step.import_file(document)
    qtbot.waitUntil(at(screen, "fault.import").isVisible, timeout=20_000)
    assert step._import_fault.do.text() == wording.remedy("pdf.broken")


def test_many_pages_at_once_are_told_in_few_lines_with_what_went_wrong_first(papers: tuple[IntakeScreen, PapersStep]) -> None:
    screen, step = papers
    good = [CapturedPage(f"e{n}", "id_card_front", "id_card_front.mother", 6, None) for n in range(20)]
    bad = [CapturedPage("", "birth_certificate", None, 0, "page.blurred")]
    step._show_taken(screen.case.view, (*good, *bad))
    lines = step._last_words.text().split("\n")
    assert len(lines) == 5
    assert wording.say("page.blurred") in lines[0]
    assert lines[-1] == "另有 17 份已拍。"
    step._show_taken(screen.case.view, (*good[:2], *bad * 9))
    assert step._last_words.text().split("\n")[-1] == "另有 2 份已拍，另有 5 份没有归入。"
    step._show_taken(screen.case.view, tuple(good[:5]))
    assert "另有" not in step._last_words.text()
