"""The theme browser and a home screen with many themes; a county's own pack comes in without Python."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.app import open_workplace
from desktop.flows.theme_views import GraphMatter, VersionRow
from desktop.settings import Settings
from desktop.shelf import RESOURCES
from desktop.ui.background import Lanes
from desktop.ui.look import Look, Scale
from desktop.ui.main_window import MainWindow
from desktop.ui.screens.theme_pages import PAGES
from desktop.ui.widgets.matter_graph import MatterGraph, columns_of
from desktop.ui.widgets.text import Elided, Text
from tests.ui.stand_in import LATER, MARRIAGE, NEWBORN, NOW, PIN, StandIn

Open = Callable[..., MainWindow]


@pytest.fixture
def open_window(qtbot: QtBot, look: Look) -> Iterator[Open]:
    made = []

    def make(flows: Any = None, *, login: str = "admin", size: tuple[int, int] = (1366, 768)) -> MainWindow:
        window = MainWindow(flows or StandIn().flows(), Lanes(), look=look, hall="示例县政务服务中心", window="3", clock=lambda: NOW)
        qtbot.addWidget(window)
        made.append(window)
        window.resize(*size)
        window.show()
        qtbot.waitUntil(lambda: any(field.isVisible() for field in window.cover.findChildren(QLineEdit, "pin")))
        if people := [button for button in window.cover.findChildren(QPushButton, f"user-{login}") if button.isVisible()]:
            people[0].click()
        pin = next(field for field in window.cover.findChildren(QLineEdit, "pin") if field.isVisible())
        QTest.keyClicks(pin, PIN)
        QTest.keyClick(pin, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: not window.cover.isVisible())
        return window

    yield make
    for window in made:
        window.close()


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(Text) if label.isVisible())


def browser(qtbot: QtBot, window: MainWindow, theme_id: str = "hebei-newborn") -> Any:
    """The browser with the pack of a theme open."""
    window.show_page("themes")
    page: Any = window.page("themes")
    page.look_for(theme_id)
    qtbot.waitUntil(lambda: page._view is not None and page._view.row.theme_id == theme_id)
    return page


# --- who gets there, and how ------------------------------------------------------------------------------------------------------

def test_those_who_lead_find_the_browser_in_the_rail_and_under_f12(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    rail = window.findChild(QWidget, "rail-themes")
    assert rail is not None
    assert rail.isVisible()
    QTest.keyClick(window, Qt.Key.Key_F12)
    assert window.here == "themes"


def test_a_clerk_comes_by_a_card_only_and_cannot_read_the_folder_again(qtbot: QtBot, open_window: Open) -> None:
    stand_in = StandIn()
    window = open_window(stand_in.flows(), login="wang")
    rail = window.findChild(QWidget, "rail-themes")
    assert rail is not None
    assert not rail.isVisible()
    QTest.keyClick(window, Qt.Key.Key_F12)
    assert window.here == "home"
    qtbot.waitUntil(lambda: bool(window.findChildren(QPushButton, "rules-hebei-newborn")))
    window.findChildren(QPushButton, "rules-hebei-newborn")[-1].click()
    page: Any = window.page("themes")
    qtbot.waitUntil(lambda: page._view is not None and page._view.row.theme_id == "hebei-newborn")
    assert window.here == "themes"
    assert not page.again.isVisible()


def test_everything_can_be_read_by_keyboard(qtbot: QtBot, open_window: Open) -> None:
    window = open_window()
    page = browser(qtbot, window)
    page.packs.setFocus()
    before = page._shown
    QTest.keyClick(page.packs, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: page._view.row == page._shown != before)
    QTest.keyClick(page.packs, Qt.Key.Key_Return)
    assert page.tabs.hasFocus()
    QTest.keyClick(page.tabs, Qt.Key.Key_Right)
    assert page.tabs.currentIndex() == 1
    QTest.keyClick(page.tabs, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert page.tabs.currentIndex() == 2
    QTest.keyClick(page.tabs, Qt.Key.Key_6, Qt.KeyboardModifier.AltModifier)
    assert page.tabs.tabText(page.tabs.currentIndex()) == "条文"
    QTest.keyClick(page.tabs, Qt.Key.Key_PageDown)
    assert page.pane.verticalScrollBar().value() > 0


# --- what the pages say -----------------------------------------------------------------------------------------------------------

def test_the_pages_say_what_the_pack_says(qtbot: QtBot, open_window: Open) -> None:
    page = browser(qtbot, open_window())
    for tab, words in enumerate((
            ("在本省医疗保健机构内出生的新生儿，出生后30个工作日内申请办理；", "怎样判断：“是否在本省医疗保健机构内出生”为“是”，并且"),
            ("办理《出生医学证明》授权委托书", "“申领人是新生儿的”不是“母亲”"), ("身份证号 (由数据产生, 共享推送)", "结婚证（男方）：姓名"),
            ("第 3 步：城乡居民参保登记（医疗保障部门），等《出生医学证明》签发、户口登记（县里可以放开）办完。",),
            ("6个工作日。", "从“出生日期”起算1个月，当天不算"),
            ("巨卫健〔2023〕7号", "窗口这样办：两个期限都算：较早的一个提醒，只有超过30个工作日才不予受理。", "转发通知的日期"),
            ("与 2022 版相比",))):
        page.tabs.setCurrentIndex(tab)
        for wanted in words:
            assert wanted in texts(page), (PAGES[tab][0], wanted)


def test_what_the_document_does_not_print_is_marked_with_the_reason(qtbot: QtBot, open_window: Open) -> None:
    page = browser(qtbot, open_window(), "zhejiang-newborn")
    page.tabs.setCurrentIndex(2)
    assert page._view.form_proposed in texts(page)
    assert page._mark.isVisible()


@pytest.mark.parametrize(("scale", "size"), [("compact", (1366, 768)), ("standard", (1920, 1080)), ("elder", (1366, 768)),
                                             ("extra", (1920, 1080))])
def test_no_page_of_any_pack_is_clipped_or_runs_out_at_the_side(qtbot: QtBot, open_window: Open, look: Look, scale: Scale,
                                                                size: tuple[int, int]) -> None:
    window = open_window(size=size)
    look.wear(scale=scale)
    page = browser(qtbot, window)
    for row in [row for row in page._model.rows if isinstance(row, VersionRow) and row.state == "in_force"]:
        page.look_for(row.theme_id)
        qtbot.waitUntil(partial(is_shown, page, row))
        for tab, (name, _) in enumerate(PAGES):
            page.tabs.setCurrentIndex(tab)
            assert clipped(page.pane) == [], (row.theme_id, name)
            assert page.pane.widget().width() <= page.pane.viewport().width(), (row.theme_id, name)


def is_shown(page: Any, row: VersionRow) -> bool:
    return page._view.row == row and clipped(page) == []


def clipped(page: QWidget) -> list[str]:
    return [label.text() for label in page.findChildren(Text) if label.isVisible() and not isinstance(label, Elided) and (
        label.heightForWidth(label.width()) > label.height() + 1 if label.wordWrap()
        else label.fontMetrics().horizontalAdvance(label.text()) > label.contentsRect().width() + 1)]


# --- the graph --------------------------------------------------------------------------------------------------------------------

def matter(name: str, step: int, *before: str) -> GraphMatter:
    return GraphMatter(name, f"事项{name}", "示例部门", lead=False, step=step, prerequisites=before, loosened=(), optional=False, limit="",
                       result="", detail=(), clause="")


@st.composite
def graphs(draw: st.DrawFn) -> tuple[GraphMatter, ...]:
    """Matters of which each waits for some before it; its step is one after the last of them."""
    made: list[GraphMatter] = []
    for number in range(draw(st.integers(1, 9))):
        before = draw(st.lists(st.sampled_from(made), max_size=3, unique_by=lambda one: one.matter_id)) if made else []
        step = max((one.step + 1 for one in before), default=0)
        made.append(matter(str(number), step, *(one.matter_id for one in before)))
    return tuple(made)


@given(graphs())
def test_every_matter_stands_once_and_every_arrow_goes_one_column_at_a_time(matters: tuple[GraphMatter, ...]) -> None:
    columns, arrows = columns_of(matters)
    at = {name: number for number, names in enumerate(columns) for name in names}
    assert sorted(name for names in columns for name in names if "@" not in name) == sorted(one.matter_id for one in matters)
    assert len(arrows) == sum(len(one.prerequisites) for one in matters)
    for arrow in arrows:
        places = [at[name] for name in (arrow.start, *arrow.through, arrow.end)]
        assert places == list(range(places[0], places[-1] + 1))


def test_no_box_lies_on_another_and_every_name_fits_its_box(qtbot: QtBot, look: Look) -> None:
    for version in [row for row in StandIn().packs().versions if row.state == "in_force"]:
        graph = MatterGraph(look, StandIn().pack(version.theme_id, version.version).matters)
        qtbot.addWidget(graph)
        graph.resize(max(860, graph.minimumSizeHint().width()), 400)
        graph.show()
        boxes = list(graph.box_of.values())
        assert not any(one.intersects(other) for place, one in enumerate(boxes) for other in boxes[:place])
        assert max(box.bottom() for box in boxes) <= graph.height()
        assert max(box.right() for box in boxes) <= graph.width()


def test_arrow_keys_walk_the_graph_and_it_says_where_it_is(qtbot: QtBot, look: Look) -> None:
    graph = MatterGraph(look, (matter("甲", 0), matter("乙", 0), matter("丙", 1, "甲")))
    qtbot.addWidget(graph)
    graph.show()
    walked: list[str] = []
    graph.chosen.connect(walked.append)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Left):
        QTest.keyClick(graph, key)
    assert walked[:3] == ["甲", "乙", "丙"]
    graph.choose("丙")
    assert graph.accessibleDescription() == "第 2 步：事项丙（示例部门），等事项甲办完"
    QTest.mouseClick(graph, Qt.MouseButton.LeftButton, pos=QPoint(10, round(graph.box_of["乙"].center().y())))
    assert walked[-1] == "乙"


# --- a county's own pack ----------------------------------------------------------------------------------------------------------

def made_up_county() -> str:
    """The Hebei pack made into one of a county that does not exist."""
    text = (RESOURCES / "themes/hebei-newborn/2023.toml").read_text("utf-8")
    for before, after in (('id = "hebei-newborn"', 'id = "yunxi-newborn"'), ('short_title = "新生儿出生"', 'short_title = "云溪新生儿"'),
                          ('version = "2023"', 'version = "2026"'), ("巨鹿县", "云溪县"), ("working_days = 6", "working_days = 4")):
        assert before in text
        text = text.replace(before, after)
    return text


@pytest.fixture
def hall(tmp_path: Path, qtbot: QtBot, open_window: Open) -> Iterator[tuple[MainWindow, Path]]:
    """A real window over a real store, with an empty folder for the county's packs."""
    settings = Settings(home=tmp_path / "home", keyring=False)
    folder = settings.packs / "yunxi-newborn"
    folder.mkdir(parents=True)
    with open_workplace(settings, clock=lambda: datetime(2026, 11, 20, 2, tzinfo=UTC), begin=True) as place:
        place.flows.sign_in.add_user(None, "admin", "赵启明", "administrator", PIN)
        window = open_window(place.flows)
        yield window, folder
        window.close()


def reread(qtbot: QtBot, window: MainWindow) -> Any:
    page: Any = window.page("themes")
    window.show_page("themes")
    qtbot.waitUntil(lambda: bool(page._model.rows))
    page.again.click()
    qtbot.waitUntil(page.again.isEnabled)
    return page


def test_a_pack_laid_into_the_folder_stands_on_home_and_in_the_browser_without_a_restart(
        qtbot: QtBot, hall: tuple[MainWindow, Path]) -> None:
    window, folder = hall
    (folder / "2026.toml").write_text(made_up_county(), "utf-8")
    page = reread(qtbot, window)
    page.look_for("yunxi-newborn")
    qtbot.waitUntil(lambda: page._view is not None and page._view.row.theme_id == "yunxi-newborn")
    assert page._view.row.added
    page.tabs.setCurrentIndex(5)
    assert "河北省，由云溪县实施" in texts(page)
    window.show_page("home")
    qtbot.waitUntil(lambda: "云溪新生儿" in texts(window.page("home")))
    assert "6 份材料，承诺 4 个工作日办结" in texts(window.page("home"))
    window.findChildren(QPushButton, "start-yunxi-newborn")[-1].click()
    qtbot.waitUntil(lambda: window._intake().case.is_open)
    assert window._intake().case.view.theme_id == "yunxi-newborn"


def test_a_pack_that_breaks_is_told_with_its_line_and_the_last_good_one_stays(qtbot: QtBot, hall: tuple[MainWindow, Path]) -> None:
    window, folder = hall
    (folder / "2026.toml").write_text(made_up_county(), "utf-8")
    reread(qtbot, window)
    wrong = made_up_county().replace('form_title = "表 2', 'form_titel = "表 2')
    line = next(number for number, text in enumerate(wrong.splitlines(), 1) if text.startswith("form_titel"))
    (folder / "2026.toml").write_text(wrong, "utf-8")
    page = reread(qtbot, window)
    place = next(place for place, row in enumerate(page._model.rows) if not isinstance(row, VersionRow))
    page.packs.setCurrentIndex(page._model.index(place))
    qtbot.waitUntil(lambda: page._shown == page._model.rows[place])
    shown = texts(page)
    assert "yunxi-newborn/2026.toml" in shown
    assert f"第 {line} 行，form_titel" in shown
    assert "上一次读取时没有错的内容（云溪新生儿 2026 版）继续有效。" in shown
    assert any(isinstance(row, VersionRow) and row.theme_id == "yunxi-newborn" and row.state == "in_force" for row in page._model.rows)


def test_a_pack_broken_from_the_start_says_that_nothing_stands_in_its_place(qtbot: QtBot, hall: tuple[MainWindow, Path]) -> None:
    window, folder = hall
    (folder / "2026.toml").write_text("id = \n", "utf-8")
    page = reread(qtbot, window)
    broken = page._model.rows[-1]
    assert broken.standing == "这个文件没有启用，也没有别的版本可以代替；改好之前不能按它受理。"
    assert broken.mistakes[0].line == 1


# --- home with many themes --------------------------------------------------------------------------------------------------------

MANY = (NEWBORN, MARRIAGE, LATER, *(replace(NEWBORN, theme_id=f"far-{number}", own_region=False, region_name=f"示例省第{number}县")
                                    for number in range(5)))


@pytest.mark.parametrize("count", [1, 2, 4, 8])
@pytest.mark.parametrize(("scale", "size"), [("compact", (1366, 768)), ("elder", (1366, 768)), ("extra", (1920, 1080))])
def test_home_holds_any_number_of_themes_without_clipping(qtbot: QtBot, open_window: Open, look: Look, scale: Scale,
                                                          size: tuple[int, int], count: int) -> None:
    look.wear(scale=scale)
    own = tuple(replace(NEWBORN, theme_id=f"own-{number}") for number in range(count))
    for shown in (own, MANY[:count]):
        window = open_window(StandIn(themes_in_force=shown).flows(), size=size)
        page: Any = window.page("home")
        qtbot.waitUntil(partial(well_laid, page))
        scroll = page._grid.parentWidget()
        assert scroll.width() <= scroll.parentWidget().width()
        cards = [*page._cards, *page._small]
        assert len(cards) == count
        window.close()


def well_laid(page: Any) -> bool:
    cards = page._cards
    return bool(cards) and clipped(page) == [] and not any(
        one.geometry().intersects(other.geometry()) for place, one in enumerate(cards) for other in cards[:place])


def test_themes_of_other_regions_come_after_and_say_whose_they_are(qtbot: QtBot, open_window: Open) -> None:
    window = open_window(StandIn(themes_in_force=MANY[:5]).flows())
    page: Any = window.page("home")
    qtbot.waitUntil(lambda: bool(page._small))
    assert [card.theme.theme_id for card in page._cards] == ["hebei-newborn", "marriage", "after-death"]
    assert [card.accessibleName() for card in page._small] == ["新生儿出生 示例省第0县", "新生儿出生 示例省第1县"]
    asked: list[str] = []
    page.theme_asked.disconnect()
    page.theme_asked.connect(asked.append)
    page._cards[-1].button.setFocus()
    QTest.keyClick(page._cards[-1].button, Qt.Key.Key_Right)
    focused = QApplication.focusWidget()
    assert isinstance(focused, QPushButton)
    focused.click()
    assert asked == ["far-0"]


def test_a_pack_with_an_icon_we_do_not_have_is_shown_all_the_same(qtbot: QtBot, open_window: Open) -> None:
    window = open_window(StandIn(themes_in_force=(replace(NEWBORN, icon="../../secret"), replace(MARRIAGE, icon="no-such"))).flows())
    page: Any = window.page("home")
    qtbot.waitUntil(lambda: len(page._cards) == 2)
