"""The intake through its front door: keys and clicks in, what is asked of the flows and shown on the screen out."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QInputMethodEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QLineEdit, QListWidget, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.problem import Problem
from desktop.flows.views import Contradiction, Cutout, FieldView, LeftOut, SideView
from desktop.ui.background import Lanes
from desktop.ui.look import Look
from desktop.ui.screens.intake import IntakeScreen
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.field_row import FieldRow
from desktop.ui.widgets.material_list import Thumb
from desktop.ui.widgets.segmented import Segmented
from desktop.ui.widgets.signature_pad import SignaturePad
from hardware.faults import DeviceFault, FaultCode
from tests.ui.intake_stand_in import BLANKS, CASE, SESSION, Memory, filled, stand_in, typed

Open = Callable[..., tuple[IntakeScreen, Memory]]


@pytest.fixture(scope="module")
def room(dressed: Look) -> Iterator[tuple[IntakeScreen, Memory, list[Exception]]]:
    """One screen for all tests of this file: every case after the first is opened where another one lay, as in life."""
    lanes, surprises = Lanes(), list[Exception]()
    lanes.unhandled.connect(surprises.append)
    flows, memory = stand_in()
    screen = IntakeScreen(flows, lanes, lambda: SESSION, dressed)
    screen.resize(1824, 1012)
    yield screen, memory, surprises
    assert lanes.stop()
    screen.deleteLater()


@pytest.fixture
def opened(qtbot: QtBot, room: tuple[IntakeScreen, Memory, list[Exception]]) -> Iterator[Open]:
    screen, memory, surprises = room

    def open_at(step: str, change: Callable[[Memory], None] | None = None, **remembered: object) -> tuple[IntakeScreen, Memory]:
        vars(memory).update(vars(Memory()))
        if change is not None:
            change(memory)
        vars(memory).update(remembered, step=step)
        screen.show()
        screen.activateWindow()
        qtbot.waitUntil(screen.isActiveWindow)
        screen.open_case(CASE)
        qtbot.waitUntil(lambda: screen.case.is_open and screen.step == step)
        QApplication.processEvents()
        return screen, memory

    yield open_at
    screen.park()
    assert not surprises


def at(screen: QWidget, name: str) -> QWidget:
    found = screen.findChild(QWidget, name)
    assert found is not None, name
    return found


def editor(screen: QWidget, key: str) -> QWidget:
    return at(screen, f"field.{key}")


def button(screen: QWidget, name: str) -> Button:
    found = at(screen, name)
    assert isinstance(found, Button)
    return found


def words(widget: QWidget) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def answers(memory: Memory, key: str) -> list[str]:
    return [ask[2] for ask in memory.asked if ask[0] == "answer" and ask[1] == key]


# -- the form -------------------------------------------------------------------------------------------------------


def test_every_blank_of_the_form_is_there_with_its_label_as_printed(opened: Open) -> None:
    screen, _ = opened("form")
    for blank in BLANKS:
        assert editor(screen, blank.key).accessibleName() == blank.label
    assert len(BLANKS) == 38


def test_enter_walks_through_all_fields_and_on_to_the_next_step(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("form")
    screen.form.go_to(BLANKS[0].key)
    seen = []
    for _ in range(60):
        here = QApplication.focusWidget()
        assert here is not None
        if not here.objectName().startswith("field."):
            break
        seen.append(here.objectName().removeprefix("field."))
        QTest.keyClick(here, Qt.Key.Key_Return)
        QApplication.processEvents()
    by_hand = [blank.key for blank in BLANKS if not blank.locked and not blank.key.startswith("mail_")]
    assert seen == by_hand
    assert QApplication.focusWidget() is button(screen, "action.next")
    QTest.keyClick(button(screen, "action.next"), Qt.Key.Key_Return)
    assert screen.step == "applicant"
    assert not answers(memory, "applicant_name"), "walking through changes nothing"


def test_shift_enter_goes_back(opened: Open, qtbot: QtBot) -> None:
    screen, _ = opened("form")
    screen.form.go_to("applicant_phone")
    QTest.keyClick(editor(screen, "applicant_phone"), Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert QApplication.focusWidget() is editor(screen, "applicant_sex")


def test_a_name_typed_through_an_input_method_reaches_the_store(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("form")
    screen.form.go_to("newborn_name")
    line = editor(screen, "newborn_name")
    composing = QInputMethodEvent("chen", [])
    QApplication.sendEvent(line, composing)
    assert not answers(memory, "newborn_name"), "what is still being composed is no answer"
    commit = QInputMethodEvent()
    commit.setCommitString("陈㛃安")
    QApplication.sendEvent(line, commit)
    qtbot.waitUntil(lambda: answers(memory, "newborn_name") == ["陈㛃安"], timeout=1500)


def shown_field(screen: IntakeScreen, key: str) -> FieldView:
    return next(field for section in screen.case.view.sections for field in section.fields if field.key == key)


def test_a_view_that_comes_in_while_an_input_method_composes_does_not_touch_the_blank(opened: Open, qtbot: QtBot) -> None:
    screen, _ = opened("form")
    screen.form.go_to("newborn_name")
    line = editor(screen, "newborn_name")
    assert isinstance(line, QLineEdit)
    row = screen.form.findChild(FieldRow, "row.newborn_name")
    assert row is not None
    QApplication.sendEvent(line, QInputMethodEvent("chen", []))
    written: list[str] = []
    line.textChanged.connect(written.append)
    row.show_field(replace(shown_field(screen, row.key), value="林示安", shown="林示安", source="chip", choices=("林示安",)), held=False)
    assert (line.text(), written, editor(screen, "newborn_name")) == ("", [], line)
    QApplication.sendEvent(line, QInputMethodEvent())
    qtbot.waitUntil(lambda: row.text() == "林示安")       # nothing came of it: now the newer value may stand there


def test_a_name_composed_under_a_newer_view_stays_the_clerks(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("form")
    screen.form.go_to("newborn_name")
    line = editor(screen, "newborn_name")
    assert isinstance(line, QLineEdit)
    row = screen.form.findChild(FieldRow, "row.newborn_name")
    assert row is not None
    QApplication.sendEvent(line, QInputMethodEvent("chen", []))
    row.show_field(replace(shown_field(screen, row.key), value="林示安", shown="林示安", source="chip"), held=False)
    commit = QInputMethodEvent()
    commit.setCommitString("陈　㛃安 ")
    QApplication.sendEvent(line, commit)
    qtbot.waitUntil(lambda: answers(memory, "newborn_name") == ["陈㛃安"], timeout=1500)
    assert (line.text(), line.cursorPosition()) == ("陈　㛃安 ", 5), "the blank is not rewritten under the clerk's hands"
    QTest.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: line.text() == "陈㛃安")


def test_typing_is_sent_by_itself_after_a_pause_without_leaving_the_field(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("form")
    screen.form.go_to("applicant_phone")
    QTest.keyClicks(editor(screen, "applicant_phone"), "138")
    qtbot.waitUntil(lambda: answers(memory, "applicant_phone") == ["138"], timeout=1500)
    assert editor(screen, "applicant_phone").hasFocus()


def test_a_view_older_than_the_typing_does_not_overwrite_it(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("form", slow=0.15)
    screen.form.go_to("newborn_name")
    line = editor(screen, "newborn_name")
    assert isinstance(line, QLineEdit)
    QTest.keyClicks(line, "chen")
    screen.case.flush()                      # "chen" is on its way …
    QTest.keyClicks(line, "zhiyuan")         # … while the clerk writes on
    qtbot.waitUntil(lambda: answers(memory, "newborn_name") == ["chen"])
    qtbot.waitUntil(lambda: screen.case.view.saved_at.second != 5)
    assert line.text() == "chenzhiyuan"
    qtbot.waitUntil(lambda: answers(memory, "newborn_name")[-1] == "chenzhiyuan", timeout=2000)
    assert line.text() == "chenzhiyuan"


def test_leaving_a_field_sends_at_once_and_shows_the_tidied_value(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("form")
    screen.form.go_to("newborn_birth_date")
    line = editor(screen, "newborn_birth_date")
    assert isinstance(line, QLineEdit)
    QTest.keyClicks(line, "20261110")
    QTest.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: answers(memory, "newborn_birth_date") == ["2026-11-10"])
    qtbot.waitUntil(lambda: line.text() == "2026-11-10")


def test_an_answer_that_could_not_be_saved_stays_on_the_screen_and_is_sent_again(
        opened: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    screen, memory = opened("form")
    told: list[object] = []
    screen.failed.connect(told.append)
    fill = screen.case.flows.fill
    good = fill.answer
    with monkeypatch.context() as patch:
        patch.setattr(fill, "answer", lambda *_: (_ for _ in ()).throw(OSError("disk")))
        screen.form.go_to("newborn_name")
        QTest.keyClicks(editor(screen, "newborn_name"), "An")
        qtbot.waitUntil(lambda: bool(told), timeout=2000)
    assert fill.answer == good
    line = editor(screen, "newborn_name")
    assert isinstance(line, QLineEdit)
    assert line.text() == "An"
    assert "没有保存" in words(screen)
    QTest.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: answers(memory, "newborn_name") == ["An"])


def test_keys_choose_in_a_segmented_field(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("form")
    screen.form.go_to("newborn_sex")
    choice = editor(screen, "newborn_sex")
    assert isinstance(choice, Segmented)
    QTest.keyClick(choice, Qt.Key.Key_2)
    qtbot.waitUntil(lambda: answers(memory, "newborn_sex") == ["女"])


def test_part_of_a_name_is_enough_in_a_long_list(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("form")
    screen.form.go_to("newborn_ethnicity")
    combo = editor(screen, "newborn_ethnicity")
    assert isinstance(combo, QComboBox)
    commit = QInputMethodEvent()
    commit.setCommitString("蒙古")
    QApplication.sendEvent(combo, commit)
    assert not answers(memory, "newborn_ethnicity")
    QTest.keyClick(combo, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: answers(memory, "newborn_ethnicity") == ["蒙古族"])
    assert editor(screen, "newborn_birth_date").hasFocus()


def test_a_wheel_over_a_list_scrolls_the_page_and_changes_nothing(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("form", filled)
    combo = editor(screen, "newborn_ethnicity")
    assert isinstance(combo, QComboBox)
    wheel = QWheelEvent(QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
                        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(combo, wheel)
    assert combo.currentText() == "汉族"
    assert not answers(memory, "newborn_ethnicity")


def test_ctrl_z_takes_back_a_whole_fill_but_first_the_letters_just_typed(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("form")
    screen.case.answer("newborn_name", "An")
    qtbot.waitUntil(lambda: screen.case.view.can_undo)
    screen.form.go_to("applicant_phone")
    QTest.keyClick(editor(screen, "applicant_phone"), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: ("undo",) in memory.asked)
    memory.asked.clear()
    QTest.keyClicks(editor(screen, "applicant_phone"), "1")
    QTest.keyClick(editor(screen, "applicant_phone"), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    QApplication.processEvents()
    line = editor(screen, "applicant_phone")
    assert isinstance(line, QLineEdit)
    assert line.text() == ""
    assert ("undo",) not in memory.asked


def test_a_value_to_look_at_shows_the_paper_and_is_confirmed_by_key(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("form", filled)
    screen.form.go_to("hukou_address")
    confirm = button(screen, "action.confirm_field")
    qtbot.waitUntil(lambda: confirm.isVisible() and screen.form.panel._page.has_picture)
    QTest.keyClick(editor(screen, "hukou_address"), Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: ("confirm", "hukou_address") in memory.asked)
    qtbot.waitUntil(lambda: not any(f.needs_look for s in screen.case.view.sections for f in s.fields))


def side(origin: str, text: str, shown: str, page: str = "") -> SideView:
    return SideView(origin, text, shown, doubtful=False, cutout=Cutout(page, (0.3, 0.5, 0.2, 0.1)) if page else None)


def differing(memory: Memory) -> None:
    """The mother's name on the certificate is not that of her card, nor is her birth date."""
    filled(memory)
    sides = (side("chip:mother.name", "母亲身份证芯片", "林晓月"), side("paper:x.wife.name", "结婚证（女方）", "林小月", "page-marriage"))
    problem = Problem(code="sources.disagree", key="mother_name", params={"label": "母亲姓名", "value": "林*月", "other": "林*月"})
    memory.answers["mother_name"] = replace(memory.answers["mother_name"], needs_look=True, problem=problem, sides=sides)
    births = (side("chip:mother.birth_date", "母亲身份证芯片", "1995-03-15"),
              side("paper:x.wife.birth", "结婚证（女方）", "1995-08-15", "page-marriage"))
    key, params = "same:mother.birth", {"label": "母亲的出生日期", "value": "1995-03-15", "other": "1995-08-15"}
    memory.contradictions = (Contradiction(key, params["label"], births, Problem(code="sources.disagree", key=key, params=params)),)


def test_two_papers_that_disagree_stand_side_by_side_and_one_is_taken_by_key(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("form", differing)
    screen.form.go_to("mother_name")
    left, right = button(screen, "action.take_1"), button(screen, "action.take_2")
    assert left.isVisible()
    assert right.isVisible()
    assert right.mapTo(screen, QPoint(0, 0)).x() > left.mapTo(screen, QPoint(0, 0)).x()
    assert all(text in words(screen.form.panel) for text in ("母亲身份证芯片", "林晓月", "结婚证（女方）", "林小月"))
    assert not button(screen, "action.confirm_field").isVisible()
    QTest.keyClick(editor(screen, "mother_name"), Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: ("choose", "mother_name", "paper:x.wife.name") in memory.asked)
    line = editor(screen, "mother_name")
    assert isinstance(line, QLineEdit)
    qtbot.waitUntil(lambda: line.text() == "林小月")


def test_taking_what_stands_there_already_confirms_it(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("form", differing)
    screen.form.go_to("mother_name")
    QTest.mouseClick(button(screen, "action.take_1"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ("confirm", "mother_name") in memory.asked)


def test_papers_that_disagree_on_what_the_form_does_not_hold_are_compared_and_confirmed(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("form", differing)
    missing = screen.form.panel.list
    assert isinstance(missing, QListWidget)
    row = next(row for row in range(missing.count()) if "母亲的出生日期" in missing.item(row).text())
    missing.setCurrentRow(row)
    QTest.keyClick(missing, Qt.Key.Key_Return)
    assert all(text in words(screen.form.panel) for text in ("母亲的出生日期", "1995-03-15", "1995-08-15", "结婚证（女方）"))
    assert not button(screen, "action.take_1").isVisible()
    QTest.keyClick(button(screen, "action.confirm_field"), Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: ("confirm", "same:mother.birth") in memory.asked)
    qtbot.waitUntil(lambda: screen.case.view.contradictions == ())


def test_what_was_only_read_without_certainty_is_asked_about_and_not_called_wrong(opened: Open, qtbot: QtBot) -> None:
    def doubtful(memory: Memory) -> None:
        filled(memory)
        look = Problem(code="field.look", key="hukou_address", params={"label": "户口详细地址"})
        memory.answers["hukou_address"] = replace(memory.answers["hukou_address"], problem=look)

    screen, _ = opened("form", doubtful)
    qtbot.waitUntil(lambda: editor(screen, "hukou_address").property("state") == "review")


def test_an_empty_form_does_not_shout_but_a_forgotten_field_does(opened: Open, qtbot: QtBot) -> None:
    screen, _ = opened("form")
    assert not any(editor(screen, blank.key).property("state") == "error" for blank in BLANKS)
    screen.form.go_to("applicant_phone")
    screen.form.go_to("applicant_relation_to_newborn")
    qtbot.waitUntil(lambda: editor(screen, "applicant_phone").property("state") == "error")


def test_enter_in_the_list_of_what_is_missing_goes_to_the_field(opened: Open, qtbot: QtBot) -> None:
    screen, _ = opened("form", filled)
    missing = screen.form.panel.list
    assert isinstance(missing, QListWidget)
    row = next(row for row in range(missing.count())
               if isinstance(problem := missing.item(row).data(Qt.ItemDataRole.UserRole), Problem) and problem.key == "newborn_name")
    missing.setCurrentRow(row)
    QTest.keyClick(missing, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is editor(screen, "newborn_name"))


def test_blanks_that_are_not_asked_for_are_out_of_the_way(opened: Open, qtbot: QtBot) -> None:
    screen, _ = opened("form", filled)
    assert not editor(screen, "mail_recipient_name").isVisible()
    screen.case.answer("ssc_collect_method", "邮寄")
    qtbot.waitUntil(lambda: editor(screen, "mail_recipient_name").isVisible())
    assert not editor(screen, "ssc_pickup_outlet").isVisible()


# -- greeting -------------------------------------------------------------------------------------------------------


def test_the_greeting_is_answered_by_keyboard_and_judged_at_once(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("eligibility")
    role = at(screen, "question.applicant_role")
    qtbot.waitUntil(role.hasFocus)
    QTest.keyClick(role, Qt.Key.Key_1)
    QTest.keyClick(role, Qt.Key.Key_Return)
    born = at(screen, "question.born_in_province")
    assert born.hasFocus()
    QTest.keyClick(born, Qt.Key.Key_1)
    QTest.keyClick(born, Qt.Key.Key_Return)
    birth = at(screen, "question.birth_date")
    QTest.keyClicks(birth, "2026.11.10")
    QTest.keyClick(birth, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: memory.questions == {
        "applicant_role": "母亲", "born_in_province": "true", "birth_date": "2026-11-10"})
    qtbot.waitUntil(lambda: screen.case.view.conditions[0].verdict == "yes")


def test_what_papers_will_tell_is_not_asked_at_the_greeting(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("eligibility")
    kind = at(screen, "question.settle_hukou_type")
    assert not kind.isVisible()
    QTest.keyClick(screen, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(screen, Qt.Key.Key_F8)
    assert kind.isVisible(), "the papers step was there; now it may be typed"
    row = at(screen, "row.settle_hukou_type")
    assert "*" not in words(row)
    kind.setFocus()
    QTest.keyClick(kind, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: memory.questions.get("settle_hukou_type") == "家庭户")
    qtbot.waitUntil(lambda: "手填" in kind.accessibleDescription())


def test_what_papers_told_is_shown_below_the_greeting(opened: Open, qtbot: QtBot) -> None:
    screen, _ = opened("eligibility", lambda memory: memory.questions.update(settle_hukou_type="集体户"))
    assert at(screen, "question.settle_hukou_type").isVisible()
    assert "由证件和材料得出" in words(at(screen, "step.eligibility"))


def test_the_notice_names_exactly_the_papers_of_this_family(opened: Open, qtbot: QtBot) -> None:
    screen, _ = opened("eligibility", lambda memory: memory.questions.update(applicant_role="母亲"))
    assert "授权委托书" not in words(at(screen, "step.eligibility")).replace("需要母亲签字的委托书", "")
    screen.case.answer("applicant_role", "父亲")
    qtbot.waitUntil(lambda: "授权委托书" in words(at(screen, "step.eligibility")))


def test_only_optional_matters_can_be_taken_out(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("eligibility")
    fixed, free = at(screen, "matter.m_hukou"), at(screen, "matter.m_ssc")
    assert isinstance(free, QCheckBox)
    assert not fixed.isEnabled()
    free.click()
    qtbot.waitUntil(lambda: ("select_matter", "m_ssc", "False") in memory.asked)
    qtbot.waitUntil(lambda: not free.isChecked())


def test_a_matter_the_rules_leave_out_says_why_and_what_stays_open(opened: Open) -> None:
    why = LeftOut("本县户籍的；", "《办理规范》四：本县户籍的；", "可到发卡银行单独申领。")
    screen, _ = opened("eligibility", lambda memory: memory.left_out.update(m_ssc=why))
    box = at(screen, "matter.m_ssc")
    assert isinstance(box, QCheckBox)
    assert not box.isEnabled()
    assert not box.isChecked()
    assert "不符合：本县户籍的。可到发卡银行单独申领。" in words(at(screen, "step.eligibility"))


def test_several_answers_to_one_question_are_ticked_with_the_keyboard_and_kept_in_their_order(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("eligibility", situations=True)
    for choice in ("单亲", "未取名"):
        box = at(screen, f"tick.{choice}")
        box.setFocus()
        QTest.keyClick(box, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: memory.questions.get("situations") == "未取名、单亲")


def test_a_question_that_comes_with_an_answer_leaves_the_keyboard_where_it_is(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("eligibility")
    date_row = at(screen, "question.birth_date")
    date_row.setFocus()
    memory.situations = True
    screen.case.answer("settle_follow", "父亲")
    qtbot.waitUntil(lambda: screen.findChild(QWidget, "question.situations") is not None)
    assert date_row.hasFocus()


# -- cards and papers -----------------------------------------------------------------------------------------------


def test_f2_reads_a_card_and_says_whose_it_was(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("papers")
    QTest.keyClick(screen, Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: "已读取母亲的身份证" in words(at(screen, "step.papers")))
    QTest.keyClick(screen, Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: "已读取父亲的身份证" in words(at(screen, "step.papers")))
    assert memory.cards == ["mother", "father"]


@pytest.mark.parametrize(("code", "said"), [(FaultCode.NO_CARD, "卡"), (FaultCode.NOT_CONNECTED, "没有连上")])
def test_a_reader_that_fails_is_explained_and_may_be_asked_again(
        opened: Open, qtbot: QtBot, code: FaultCode, said: str) -> None:
    screen, memory = opened("papers")
    memory.fault = None
    screen.papers.feed.stop()
    memory.fault = DeviceFault(code)
    button(screen, "action.read_card").click()
    fault = at(screen, "fault.reader")
    qtbot.waitUntil(fault.isVisible)
    assert said in words(fault)
    assert len(words(fault)) > 12, "a remedy too"
    assert button(screen, "action.read_card").isEnabled()
    button(screen, "action.read_card").click()
    qtbot.waitUntil(lambda: not fault.isVisible() and memory.cards == ["mother"])


def test_f4_takes_a_page_for_the_slot_in_front_and_the_next_one_follows(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("papers")
    QTest.keyClick(screen, Qt.Key.Key_F4)
    qtbot.waitUntil(lambda: "slot.first_issue" in memory.slots)
    qtbot.waitUntil(lambda: "首次签发登记表已拍" in words(at(screen, "step.papers")))
    qtbot.waitUntil(lambda: "请放：母亲身份证" in words(at(screen, "step.papers")))


def test_a_paper_nobody_asked_for_is_named(opened: Open, qtbot: QtBot) -> None:
    screen, _ = opened("papers", filled)
    QTest.keyClick(screen, Qt.Key.Key_F4)
    qtbot.waitUntil(lambda: "这是死亡证明，本件不需要" in words(at(screen, "step.papers")))


def test_a_paper_that_proves_two_materials_stands_once_with_its_picture(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("papers")
    step = at(screen, "step.papers")
    assert [len(step.findChildren(QWidget, f"slot.{slot}")) for slot in ("slot.mother", "slot.father")] == [1, 1]
    assert words(step).count("与“父母双方有效身份证件”是同一份，不重复收取") == 1
    assert "申领人身份证" not in words(step), "it is called as the first material calls it"
    assert screen.papers.count.text == "0 / 7 页"
    memory.slots["slot.mother"] = "page-mother"
    screen.refresh()
    qtbot.waitUntil(lambda: screen.papers.count.text == "1 / 7 页")
    row = at(screen, "slot.slot.mother")
    assert "已拍" in row.accessibleName()
    thumb = row.findChild(Thumb)
    assert thumb is not None
    qtbot.waitUntil(lambda: thumb.has_picture)


def test_a_page_may_be_taken_again(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("papers", filled)
    button(screen, "action.retake.slot.marriage").click()
    qtbot.waitUntil(lambda: "请放：结婚证" in words(at(screen, "step.papers")))
    QTest.keyClick(screen, Qt.Key.Key_F4)
    qtbot.waitUntil(lambda: ("capture", "slot.marriage") in memory.asked)


def test_frames_are_dropped_while_the_window_is_busy_never_queued(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("papers")
    qtbot.waitUntil(lambda: memory.frames > 2, timeout=3000)
    shown: list[object] = []
    screen.papers.feed.frame_came.connect(shown.append)
    before = memory.frames
    screen.papers.thread().msleep(400)          # the window does nothing: a queue would fill with a dozen frames
    assert memory.frames <= before + 1
    qtbot.waitUntil(lambda: memory.frames > before + 3, timeout=3000)
    assert len(shown) <= memory.frames - before + 1
    screen.papers.feed.frame_came.disconnect(shown.append)


def test_the_camera_rests_while_another_step_is_shown(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("papers")
    qtbot.waitUntil(lambda: memory.frames > 1, timeout=3000)
    screen.go_to("form")
    assert not screen.papers.feed.running
    qtbot.wait(80)
    resting = memory.frames
    qtbot.wait(120)
    assert memory.frames == resting


# -- the applicant --------------------------------------------------------------------------------------------------


def write_a_name(qtbot: QtBot, pad: QWidget) -> None:
    for start, end in ((QPoint(40, 40), QPoint(160, 44)), (QPoint(100, 20), QPoint(96, 160))):
        QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=start)
        for part in range(1, 6):
            QTest.mouseMove(pad, start + (end - start) * part / 5)
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=end)


def test_the_pad_gives_strokes_with_time_and_pressure(qtbot: QtBot, look: Look) -> None:
    pad = SignaturePad(look)
    qtbot.addWidget(pad)
    pad.resize(600, 300)
    pad.show()
    assert not pad.has_name()
    write_a_name(qtbot, pad)
    strokes = pad.strokes()
    assert len(strokes) == 2
    assert all(len(stroke) >= 5 for stroke in strokes)
    points = [point for stroke in strokes for point in stroke]
    assert all(0 <= point.x <= 1 and 0 <= point.y <= 1 and 0 < point.pressure <= 1 for point in points)
    assert [point.ms for point in points] == sorted(point.ms for point in points)
    assert pad.has_name()
    assert pad.png().startswith(b"\x89PNG")
    pad.clear()
    assert pad.strokes() == ()


def test_the_applicant_signs_what_was_shown_and_signs_again_after_a_change(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("applicant", typed)
    confirm = button(screen, "action.sign_confirm")
    qtbot.waitUntil(lambda: screen.applicant.page.sheet is not None)
    qtbot.waitUntil(lambda: "130529********0028" in words(screen))
    assert not confirm.isEnabled()
    write_a_name(qtbot, at(screen, "pad.signature"))
    assert not confirm.isEnabled(), "not without consent"
    QTest.keyClick(at(screen, "sign.consent"), Qt.Key.Key_Space)
    assert confirm.isEnabled()
    confirm.click()
    qtbot.waitUntil(lambda: memory.signed and screen.case.view.signed)
    assert len(memory.strokes) == 2
    screen.case.answer("newborn_name", "陈样安")
    qtbot.waitUntil(lambda: screen.case.view.signed_stale)
    qtbot.waitUntil(lambda: "重新签名" in words(screen))
    assert not confirm.isEnabled()


def test_a_sheet_that_changed_under_the_pen_is_shown_again(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("applicant", typed)
    qtbot.waitUntil(lambda: screen.applicant.page.sheet is not None)
    write_a_name(qtbot, at(screen, "pad.signature"))
    at(screen, "sign.consent").click()  # type: ignore[attr-defined]
    memory.saves += 1                           # somebody else changed the case
    button(screen, "action.sign_confirm").click()
    qtbot.waitUntil(lambda: "内容刚有改动" in words(screen))
    assert not memory.signed


def test_the_second_window_carries_the_page_and_gives_it_back(opened: Open, qtbot: QtBot) -> None:
    screen, _ = opened("applicant", typed)
    button(screen, "action.applicant_screen").click()
    window = next(widget for widget in QApplication.topLevelWidgets() if widget.objectName() == "applicant.window")
    assert screen.applicant.page.window() is window
    screen.go_to("form")
    assert screen.applicant.page.window() is screen
    assert not window.isVisible()


# -- accept and print -----------------------------------------------------------------------------------------------


def test_a_ready_case_is_accepted_by_key_and_shows_number_and_due_date(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("done", typed, signed=True)
    numbers: list[str] = []
    screen.accepted.connect(numbers.append)
    qtbot.waitUntil(lambda: button(screen, "action.accept").isEnabled())
    QTest.keyClick(screen, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: numbers == ["130529XS20261120000152"])
    assert "2026 年 11 月 30 日" in words(screen)
    QTest.keyClick(screen, Qt.Key.Key_F10)
    qtbot.waitUntil(lambda: memory.printed and "凭条已打印" in {
        chip.accessibleName() for chip in screen.done.findChildren(QWidget)})


def test_a_printer_without_paper_is_explained_and_printing_again_works(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("done", typed, status="accepted", case_number="130529XS20261120000152")
    memory.fault = DeviceFault(FaultCode.PAPER_OUT)
    QTest.keyClick(screen, Qt.Key.Key_F10)
    fault = at(screen, "fault.printer")
    qtbot.waitUntil(fault.isVisible)
    assert "纸" in words(fault)
    assert not memory.printed
    QTest.keyClick(screen, Qt.Key.Key_F10)
    qtbot.waitUntil(lambda: memory.printed and not fault.isVisible())


ACCEPTED = {"status": "accepted", "case_number": "130529XS20261120000152", "papers": ("受理通知书.pdf", "申报表单.pdf")}


def test_a_receipt_that_may_be_half_out_is_asked_about_and_printed_again_only_as_the_answer(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("done", typed, **ACCEPTED)
    memory.fault = DeviceFault(FaultCode.PAPER_OUT, sent=True)
    QTest.keyClick(screen, Qt.Key.Key_F10)
    doubt = at(screen, "doubt.receipt")
    qtbot.waitUntil(doubt.isVisible)
    assert "上次可能已打出一部分，要重打吗？" in words(doubt)
    assert not memory.printed
    QTest.keyClick(screen, Qt.Key.Key_F10)
    qtbot.waitUntil(lambda: memory.printed and not doubt.isVisible())
    assert [asked for asked in memory.asked if asked[0] == "receipt"] == [("receipt",), ("receipt", "sure")]
    qtbot.waitUntil(lambda: "补打" in words(screen.done))


def test_a_receipt_the_clerk_sees_in_the_slot_is_not_printed_again(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("done", typed, **ACCEPTED)
    memory.fault = DeviceFault(FaultCode.NOT_CONFIRMED, sent=True)
    QTest.keyClick(screen, Qt.Key.Key_F10)
    doubt = at(screen, "doubt.receipt")
    qtbot.waitUntil(doubt.isVisible)
    button(screen, "action.receipt_seen").click()
    qtbot.waitUntil(lambda: memory.printed and not doubt.isVisible() and not at(screen, "fault.printer").isVisible())
    assert [asked for asked in memory.asked if asked[0] == "receipt"] == [("receipt",)]


def test_all_papers_go_to_the_printer_by_one_key_and_only_those_not_printed_yet(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("done", typed, **ACCEPTED)
    memory.fault = DeviceFault(FaultCode.QUEUE_STOPPED)
    QTest.keyClick(screen, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    fault = at(screen, "fault.paper_printer")
    qtbot.waitUntil(fault.isVisible)
    assert "A4 打印机停着" in words(fault)
    button(screen, "action.print.申报表单").click()
    qtbot.waitUntil(lambda: memory.prints.keys() == {"申报表单"} and not fault.isVisible())
    qtbot.waitUntil(button(screen, "action.print_papers").isEnabled)
    QTest.keyClick(screen, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(memory.prints) == 2)
    assert [asked[1] for asked in memory.asked if asked[0] == "paper"] == ["受理通知书", "申报表单", "受理通知书"]
    qtbot.waitUntil(lambda: "1 份文书已交给打印机。" in words(screen.done))


def test_before_acceptance_there_is_no_paper_to_print(opened: Open) -> None:
    screen, memory = opened("done", typed, signed=True)
    QTest.keyClick(screen, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(screen, Qt.Key.Key_F10)
    assert not button(screen, "action.print_papers").isVisible()
    assert not [asked for asked in memory.asked if asked[0] in {"paper", "receipt"}]


def test_a_material_is_shown_as_the_department_sees_it_and_the_papers_come_back(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("done", typed, **ACCEPTED)
    choice = at(screen, "choice.material_pdf")
    assert isinstance(choice, QComboBox)
    assert choice.isVisible()
    place = choice.findText("《结婚证》")
    choice.setCurrentIndex(place)
    choice.activated.emit(place)
    preview = at(screen, "papers.preview")
    qtbot.waitUntil(lambda: "《结婚证》 第 1 页" in {one.accessibleName() for one in preview.findChildren(QWidget)})
    assert ("material", choice.itemData(place)) in memory.asked
    screen.case.refresh()
    qtbot.wait(50)
    assert choice.currentIndex() == place, "looking up the matters does not take the page away"
    button(screen, "paper.受理通知书").click()
    qtbot.waitUntil(lambda: "受理通知书 第 1 页" in {one.accessibleName() for one in preview.findChildren(QWidget)})
    assert choice.currentIndex() == 0


def test_a_case_without_a_page_offers_no_material_to_look_at(opened: Open) -> None:
    screen, _ = opened("done")
    assert not at(screen, "choice.material_pdf").isVisible()


def test_what_is_missing_is_named_and_cannot_be_accepted(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("done", filled)
    assert not button(screen, "action.accept").isEnabled()
    lists = [at_list for at_list in screen.done.findChildren(QListWidget) if at_list.isVisible()]
    assert any("姓名" in lists[0].item(row).text() for row in range(lists[0].count()))
    button(screen, "action.correct").click()
    qtbot.waitUntil(lambda: ("correct",) in memory.asked)


def test_matters_are_looked_up_again_while_the_step_is_shown(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("done", typed, status="accepted", case_number="130529XS20261120000152")
    memory.asked.clear()
    qtbot.waitUntil(lambda: ("open", CASE) in memory.asked, timeout=4000)
    screen.park()
    memory.asked.clear()
    qtbot.wait(50)
    assert not screen.case.is_open


# -- coming and going -----------------------------------------------------------------------------------------------


def test_parking_sends_what_is_typed_first(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("form")
    closed: list[bool] = []
    screen.closed.connect(lambda: closed.append(True))
    screen.form.go_to("newborn_name")
    QTest.keyClicks(editor(screen, "newborn_name"), "An")
    button(screen, "action.park").click()
    assert closed == [True]
    qtbot.waitUntil(lambda: answers(memory, "newborn_name") == ["An"])


def test_the_next_family_sees_nothing_of_the_last(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("form", typed)
    memory.answers.clear()
    memory.questions.clear()
    screen.new_case("hebei-newborn")
    qtbot.waitUntil(lambda: screen.case.is_open)
    for blank in BLANKS:
        widget = editor(screen, blank.key)
        if isinstance(widget, QLineEdit):
            assert widget.text() == ""
    assert not screen.form.panel._strip.has_picture


def test_the_field_the_last_case_was_left_in_is_not_forgotten_in_the_next(opened: Open, qtbot: QtBot) -> None:
    screen, _ = opened("form")
    screen.form.go_to("newborn_name")
    screen.park()
    screen, _ = opened("form")
    qtbot.wait(50)
    assert not any(editor(screen, blank.key).property("state") == "error" for blank in BLANKS)


def test_after_acceptance_no_code_is_shown_for_a_word(opened: Open, qtbot: QtBot) -> None:
    screen, _ = opened("done", typed, status="accepted", case_number="130529XS20261120000152")
    said = words(at(screen, "step.done"))
    assert "暂时连不上省平台" in said
    assert "platform" not in said
    assert not re.search(r"\bm_[a-z]+", said)


def test_the_step_is_remembered(opened: Open, qtbot: QtBot) -> None:
    screen, memory = opened("eligibility")
    QTest.keyClick(screen, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert screen.step == "papers"
    QTest.keyClick(screen, Qt.Key.Key_F8)
    assert screen.step == "eligibility"
    QTest.keyClick(screen, Qt.Key.Key_F9)
    assert screen.step == "applicant"
    qtbot.waitUntil(lambda: [ask[1] for ask in memory.asked if ask[0] == "leave_at"] == ["papers", "eligibility", "applicant"])


def test_other_choices_reach_a_list_that_is_already_on_the_screen(opened: Open, qtbot: QtBot, dressed: Look) -> None:
    screen, _ = opened("form", filled)
    outlet = next(f for s in screen.case.view.sections for f in s.fields if f.key == "ssc_pickup_outlet")
    row = FieldRow(dressed, replace(outlet, choices=()))
    qtbot.addWidget(row)
    row.show()
    assert isinstance(editor(row, "ssc_pickup_outlet"), QLineEdit)
    row.show_field(outlet, held=False)
    row.show_field(replace(outlet, choices=("甲网点", "乙网点", "丙网点", "丁网点")), held=False)
    combo = editor(row, "ssc_pickup_outlet")
    assert isinstance(combo, QComboBox)
    assert [combo.itemText(index) for index in range(combo.count())] == ["甲网点", "乙网点", "丙网点", "丁网点"]
