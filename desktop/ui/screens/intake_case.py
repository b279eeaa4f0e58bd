"""The one case on the intake's screen: every wish of the clerk becomes one flow on a lane, every answer one CaseView.

It also sees to it that typed text is neither lost nor overwritten: changes wait at most 300 ms, go out in order, and until the
store has answered, the field they belong to is held. No widget and no rule lives here.
"""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.flows.views import CaseView, Session
from desktop.ui.background import Ask, Lane, Lanes

if TYPE_CHECKING:
    from desktop.flows.bundle import Flows

T = TypeVar("T")

SEND_AFTER_MS = 250
"""Typing pause after which a change is sent by itself; leaving the field sends it at once."""


class OpenCase(QObject):
    """What is open, what is typed but not yet sent, what is on its way."""

    changed = Signal(object)
    """CaseView: show this."""
    failed = Signal(object)
    """An exception of a flow nobody else listens to."""
    saving = Signal(str)
    """"busy", "saved" or "unsaved"."""

    def __init__(self, flows: "Flows", lanes: Lanes, session_of: Callable[[], Session], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.flows = flows
        self.lanes = lanes
        self._session_of = session_of
        self._view: CaseView | None = None
        self._starting = False
        self._unsent: dict[str, str] = {}
        self._on_the_way: Counter[str] = Counter()
        self._unsaved: dict[str, str] = {}
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(SEND_AFTER_MS)
        self._pause.timeout.connect(self.flush)

    @property
    def view(self) -> CaseView:
        """The newest view; only asked for while a case is open."""
        assert self._view is not None
        return self._view

    def session(self) -> Session:
        """Who sits at the window now."""
        return self._session_of()

    @property
    def is_open(self) -> bool:
        """Whether there is a case."""
        return self._view is not None

    # -- coming and going -------------------------------------------------------------------------------------------

    def start(self, theme_id: str, done: Callable[[CaseView], None]) -> None:
        """A new draft."""
        if self._starting:      # the key was pressed twice
            return
        self._starting = True
        session = self._session_of()
        self.close()

        def failed(error: Exception) -> None:
            self._starting = False
            self.failed.emit(error)

        self.lanes.store.run(lambda: self.flows.greet.start(session, theme_id), lambda view: self._opened(view, done), failed, self)

    def open(self, case_uuid: str, done: Callable[[CaseView], None]) -> None:
        """A case that exists."""
        session = self._session_of()
        self.close()
        self.lanes.store.run(lambda: self.flows.fill.open(session, case_uuid), lambda view: self._opened(view, done),
                             self.failed.emit, self)

    def close(self) -> None:
        """Send what is typed and let the case go."""
        self.flush()
        self._view = None
        self._on_the_way.clear()
        self._unsaved.clear()

    def _opened(self, view: CaseView, done: Callable[[CaseView], None]) -> None:
        self._starting = False
        self._view = view
        done(view)
        self.changed.emit(view)

    # -- answers ----------------------------------------------------------------------------------------------------

    def type(self, key: str, value: str) -> None:
        """A change that may be followed by the next keystroke."""
        if self._view is None:      # the last family's form is still on the screen, the next one's is on its way
            return
        self._unsent[key] = value
        self._pause.start()

    def answer(self, key: str, value: str) -> None:
        """A change that is complete: a choice, a date."""
        if self._view is None:
            return
        self._unsent[key] = value
        self.flush()

    def flush(self) -> None:
        """Send everything typed, now."""
        self._pause.stop()
        if self._view is None:
            return
        waiting = {**self._unsaved, **self._unsent}
        self._unsent.clear()
        self._unsaved.clear()
        for key, value in waiting.items():
            self._send(key, value)

    def holds(self, key: str) -> bool:
        """Whether the screen knows more of this field than any view that may come in."""
        return key in self._unsent or key in self._unsaved or self._on_the_way[key] > 0

    def _send(self, key: str, value: str) -> None:
        session, uuid = self._session_of(), self.view.case_uuid
        self._on_the_way[key] += 1
        self.saving.emit("busy")

        def saved(view: CaseView) -> None:
            if not self._is_current(uuid):
                return
            self._on_the_way[key] -= 1
            self.saving.emit("saved")
            self.show(view)

        def not_saved(error: Exception) -> None:
            if not self._is_current(uuid):
                self.failed.emit(error)
                return
            self._on_the_way[key] -= 1
            self._unsaved.setdefault(key, self._unsent.pop(key, value))     # sent again with the next change
            self.saving.emit("unsaved")
            self.failed.emit(error)

        self.lanes.store.run(lambda: self.flows.fill.answer(session, uuid, key, value), saved, not_saved, self)

    # -- everything else --------------------------------------------------------------------------------------------

    def confirm(self, key: str) -> None:
        """The clerk compared the value with the paper."""
        self.change(lambda session, uuid: self.flows.fill.confirm(session, uuid, key))

    def choose(self, key: str, origin: str) -> None:
        """Of two places that disagree the clerk took this one."""
        self.change(lambda session, uuid: self.flows.fill.choose(session, uuid, key, origin))

    def undo(self) -> None:
        """The last change back."""
        self.change(self.flows.fill.undo)

    def select_matter(self, matter_id: str, *, selected: bool) -> None:
        """An optional matter in or out."""
        self.change(lambda session, uuid: self.flows.fill.select_matter(session, uuid, matter_id, selected))

    def leave_at(self, step: str) -> None:
        """Remember where the clerk is."""
        self.ask(self.lanes.store, lambda session, uuid: self.flows.fill.leave_at(session, uuid, step), lambda _: None)

    def refresh(self) -> None:
        """Look again, e.g. for progress events."""
        self.change(self.flows.fill.open)

    def change(self, flow: Callable[[Session, str], CaseView]) -> None:
        """Anything on the store lane that gives a CaseView."""
        self.ask(self.lanes.store, flow, self.show)

    def ask(self, lane: Lane, flow: Callable[[Session, str], T], done: Callable[[T], None],
            failed: Callable[[Exception], None] | None = None) -> Ask[Any] | None:
        """One flow on a lane, after what is typed; answers to a case that is no longer open are dropped."""
        if self._view is None:
            return None
        self.flush()
        session, uuid = self._session_of(), self.view.case_uuid

        def hear(answer: T) -> None:
            if self._is_current(uuid):
                done(answer)

        def hear_failure(error: Exception) -> None:
            if self._is_current(uuid):
                (failed or self.failed.emit)(error)

        return lane.run(lambda: flow(session, uuid), hear, hear_failure, self)

    def show(self, view: CaseView) -> None:
        """Take a view unless a newer one is on the screen (two lanes may answer crosswise)."""
        if not self._is_current(view.case_uuid) or view.saved_at < self.view.saved_at:
            return
        self._view = view
        self.changed.emit(view)

    def _is_current(self, case_uuid: str) -> bool:
        return self._view is not None and self._view.case_uuid == case_uuid
