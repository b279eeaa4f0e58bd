"""The window: rail, top bar, one page at a time, covers and keys. It knows which page stands where, and nothing of a case.

Pages are made when first shown. It is handed its flows (at once, or by `take_flows` when the store is open) and its lanes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from desktop import wording
from desktop.domain.trusted_time import ClockDoubted
from desktop.ui.background import Lanes
from desktop.ui.checks_sheet import ChecksSheet
from desktop.ui.device_watch import Change, DeviceWatch, words_of
from desktop.ui.help_sheet import HelpSheet
from desktop.ui.look import MODE_WORDS, MODES, SCALE_WORDS, SCALES, Look
from desktop.ui.screens.date_sheet import DateSheet
from desktop.ui.screens.screen import Screen, clock_text
from desktop.ui.screens.sign_in import SignInCover
from desktop.ui.widgets.banner import Banner
from desktop.ui.widgets.busy import BusyStrip
from desktop.ui.widgets.layer import Layer
from desktop.ui.widgets.rail import Rail
from desktop.ui.widgets.toasts import Toasts
from desktop.ui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from desktop.flows.bundle import Flows
    from desktop.flows.keep_safe import Worry
    from desktop.flows.set_up import SetUp
    from desktop.flows.views import Session, SyncPill
    from desktop.ui.screens.first_run import FirstRunCover
    from desktop.ui.screens.home import HomeScreen
    from desktop.ui.screens.intake import IntakeScreen

log = logging.getLogger(__name__)

PILL_EVERY_MS = 5_000
LIGHTS_EVERY_MS = 10_000
BACKUP_EVERY_MS = 300_000
ALWAYS_LIT = {"reader", "camera", "printer"}
WRONG = {"warn", "fault"}


class MainWindow(QMainWindow):
    """One window terminal."""

    asked = Signal()
    """It asks who sits here, or at the first start which window this is."""

    def __init__(self, flows: Flows | None, lanes: Lanes, *, look: Look | None = None, demo: bool = False,
                 hall: str = "", window: str = "", lock_minutes: int = 5,
                 clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        super().__init__()
        self.look = look or Look()
        if look is None:
            self.look.apply()
        self._flows = flows
        self._lanes = lanes
        self._hall, self._place = hall, window
        self._clock = clock
        self._session: Session | None = None
        self._first_run: FirstRunCover | None = None
        self._pages: dict[str, Screen] = {}
        self._here = "home"
        self.setWindowTitle("一次办窗口终端（演示）" if demo else "一次办窗口终端")
        self._build(demo)
        self._keys()
        self._timers(lock_minutes)
        lanes.unhandled.connect(self.tell_failure)
        if flows is not None:
            self.take_flows(flows)

    # -- building ---------------------------------------------------------------------------------------------------

    def _build(self, demo: bool) -> None:
        root = QWidget()
        root.setObjectName("page")
        self.setCentralWidget(root)
        down = QVBoxLayout(root)
        self.look.lay(down)
        if demo:
            down.addWidget(self._banner())      # above everything, so that no cover can hide it
        self.trouble = Banner(self.look)
        down.addWidget(self.trouble)
        self._body = body = QWidget()
        body.setObjectName("layers")
        down.addWidget(body, 1)
        across = QHBoxLayout(body)
        self.look.lay(across)
        self.rail = Rail(self.look)
        self.rail.chosen.connect(self._chosen)
        across.addWidget(self.rail)
        column = QVBoxLayout()
        self.look.lay(column)
        across.addLayout(column, 1)
        self.top = TopBar(self.look)
        self.top.devices_asked.connect(lambda: self.show_page("devices"))
        self.top.sync_asked.connect(lambda: self.show_page("sync"))
        self.top.person_asked.connect(self.lock)
        column.addWidget(self.top)
        self.busy = BusyStrip(self.look)
        column.addWidget(self.busy)
        self._stack = QStackedWidget()
        column.addWidget(self._stack, 1)
        self.toasts = Toasts(body, self.look)
        self.help = HelpSheet(body, self.look)
        self.checks = ChecksSheet(body, self.look, self._lanes, lambda: self._flows)
        self.cover = SignInCover(body, self.look, self._lanes, self._hall, self._place)
        self.cover.entered.connect(self._entered)
        self.cover.asked.connect(self.asked)
        self.date_sheet = DateSheet(body, self.look, self._lanes, self.session)
        self.date_sheet.settled.connect(self._settled)
        self.date_sheet.other_person_asked.connect(self._another_person)
        self.cover.attention.asked.connect(self.checks.open)
        self.cover.open()

    def _banner(self) -> QWidget:
        banner = Banner(self.look)
        banner.setObjectName("demo-banner")
        banner.say("演示模式：不办理真实业务", "人物、证件和设备都是虚构的，打印件带“演示”字样")
        return banner

    def _keys(self) -> None:
        self._shortcuts: dict[str, QShortcut] = {}
        for keys, action in (
                ("F1", self.help.open), ("F3", self._search), ("F5", lambda: self._start_by_key(0)),
                ("F6", lambda: self._start_by_key(1)), ("F7", lambda: self._start_by_key(2)),
                ("F8", lambda: self.show_page("home")), ("Ctrl+L", self.lock), ("F11", self._next_scale),
                ("Ctrl+Shift+D", self._next_mode), ("Esc", self._escape), ("F12", lambda: self.show_page("themes"))):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(action)
            self._shortcuts[keys] = shortcut
        self._arm_keys()

    def _arm_keys(self) -> None:
        """While somebody must sign in only the look may change; a page with its own F8 keeps it."""
        inside = self._session is not None and not self.cover.isVisibleTo(self)
        for keys, shortcut in self._shortcuts.items():
            shortcut.setEnabled(keys in {"F11", "Ctrl+Shift+D"} or (inside and not (
                keys == "F8" and self._here == "intake") and not (keys == "F12" and self.session().role == "clerk")))

    def _timers(self, lock_minutes: int) -> None:
        self._pill_timer, self._lights_timer, self._idle, self._backup_timer = QTimer(self), QTimer(self), QTimer(self), QTimer(self)
        self._trouble_timer = QTimer(self)
        self._asking_pill = self._asking_lights = self._asking_trouble = self._backing_up = False
        self._backup_trouble = ""
        for timer, every, slot in ((self._pill_timer, PILL_EVERY_MS, self._ask_pill), (self._backup_timer, BACKUP_EVERY_MS, self.back_up),
                                   (self._lights_timer, LIGHTS_EVERY_MS, self._ask_lights),
                                   (self._trouble_timer, PILL_EVERY_MS, self._ask_trouble),
                                   (self._idle, lock_minutes * 60_000, self.lock)):
            timer.setInterval(every)
            timer.timeout.connect(slot)
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)

    # -- coming up --------------------------------------------------------------------------------------------------

    def come_forward(self) -> None:
        """Before all other windows, also when it was minimised: somebody started the program again."""
        log.info("started again: came forward")
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized | Qt.WindowState.WindowActive)
        self.show()
        self.raise_()
        self.activateWindow()
        QApplication.alert(self)

    def take_flows(self, flows: Flows) -> None:
        """The store is open: ask who sits here."""
        self._flows = flows
        if self._first_run is None:
            self.cover.ask(flows)
        else:
            self._first_run.go_on(flows)
        self._trouble_timer.start()
        self._ask_trouble()
        self._lanes.search.run(flows.upkeep.at_first, self.cover.attention.show_found, self.tell_failure)
        self._watch = DeviceWatch(flows, self._lanes, self)
        self._watch.changed.connect(self._device_changed)
        self._backup_timer.start()
        self.back_up()      # the hours of a closed window count too

    def set_up(self, verbs: SetUp, kept: Callable[[], None]) -> None:
        """The first start of all: ask who this PC is, before there is a store. `kept` opens it."""
        from desktop.ui.screens.first_run import FirstRunCover

        self._first_run = FirstRunCover(self._body, self.look, self._lanes, verbs)
        self._first_run.kept.connect(kept)
        self._first_run.entered.connect(self._first_entered)
        self._first_run.open()
        self.asked.emit()

    def stand_at(self, hall: str, window: str, lock_minutes: int) -> None:
        """Which window this is, where that was not known when it was painted."""
        self._hall, self._place = hall, window
        self.cover.stand_at(hall, window)
        self._idle.setInterval(lock_minutes * 60_000)

    def _first_entered(self, session: Session) -> None:
        self._first_run = None
        self.cover.close_layer()
        self._entered(session)

    def session(self) -> Session:
        """Who sits here; only asked for while somebody does."""
        assert self._session is not None, "nobody is signed in"
        return self._session

    def _entered(self, session: Session) -> None:
        changed = self._session is not None and self._session.user_id != session.user_id
        self._session = session
        self.rail.offer("themes", on=session.role != "clerk")
        self.top.set_person(session.name, f"{self._place} 号窗口" if self._place else "")
        self._pill_timer.start()
        self._lights_timer.start()
        self._watch.start()
        self._idle.start()
        self._ask_pill()
        self._ask_lights()
        assert self._flows is not None
        self._lanes.store.run(partial(self._flows.keep_safe.worries, session), self._show_worries, self.tell_failure)
        if not self._pages or changed:
            self.show_page("home")
        else:
            self._pages[self._here].refresh()
        self._arm_keys()
        self._stack.setFocus()
        assert self._flows is not None, "somebody has signed in"
        self.date_sheet.ask(self._flows)

    def _settled(self) -> None:
        """The date is known again: what waited for it can be done."""
        self._tell("日期已确认", "刚才没有做成的一步，请再做一次。", "ok")
        self._pages[self._here].refresh()

    def _another_person(self) -> None:
        self.lock()
        assert self._flows is not None, "somebody has signed in"
        self.cover.ask(self._flows)

    def lock(self) -> None:
        """Cover the window; the open case stays as it is."""
        if self._session is None or self._flows is None or self.cover.isVisibleTo(self):
            return
        for layer in self.findChildren(Layer):
            layer.close_layer()
        self.toasts.clear()      # they stand above the cover and may name a case
        self.cover.open()
        self.cover.ask_again(self._flows, self._session)
        self._idle.stop()
        self._arm_keys()

    # -- pages ------------------------------------------------------------------------------------------------------

    def page(self, key: str) -> Screen:
        """The page, made when first asked for: home intake cases sync day_end themes devices settings."""
        if key not in self._pages:
            page = self._make(key)
            page.theme_asked.connect(self.start_theme)
            page.case_asked.connect(self.open_case)
            page.page_asked.connect(self._go)
            page.told.connect(self._tell)
            page.failed.connect(self.tell_failure)
            self._pages[key] = page
            self._stack.addWidget(page)
        return self._pages[key]

    def _make(self, key: str) -> Screen:
        assert self._flows is not None
        common = (self._flows, self._lanes, self.session, self.look)
        match key:      # imported here: a page costs its import only when it is shown
            case "home":
                from desktop.ui.screens.home import HomeScreen
                return HomeScreen(*common, clock=self._clock)
            case "intake":
                from desktop.ui.screens.intake import IntakeScreen
                intake = IntakeScreen(*common)
                intake.closed.connect(lambda: self.show_page("home"))
                intake.accepted.connect(self._case_accepted)
                intake.title_changed.connect(self.top.set_title)
                return intake
            case "cases":
                from desktop.ui.screens.cases import CasesScreen
                return CasesScreen(*common, clock=self._clock)
            case "sync":
                from desktop.ui.screens.sync import SyncScreen
                return SyncScreen(*common, clock=self._clock)
            case "day_end":
                from desktop.ui.screens.day_end import DayEndScreen
                return DayEndScreen(*common)
            case "themes":
                from desktop.ui.screens.themes import ThemesScreen
                return ThemesScreen(*common)
            case "devices":
                from desktop.ui.screens.devices import DevicesScreen
                return DevicesScreen(*common)
            case "settings":
                from desktop.ui.screens.settings import SettingsScreen
                return SettingsScreen(*common)
        raise KeyError(key)

    @property
    def here(self) -> str:
        """The key of the page on the screen."""
        return self._here

    def show_page(self, key: str) -> None:
        """Go to a page and let it ask its flows again."""
        page = self.page(key)
        self._here = key
        self._stack.setCurrentWidget(page)
        self.rail.show_place(key)
        self.top.set_title(page.title, self._hall)
        self._arm_keys()
        page.refresh()
        page.enter()
        focused = self.focusWidget()
        if focused is None or not page.isAncestorOf(focused):
            page.setFocus()      # Tab goes on from the page, not from the rail

    def _chosen(self, key: str) -> None:
        if key == "lock":
            self.lock()
        elif key == "intake" and not ("intake" in self._pages and self._intake().case.is_open):
            self.show_page("home")
            self._tell("还没有打开的办件", "请先从首页选择“一件事”，或继续一件草稿。", "info")
        else:
            self.show_page(key)

    def _go(self, where: str) -> None:
        key, _, text = where.partition("?")
        if key == "checks":
            self.checks.open()
            return
        self.show_page(key)
        if text:
            self.page(key).look_for(text)

    def _intake(self) -> IntakeScreen:
        from desktop.ui.screens.intake import IntakeScreen
        page = self.page("intake")
        assert isinstance(page, IntakeScreen)
        return page

    def _home(self) -> HomeScreen:
        from desktop.ui.screens.home import HomeScreen
        page = self.page("home")
        assert isinstance(page, HomeScreen)
        return page

    def start_theme(self, theme_id: str) -> None:
        """Begin a case of this theme; an open one is not pushed aside unasked."""
        if self._here == "intake" and self._intake().case.is_open and self._intake().case.view.editable:
            self._tell("这一件还没有办完", "要先办别的，请点“挂起本件”，内容都会留着。", "warn")
            return
        self.show_page("intake")
        self._intake().new_case(theme_id)

    def open_case(self, case_uuid: str) -> None:
        """Open a case in the intake."""
        self.show_page("intake")
        self._intake().open_case(case_uuid)

    def _case_accepted(self, case_number: str) -> None:
        self._tell("已受理", case_number, "ok")
        self._ask_pill()

    # -- keys -------------------------------------------------------------------------------------------------------

    def _start_by_key(self, index: int) -> None:
        self._home().start(index)

    def _search(self) -> None:
        if self._here not in {"home", "cases"}:
            self.show_page("cases")
        self._pages[self._here].search()

    def _next_scale(self) -> None:
        scale = SCALES[(SCALES.index(self.look.scale) + 1) % len(SCALES)]
        self.look.wear(scale=scale)
        self._tell(f"字号：{SCALE_WORDS[scale]}", "", "info")

    def _next_mode(self) -> None:
        mode = MODES[(MODES.index(self.look.mode) + 1) % len(MODES)]
        self.look.wear(mode=mode)
        self._tell(f"配色：{MODE_WORDS[mode]}", "", "info")

    def _escape(self) -> None:
        layers = [layer for layer in self.findChildren(Layer) if layer.isVisible() and layer is not self.cover]
        if layers:
            layers[-1].close_layer()
        else:
            self.toasts.clear()

    # -- news -------------------------------------------------------------------------------------------------------

    def _tell(self, text: str, detail: str, tone: Any) -> None:
        self.toasts.show(text, detail, tone)

    def tell_failure(self, error: BaseException) -> None:
        """An error in words, with its remedy; stays until closed."""
        code, params = wording.fault_code(error), wording.params_of(error)
        if self._flows is None:
            if self._first_run is not None:
                self._first_run.close_layer()
            self.cover.cannot_open(code, **params)
            return
        if isinstance(error, ClockDoubted) and self._session is not None:
            self.date_sheet.ask(self._flows)
            return
        self.toasts.show(wording.say(code, **params), wording.remedy(code, **params), "danger")

    def tell_accident(self) -> None:
        """Something nobody caught (see background.Alarm); the log has it."""
        self.toasts.show(wording.say("window.unexpected"), wording.remedy("window.unexpected"), "danger")

    def _ask_pill(self) -> None:
        if self._flows is None or self._asking_pill:
            return
        self._asking_pill = True
        self._lanes.store.run(self._flows.follow.pill, self._show_pill, self._pill_failed)

    def _show_pill(self, pill: SyncPill) -> None:
        self._asking_pill = False
        self.top.set_pill(pill, clock_text(pill.last_sync, self._clock()))
        if self._here in {"sync", "day_end"} and not self.cover.isVisible():
            self._pages[self._here].refresh()

    def _pill_failed(self, error: Exception) -> None:
        self._asking_pill = False
        self.tell_failure(error)

    def _show_worries(self, worries: tuple[Worry, ...]) -> None:
        """What somebody should see to who is not a clerk; again at each sign-in, until it is done."""
        for worry in worries:
            self._tell(worry.sentence, worry.remedy, "warn")

    def back_up(self) -> None:
        """Have the schedule's backup made if it is due."""
        if self._flows is None or self._backing_up:
            return
        self._backing_up = True
        self._lanes.backup.run(self._flows.keep_safe.back_up_if_due, self._backed_up, self._backup_failed)

    def _backed_up(self, made: bool) -> None:
        self._backing_up = False
        if made:
            self._backup_trouble = ""

    def _backup_failed(self, error: Exception) -> None:
        """Said once for each cause, not every five minutes with a family at the window; the sign-in of a supervisor says it again."""
        self._backing_up = False
        if (trouble := wording.fault_code(error)) not in {self._backup_trouble, "backup.running"}:
            self._backup_trouble = trouble
            self.tell_failure(error)
    def _ask_trouble(self) -> None:
        """Also while nobody is signed in: who comes should see it."""
        if self._flows is None or self._asking_trouble:
            return
        self._asking_trouble = True
        self._lanes.store.run(self._flows.upkeep.trouble, self._show_trouble, self._trouble_failed)

    def _show_trouble(self, code: str) -> None:
        self._asking_trouble = False
        self.trouble.show_code(code)

    def _trouble_failed(self, error: Exception) -> None:
        self._show_trouble(wording.fault_code(error))

    def _ask_lights(self) -> None:
        if self._flows is None or self._asking_lights:
            return
        self._asking_lights = True
        self._lanes.lights.run(self._flows.devices.lights, self._show_lights, self._lights_failed)

    def _show_lights(self, lights: tuple[Any, ...]) -> None:
        from desktop.ui.screens.devices import light_words
        self._asking_lights = False
        shown: dict[str, Any] = {}
        for light in lights:      # those every window has, others while something is wrong with them; of two of a kind the worse
            if light.kind in ALWAYS_LIT or light.state in WRONG:
                shown[light.kind] = max(shown.get(light.kind, light), light, key=lambda one: one.state in WRONG)
        for kind in [kind for kind in shown if kind not in ALWAYS_LIT][1:]:      # the bar has room for one; the page shows them all
            del shown[kind]
        for light in shown.values():
            self.top.set_light(light.kind, light.state, light_words(light))
        self.top.keep_lights(set(shown))

    def _device_changed(self, change: Change) -> None:
        """Something was plugged in or pulled out: its light at once, and one line of news."""
        text, detail, tone = words_of(change)
        self._tell(text, detail, tone)
        if change.ours:
            self._ask_lights()
            if self._here == "devices":
                self._pages["devices"].refresh()

    def _lights_failed(self, error: Exception) -> None:
        self._asking_lights = False
        self.tell_failure(error)

    # -- Qt ---------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Any key or touch puts the idle lock off."""
        if event.type() in {QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel,
                            QEvent.Type.TouchBegin} and self._idle.isActive():
            self._idle.start()
        return False

    def closeEvent(self, event: QCloseEvent) -> None:
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
        for timer in self.findChildren(QTimer):
            timer.stop()
        if "intake" in self._pages:
            self._intake().keep()
        for page in self._pages.values():
            page.close()
        self._lanes.stop()
        super().closeEvent(event)
