"""What is told to the family once and whole: conditions with their verdicts, and exactly the papers this family needs."""

from dataclasses import replace
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.flows.views import CaseView, MaterialView, RuleView
from desktop.ui.look import Look
from desktop.ui.widgets.cards import TitledCard, clear
from desktop.ui.widgets.chips import Chip, Tone
from desktop.ui.widgets.text import Text, rule

_VERDICTS: dict[str, tuple[str, Tone]] = {"yes": ("符合", "ok"), "no": ("不符合", "danger"), "unknown": ("还不知道", "neutral")}
_EXCLUSIONS: dict[str, tuple[str, Tone]] = {"yes": ("属于例外", "danger"), "no": ("不属于", "ok"), "unknown": ("还不知道", "neutral")}


def chinese_date(day: date) -> str:
    """2026 年 11 月 30 日 as notices print it, with the day of the week."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日（周{'一二三四五六日'[day.weekday()]}）"


class ConditionRow(QWidget):
    """One condition: its verdict, its words, and what is missing or stays open."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._chip = Chip(look, "", "neutral")
        self._text = Text("", wrap=True)
        self._more = Text("", "caption", wrap=True)
        words = QVBoxLayout()
        words.addWidget(self._text)
        words.addWidget(self._more)
        look.lay(words, gap="xs")
        mark = QWidget()
        place = QHBoxLayout(mark)
        place.addWidget(self._chip)
        place.addStretch(1)
        look.lay(place)
        look.measure(mark, width="rail")
        row = QHBoxLayout(self)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        look.lay(row, gap="md")

    def show_rule(self, condition: RuleView) -> None:
        """The verdict as it stands."""
        word, tone = _VERDICTS[condition.verdict]
        good = condition.verdict == "yes"
        if condition.exclusion:      # an exclusion that is true is bad news
            word, tone = _EXCLUSIONS[condition.verdict]
            good = condition.verdict == "no"
        if tone == "danger" and condition.warning:
            tone = "warn"
        more = ""
        if condition.verdict == "unknown" and condition.missing:
            word, more = f"还差 {len(condition.missing)} 项", "还差：" + "、".join(condition.missing)
        elif not good:
            more = "\n".join(part for part in (condition.clause_text, condition.open_path and f"可以这样办：{condition.open_path}") if part)
        self._chip.set(word, tone)
        self._text.setText(condition.text)
        self._text.setToolTip(condition.clause_text)
        self._more.setText(more)
        self._more.setVisible(bool(more))
        self._more.set_tone("" if condition.verdict == "unknown" else tone)
        self.setAccessibleName(f"{word}：{condition.text} {more}")


class NoticeCard(TitledCard):
    """一次性告知: the papers of exactly this family, limit, due date, hints."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, "一次性告知")
        self._look = look
        self._shown: object = None
        self._sum = Chip(look)
        self.head.addWidget(self._sum)
        self.head.addStretch(1)
        self._list = QVBoxLayout()
        look.lay(self._list, gap="md")
        self.body.addLayout(self._list)

    def show_case(self, view: CaseView) -> None:
        """Made anew only when what it says has changed."""
        printed = tuple(replace(material, slots=(), complete=False) for material in view.materials)     # not what was taken of them
        says = (printed, view.limit_text, view.due_date, view.due_is_provisional, view.notices)
        if says == self._shown:
            return
        self._shown = says
        clear(self._list)
        asked = [material for material in view.materials if material.required != "no"]
        sure = [material for material in asked if material.required == "yes"]
        self._sum.set(f"{len(sure)} 份材料" + ("" if len(sure) == len(asked) else f"，另 {len(asked) - len(sure)} 份待定"),
                             "primary" if len(sure) == len(asked) else "neutral")
        for number, material in enumerate(asked, start=1):
            self._list.addWidget(_MaterialLine(self._look, number, material))
        self._list.addWidget(rule())
        self._list.addWidget(Text(f"承诺办结时限：{view.limit_text.removesuffix('。')}", wrap=True))
        if view.due_date is not None:
            words = f"今天受理，{chinese_date(view.due_date)}前办结"
            note = "（节假日安排未公布，暂定）" if view.due_is_provisional else ""
            self._list.addWidget(Text(words + note, "strong", "primary", wrap=True))
        for notice in view.notices:
            self._list.addWidget(Text(notice, "caption", wrap=True))


class _MaterialLine(QWidget):
    def __init__(self, look: Look, number: int, material: MaterialView) -> None:
        super().__init__()
        mark = Chip(look, str(number), "primary" if material.required == "yes" else "neutral")
        words = QVBoxLayout()
        name = Text(material.name, "strong", wrap=True)
        name.setToolTip(material.clause_text)
        words.addWidget(name)
        parts = [material.form, material.copies, material.handling]
        if material.required == "unknown":
            parts.insert(0, "视情况，答完左边的问题就知道")
        words.addWidget(Text("，".join(part for part in parts if part), "caption", wrap=True))
        if material.note:
            words.addWidget(Text(material.note, "caption", wrap=True))
        look.lay(words)
        row = QHBoxLayout(self)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        look.lay(row, gap="md")

