"""The play: which stages one case goes through, and what is left behind of each. The hands are clerk.py's."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from desktop.app import Terminal, now
from desktop.diagnostics import logging_to
from desktop.domain.hall_time import day_of
from desktop.flows.views import CaseView
from desktop.settings import Settings
from hardware.readings import IdCard
from hardware.simulated import people
from hardware.simulated.desk import SimulatedDesk
from tests.demo.clerk import Clerk, NotSeen, pause
from tests.sandbox.process import TOKEN, Sandbox

STAGES = ("sign_in", "eligibility", "cards", "papers", "form", "applicant", "accept", "print", "offline", "progress", "day_end")
PIN, REVIEWER_PIN = "246810", "135790"
SCENES = ("parents_cards_front", "parents_cards_back", "marriage_certificate", "register_home", "register_member", "registration_form")
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def typed_answers() -> dict[str, str]:
    """What no paper says: told by the mother, typed by the clerk."""
    return {"applicant_phone": "13800000000", "newborn_name": "陈示安", "newborn_sex": "女", "ssc_collect_method": "自领"}


def play(out: Path, *, resume: bool = False, die_at: str | None = None, province_url: str | None = None,
         size: tuple[int, int] = (1366, 768)) -> dict[str, Any]:
    """Play all stages; returns the summary that is also written to `summary.json`. Raises NotSeen when the window does not follow."""
    if not resume:
        shutil.rmtree(out, ignore_errors=True)
    home, pictures = out / "home", out / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    leaving = ExitStack()
    leaving.enter_context(logging_to(home))
    province = Sandbox(out / "province", delay=0.4)
    if province_url is None:
        province.start()
    simulated = SimulatedDesk(slips=out / "receipt")
    (out / "receipt").mkdir(exist_ok=True)
    settings = Settings(home=home, demo=True, keyring=False, platform_url=province_url or province.url, terminal_token=TOKEN,
                        reader=simulated.reader_address, camera=simulated.camera_address, printer=simulated.printer_address)
    try:
        if not (home / "cases.db").exists():
            _add_people(home)
        application = QApplication.instance() or QApplication(["oncedesk"])
        terminal = Terminal(settings)
        terminal.show()
        terminal.window.showNormal()
        terminal.window.resize(*size)
        try:
            run = _Play(terminal, Clerk(terminal.window, pictures), simulated, province if province_url is None else None, die_at)
            run.all()
        finally:
            terminal.close()
            application.processEvents()
        summary = run.summary()
        _keep_papers(out, home, summary["case_number"])
    finally:
        simulated.close()
        province.stop()
        leaving.close()
    summary["day_verified"] = _oncedesk(home, "day", "verify", str(next((out / "home" / "days").glob("*.jsonl"))))["ok"]
    shutil.copytree(home / "days", out / "day-end", dirs_exist_ok=True)
    (out / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return summary


def _add_people(home: Path) -> None:
    """A clerk and a supervisor, by the command line; the very first person is the administrator."""
    _oncedesk(home, "users", "add", "wang", "--name", "王秀兰", ONCEDESK_NEW_PIN=PIN)
    _oncedesk(home, "users", "add", "zhao", "--name", "赵建国", "--role", "supervisor", "--as", "wang", ONCEDESK_NEW_PIN=REVIEWER_PIN,
              ONCEDESK_PIN=PIN)


def _keep_papers(out: Path, home: Path, case_number: str) -> None:
    """PDFs and evidence, by the supervisor's export."""
    _oncedesk(home, "case", "export", case_number, "--out", str(out / "case"), "--reason", "demo", "--as", "zhao",
              ONCEDESK_PIN=REVIEWER_PIN)


def _oncedesk(home: Path, *command: str, **environment: str) -> Any:
    done = subprocess.run([sys.executable, "-m", "desktop", "--demo", "--home", str(home), "--json", *command], check=False, text=True,
                          capture_output=True, env={**os.environ, **environment})
    if done.returncode != 0:
        raise NotSeen(f"oncedesk {' '.join(command[:2])} ended with {done.returncode}: {done.stderr.strip()}")
    return json.loads(done.stdout)


class _Play:
    """One run, from wherever the draft stands."""

    def __init__(self, terminal: Terminal, clerk: Clerk, simulated: SimulatedDesk, province: Sandbox | None, die_at: str | None) -> None:
        self.terminal = terminal
        self.clerk = clerk
        self.simulated = simulated
        self.province = province
        self.die_at = die_at
        self.ms: dict[str, int] = {}
        self.last: CaseView | None = None
        self._province_down = False

    @property
    def view(self) -> CaseView:
        """What the intake shows."""
        case = self.terminal.window.page("intake").case  # type: ignore[attr-defined]
        view: CaseView = case.view
        return view

    def all(self) -> None:
        """Every stage in its order; those a resumed case has behind it are passed by."""
        for name in STAGES:
            start = time.perf_counter()
            stage: Callable[[], None] = getattr(self, f"stage_{name}")
            stage()
            self.ms[name] = round((time.perf_counter() - start) * 1000)

    def die(self, stage: str) -> None:
        """A power cut, if it was ordered for here; what the screen had shown as saved until then is written down first."""
        if self.die_at != stage:
            return
        case = self.terminal.window.page("intake").case if self.terminal.window.here == "intake" else None  # type: ignore[attr-defined]
        seen: dict[str, Any] = {"answers": {}, "pages": [], "case_number": ""}
        if case is not None and case.is_open:
            view = self.view
            answers = {question.key: question.value for question in view.questions if question.value}
            answers |= {field.key: field.value for section in view.sections for field in section.fields if field.value}
            seen = {"case_uuid": view.case_uuid, "case_number": view.case_number, "answers": answers,
                    "pages": sorted({slot.slot for material in view.materials for slot in material.slots if slot.status == "captured"})}
        (self.terminal.settings.home.parent / "before-the-cut.json").write_text(json.dumps(seen), "utf-8")
        os.kill(os.getpid(), signal.SIGKILL)

    # -- stages -----------------------------------------------------------------------------------------------------

    def stage_sign_in(self) -> None:
        """PIN, Enter; then the theme's key, or the draft that a power cut left."""
        clerk = self.clerk
        clerk.sit_down()
        clerk.see("pin", seconds=60)
        clerk.wait(lambda: any(w.isVisible() for w in self.terminal.window.findChildren(QPushButton, "user-wang")), "the people", 30)
        QTest.mouseClick(clerk.see("user-wang"), Qt.MouseButton.LeftButton)
        clerk.picture("sign-in")
        clerk.see("pin").setFocus()
        clerk.keys(PIN)
        clerk.key(Qt.Key.Key_Return)
        clerk.see("start-hebei-newborn", seconds=30)
        pause(400)
        clerk.picture("home")
        self.die("sign_in")
        resumed = [b for b in self.terminal.window.findChildren(QPushButton) if b.objectName().startswith("resume-") and b.isVisible()]
        accepted = self._accepted_already()
        if resumed:
            resumed[0].setFocus()
            clerk.key(Qt.Key.Key_Space)
        elif accepted:
            self.terminal.window.open_case(accepted)
        else:
            clerk.key(Qt.Key.Key_F5)
        clerk.wait(lambda: self.terminal.window.here == "intake" and self.terminal.window.page("intake").case.is_open,  # type: ignore[attr-defined]
                   "the intake", 30)
        pause(200)

    def _accepted_already(self) -> str | None:
        """A case that was committed just before the power went."""
        place = self.terminal.place
        assert place is not None
        rows = place.flows.search.cases(self.terminal.window.session())
        return next((row.case_uuid for row in rows if row.case_number), None)

    def stage_eligibility(self) -> None:
        """The handful of questions."""
        if not self.view.editable:
            return
        clerk = self.clerk
        self._to_step("eligibility")
        birth = (day_of(now()) - timedelta(days=4)).strftime("%Y%m%d")
        given = {"applicant_role": "1", "settle_follow": "1", "birth_in_province": "1", "married_at_birth": "1", "parents_in_province": "1",
                 "same_ethnicity": "1", "settle_household_type": "1", "newborn_birth_date": birth}
        for number, (key, text) in enumerate(given.items()):
            if self._value(key):
                continue
            self._walk_to(key, "question")
            clerk.keys(text)
            clerk.key(Qt.Key.Key_Return)
            if number == 3:
                self.die("eligibility")
        clerk.wait(lambda: self.view.eligibility == "yes", "the family to be eligible")
        clerk.picture("eligibility")

    def stage_cards(self) -> None:
        """Both parents' cards on the reader, F2 each."""
        if not self.view.editable:
            return
        self._to_step("papers")
        self._read(people.MOTHER, "mother_id_no")
        self.die("cards")
        self._read(people.FATHER, "father_id_no")
        self.clerk.picture("cards")

    def _read(self, card: IdCard, key: str) -> None:
        if self._value(key) == card.number:
            return
        self.simulated.lay_card(card)
        self.clerk.key(Qt.Key.Key_F2)
        self.clerk.wait(lambda: self._value(key) == card.number, "the card's number", 20)
        self.simulated.lift_card()

    def stage_papers(self) -> None:
        """Every paper under the camera, F4 each."""
        if not self.view.editable:
            return
        clerk = self.clerk
        self._to_step("papers")
        for number, scene in enumerate(SCENES):
            if not self._missing_pages():
                break
            self.simulated.lay_papers(scene)
            pause(500)
            if number == 2:
                clerk.picture("camera")
            shoot = clerk.see("action.capture")
            clerk.wait(shoot.isEnabled, "the camera to be free", 60)
            clerk.key(Qt.Key.Key_F4)
            if number == 3:
                pause(300)
                self.die("papers")
            clerk.wait(shoot.isEnabled, f"{scene} to be read", 120)
        self.simulated.clear_desk()
        clerk.wait(lambda: not self._missing_pages(), "all pages", 5)
        clerk.picture("papers")

    def _missing_pages(self) -> int:
        return sum(slot.status != "captured" for material in self.view.materials if material.required == "yes" for slot in material.slots)

    def stage_form(self) -> None:
        """What no paper says is typed; every other field shows its source."""
        if not self.view.editable:
            return
        clerk = self.clerk
        self._to_step("form")
        clerk.picture("form")
        told, typed = typed_answers(), 0
        while (field := self._next_wish()) is not None:
            if field.needs_look:
                self._walk_to(field.key)
                clerk.key(Qt.Key.Key_K, CONTROL)
                clerk.wait(lambda key=field.key: not self._field(key).needs_look, f"{field.key} to be confirmed")  # type: ignore[misc]
                continue
            text = told.get(field.key) or next(iter(field.choices), "")
            assert text, f"nobody told the clerk what belongs into {field.key}"
            self._type(field.key, text)
            typed += 1
            if typed == 2:
                self.die("form")
        self._walk_to("hukou_address")
        pause(600)
        clerk.picture("form-filled")
        clerk.wait(lambda: self.view.ready, "the form to be complete", 10)

    def _next_wish(self) -> Any:
        """The next field in printed order that is empty but required, or wants comparing."""
        fields = [field for section in self.view.sections for field in section.fields]
        return next((field for field in fields if (field.required and not field.value) or field.needs_look), None)

    def _walk_to(self, key: str, kind: str = "field") -> None:
        """Forward with Enter, back with Shift+Enter, whichever way it lies."""
        view = self.view
        fields = [field.key for section in view.sections for field in section.fields]
        order = fields if kind == "field" else [question.key for question in view.questions]
        focus, here = QApplication.focusWidget(), ""
        while focus is not None and not here:
            here = focus.objectName().removeprefix(f"{kind}.") if focus.objectName().startswith(f"{kind}.") else ""
            focus = focus.parentWidget()
        if not here:        # nowhere yet: the step itself knows where to begin
            self.clerk.see(f"{kind}.{key}").setFocus()
        self.clerk.focus_on(f"{kind}.{key}", back=here in order and order.index(here) > order.index(key))

    def _type(self, key: str, text: str) -> None:
        clerk = self.clerk
        self._walk_to(key)
        field = self._field(key)
        if field.choices and len(field.choices) <= 3 and not field.editable_choice:
            clerk.keys(str(field.choices.index(text) + 1))
        elif field.choices:
            clerk.choose(f"field.{key}", text)
        elif text.isascii():
            clerk.keys(text)
        else:
            clerk.commit(text)
        clerk.key(Qt.Key.Key_Return)
        clerk.wait(lambda: self._value(key) == text, f"{key} to be kept")

    def stage_applicant(self) -> None:
        """The applicant reads, signs with the pen, consents and confirms."""
        if not self.view.editable or (self.view.signed and not self.view.signed_stale):
            return
        clerk = self.clerk
        clerk.key(Qt.Key.Key_F9)
        pad = clerk.see("pad.signature")
        pause(500)
        clerk.sign(pad)
        self.die("applicant")
        clerk.tap("sign.consent")
        confirm = clerk.see("action.sign_confirm")
        clerk.wait(confirm.isEnabled, "the button to confirm")
        clerk.picture("applicant")
        clerk.tap("action.sign_confirm")
        clerk.wait(lambda: self.view.signed, "the signature")

    def stage_accept(self) -> None:
        """Accept while the province is down: a window may be offline."""
        if not self.view.editable:
            return
        clerk = self.clerk
        if self.province is not None:
            self.province.stop()
            self._province_down = True
        self._to_step("done")
        clerk.picture("before-acceptance")
        button = clerk.see("action.accept")
        clerk.wait(button.isEnabled, "the button to accept")
        clerk.key(Qt.Key.Key_Return, CONTROL)
        if self.die_at == "accept":
            pause(40)
            self.die("accept")
        clerk.wait(lambda: bool(self.view.case_number), "the case number", 30)

    def stage_print(self) -> None:
        """The receipt; a real printer would have it by now."""
        clerk = self.clerk
        clerk.wait(lambda: len(self.view.papers) >= 2, "the papers", 30)
        if not self.view.receipt_printed:
            clerk.see("action.print_receipt")
            self.terminal.window.page("intake").setFocus()
            clerk.see("action.print_receipt").setFocus()
            clerk.key(Qt.Key.Key_F10)
            self.die("print")
            clerk.wait(lambda: self.view.receipt_printed, "the receipt", 30)
        clerk.picture("accepted")

    def stage_offline(self) -> None:
        """The pill says offline with the count; the case goes out by itself when the province is back."""
        clerk = self.clerk
        if self.province is None or not self._province_down:
            return
        if self.view.sync != "sent":
            clerk.wait(lambda: "离线" in self._pill() and "1" in self._pill(), f"the pill to say offline (it says {self._pill()})", 30)
            clerk.picture("offline")
        self.province.start()

    def stage_progress(self) -> None:
        """Sent by itself; the departments answer one after the other."""
        clerk = self.clerk
        self.die("progress")
        clerk.wait(lambda: self.view.sync == "sent", "the province to have it", 60)
        clerk.wait(lambda: all(matter.state == "done" for matter in self.view.matters if matter.selected), "all matters to be done", 60)
        pause(300)
        clerk.picture("all-matters-done")
        self.last = self.view

    def stage_day_end(self) -> None:
        """Two people close the day."""
        clerk = self.clerk
        window = self.terminal.window
        clerk.key(Qt.Key.Key_Return, CONTROL)
        clerk.wait(lambda: window.here == "home", "the home screen")
        QTest.mouseClick(clerk.see("rail-day_end"), Qt.MouseButton.LeftButton)
        close = clerk.see("close-day")
        clerk.wait(close.isEnabled, "the day on the screen")
        pause(300)
        clerk.picture("day-end")
        self.die("day_end")
        close.setFocus()
        clerk.key(Qt.Key.Key_Space)
        pin = clerk.see("reviewer-pin")
        pin.setFocus()
        clerk.keys(REVIEWER_PIN)
        agree = clerk.see("agree")
        clerk.wait(agree.isEnabled, "the reviewer")
        agree.setFocus()
        clerk.key(Qt.Key.Key_Space)
        days = self.terminal.settings.days
        clerk.wait(lambda: bool(list(days.glob("*.jsonl"))), "the sealed day", 30)
        pause(600)
        clerk.picture("day-closed")

    # -- what stands on the screen ----------------------------------------------------------------------------------

    def _to_step(self, step: str) -> None:
        """Ctrl+Enter forward or F8 back until there."""
        intake: Any = self.terminal.window.page("intake")
        order = ("eligibility", "papers", "form", "applicant", "done")
        for _ in range(8):
            if intake.step == step:
                return
            forward = order.index(intake.step) < order.index(step)
            if not intake.isAncestorOf(QApplication.focusWidget() or intake):
                intake.setFocus()
            before = intake.step
            self.clerk.key(Qt.Key.Key_Return if forward else Qt.Key.Key_F8, CONTROL if forward else Qt.KeyboardModifier.NoModifier)
            self.clerk.wait(lambda: intake.step != before, f"a step towards {step}")  # noqa: B023 - waited for at once
            pause(150)
        raise NotSeen(f"the step {step}")

    def _field(self, key: str) -> Any:
        return next(field for section in self.view.sections for field in section.fields if field.key == key)

    def _value(self, key: str) -> str:
        for question in self.view.questions:
            if question.key == key and question.source == "hand":
                return question.value
        return next((str(field.value) for section in self.view.sections for field in section.fields if field.key == key), "")

    def _pill(self) -> str:
        found = self.terminal.window.findChild(QWidget, "pill")
        return getattr(found, "text", lambda: "")() if found is not None and not isinstance(found, QLabel) else ""

    def summary(self) -> dict[str, Any]:
        """What the run came to."""
        view = self.last
        assert view is not None
        fields = [field for section in view.sections for field in section.fields]
        unsourced = [field.key for field in fields if field.value and not field.source]
        assert not unsourced, f"fields without a source: {unsourced}"
        accepted = {"sent": "accepted"}.get(view.sync, view.sync)
        return {
            "case_number": view.case_number, "platform_status": accepted, "status": view.status,
            "fields_total": view.fields_total, "fields_filled_automatically": view.fields_automatic, "fields_typed": view.fields_typed,
            "keystrokes": self.clerk.keystrokes, "materials_required": sum(material.required == "yes" for material in view.materials),
            "due_date": view.due_date.isoformat() if view.due_date else None, "due_is_provisional": view.due_is_provisional,
            "matters": {matter.matter_id: {"name": matter.name, "state": matter.state, "result_number": matter.result_number}
                        for matter in view.matters},
            "sources": {field.key: field.source for field in fields if field.value}, "ms": self.ms,
        }


