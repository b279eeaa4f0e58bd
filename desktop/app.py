"""The composition root: the only file that names a concrete class of every room. Opens the desk, makes the flows, runs the window.

Qt and the window's rooms are imported by the window alone: a command that opens the store needs no display and no Qt.
"""

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

from db import attachments
from db.keys import load_or_create_key
from db.store import Store
from desktop.domain import masking
from desktop.domain.rating import LEVELS
from desktop.flows.accept import Accept
from desktop.flows.browse_themes import BrowseThemes
from desktop.flows.bundle import Flows
from desktop.flows.capture_page import CapturePage
from desktop.flows.close_day import CloseDay
from desktop.flows.correct import Correct
from desktop.flows.desk import Desk, Link
from desktop.flows.devices import Devices
from desktop.flows.fill import Fill
from desktop.flows.follow import Follow
from desktop.flows.greet import Greet
from desktop.flows.material_papers import MaterialPapers
from desktop.flows.print_papers import PrintPapers
from desktop.flows.rate import Rate
from desktop.flows.read_card import ReadCard
from desktop.flows.search import Search
from desktop.flows.sign import Sign
from desktop.flows.sign_in import SignIn
from desktop.flows.take_portrait import TakePortrait
from desktop.flows.tend_devices import TendDevices
from desktop.recognition.apart import ReadingProcess
from desktop.settings import Settings
from desktop.shelf import RESOURCES, read_calendar, read_codes, read_packs
from desktop.sync.loop import Loop
from desktop.sync.platform_client import PlatformClient
from desktop.sync.puller import Puller
from desktop.sync.sender import Sender

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtCore import QCoreApplication
    from PySide6.QtWidgets import QWidget

    from desktop.ui.first_picture import FirstPicture
    from desktop.ui.look import Scale
    from hardware.readings import IdCard
    from hardware.simulated.desk import SimulatedDesk

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Workplace:
    """A window terminal without its window."""

    desk: Desk
    flows: Flows
    loop: Loop | None
    """The road to the province; None when no platform is set up."""
    client: PlatformClient | None
    sender: Sender | None
    puller: Puller | None


def now() -> datetime:
    """Aware UTC."""
    return datetime.now(UTC)


@contextmanager
def open_workplace(settings: Settings, clock: Callable[[], datetime] = now) -> Iterator[Workplace]:
    """Open the store, read packs and tables, attach the devices. The sync loop is made but not started.

    Raises StoreFault, StoreLocked, BrokenTable; each carries its wording code.
    """
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = Store.open(settings.store_path, load_or_create_key(settings.home, settings.keyring))
    devices = open_devices(settings, clock)
    client: PlatformClient | None = None
    loop: Loop | None = None
    try:
        swept = attachments.sweep(store, clock())
        if swept.parts or swept.orphans:
            _log.warning("swept %d unfinished and %d unreferenced files", swept.parts, swept.orphans)
        packs = read_packs(RESOURCES / "themes", settings.packs, switches=settings.switches)
        sender = puller = None
        if settings.platform_url:
            client = PlatformClient(settings.platform_url, settings.terminal_id, settings.terminal_token)
            sender = Sender(store, client, clock)
            puller = Puller(store, client, clock, lambda theme_id, version: packs.get(theme_id, version).fields)
            loop = Loop(store, client, sender, puller, clock)
        link, wake = _link_of(loop)
        desk = Desk(
            settings=settings, store=store, packs=packs,
            calendar=read_calendar(RESOURCES / "calendar", settings.home / "calendar"),
            codes=read_codes(RESOURCES / "codes", settings.home / "codes"), recogniser=ReadingProcess(), devices=devices, clock=clock,
            new_id=lambda: str(uuid.uuid4()), link=link, wake=wake)
        yield Workplace(desk, flows_at(desk), loop, client, sender, puller)
    finally:
        if loop is not None:
            loop.stop()
        if client is not None:
            client.close()
        devices.close()
        store.close()


def open_devices(settings: Settings, clock: Callable[[], datetime] = now) -> Devices:
    """The devices this window is set up with; none is touched before it is used."""
    return Devices(settings.devices, demo=settings.demo, clock=clock)


def flows_at(desk: Desk) -> Flows:
    """One of each flow, at this desk."""
    sign_in = SignIn(desk)
    return Flows(
        sign_in=sign_in, greet=Greet(desk), fill=Fill(desk), read_card=ReadCard(desk), capture_page=CapturePage(desk), sign=Sign(desk),
        accept=Accept(desk), print_papers=PrintPapers(desk), correct=Correct(desk), search=Search(desk), follow=Follow(desk),
        close_day=CloseDay(desk, sign_in), devices=TendDevices(desk), browse_themes=BrowseThemes(desk), rate=Rate(desk),
        material_papers=MaterialPapers(desk), take_portrait=TakePortrait(desk))


def _link_of(loop: Loop | None) -> tuple[Callable[[], Link], Callable[[], None]]:
    """What flows may know of the loop: they and sync do not see each other."""
    if loop is None:
        return (lambda: Link(online=False, last_sync=None, error="platform.not_set_up")), (lambda: None)
    running = loop

    def link() -> Link:
        status = running.status()
        return Link(online=status.online, last_sync=status.last_sync, error=status.last_error)

    return link, running.wake


class _Masked(logging.Formatter):
    """No line of the log keeps a number that could be somebody's."""

    def format(self, record: logging.LogRecord) -> str:
        return masking.mask_text(super().format(record))


def log_to_file(settings: Settings) -> None:
    """Diagnostics into HOME/logs, five files of 1 MB, masked."""
    folder = settings.home / "logs"
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(exist_ok=True, mode=0o700)
    handler = RotatingFileHandler(folder / "oncedesk.log", maxBytes=1_000_000, backupCount=4, encoding="utf-8")
    handler.setFormatter(_Masked("%(asctime)s %(levelname)s %(name)s %(threadName)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)    # a line for every look at the province says nothing


class Terminal:
    """The window with everything behind it: painted first, opened behind its cover, closed in order."""

    def __init__(self, settings: Settings) -> None:
        from desktop.ui.background import Alarm, Lanes
        from desktop.ui.look import Look
        from desktop.ui.main_window import MainWindow

        self.settings = settings
        self.place: Workplace | None = None
        self._opened_here = ExitStack()
        self.lanes = Lanes()
        self.alarm = Alarm()
        self.alarm.install()
        self.look = Look(scale=_scale_of_screen())
        self.look.apply()
        self.window = MainWindow(None, self.lanes, look=self.look, demo=settings.demo, hall=settings.hall, window=settings.window,
                                 lock_minutes=settings.lock_minutes)
        self.alarm.raised.connect(self.window.tell_accident)

    def show(self) -> None:
        """Paint the window, then open what is behind it."""
        if self.settings.kiosk:
            self.window.showFullScreen()
        else:
            self.window.showMaximized()
        self.lanes.store.run(self._open, self._opened, self.window.tell_failure)

    def _open(self) -> Workplace:
        log_to_file(self.settings)
        return self._opened_here.enter_context(open_workplace(self.settings))

    def _opened(self, place: Workplace) -> None:
        self.place = place
        self.window.take_flows(place.flows)
        if place.loop is not None:
            place.loop.start()
        # Without an engine papers are kept as pictures and their fields typed; the screens say so where it matters.
        self.lanes.recognition.run(place.desk.recogniser.warm, None, lambda error: _log.warning("no recognition: %s", error))

    def close(self) -> None:
        """Window, lanes, then devices and store."""
        self.window.close()
        self._opened_here.close()
        self.alarm.uninstall()


def run_window(settings: Settings) -> int:
    """Open the window and stay until it is closed; returns the exit status."""
    with _window(settings) as (application, terminal):
        terminal.show()
        return int(application.exec())


def picture_of_window(settings: Settings, file: "Path", patience: float = 60.0) -> "FirstPicture":
    """Open the window, save what it shows once somebody may sign in (or why nobody can), and close it."""
    from desktop.ui.first_picture import Photographer

    with _window(settings) as (application, terminal):
        def settled() -> bool:
            loop = terminal.place.loop if terminal.place is not None else None
            return loop is None or loop.status().online is not None

        photographer = Photographer(terminal.window, terminal.window.cover, file, settled, patience)
        photographer.done.connect(application.quit)
        terminal.show()
        application.exec()
        assert photographer.taken is not None, "the window was closed by hand"
        return photographer.taken


@contextmanager
def _window(settings: Settings) -> "Iterator[tuple[QCoreApplication, Terminal]]":
    """The window, not yet shown; in the demo with its simulated devices and the sheet that moves them."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication(["oncedesk"])
    application.setApplicationName("oncedesk")
    with ExitStack() as started:
        if not settings.demo:
            yield application, started.enter_context(closing(Terminal(settings)))
            return
        from hardware.simulated.desk import SimulatedDesk

        simulated = started.enter_context(closing(SimulatedDesk()))
        terminal = started.enter_context(closing(Terminal(replace(
            settings, reader=simulated.reader_address, camera=simulated.camera_address, portrait=simulated.portrait_address,
            printer=simulated.printer_address, scanner=simulated.scanner.address, rating=simulated.keypad.address, keyring=False,
            paper_printer=settings.paper_printer or f"file-folder:{settings.home / 'printed'}"))))
        sheet = _demo_desk(terminal, simulated)
        QTimer.singleShot(0, sheet.show)        # after the window it belongs to
        yield application, terminal


def _demo_desk(terminal: Terminal, simulated: "SimulatedDesk") -> "QWidget":
    from desktop.ui.widgets.demo_desk import DemoDesk
    from hardware.simulated import people

    cards: dict[str, IdCard | None] = {"没有卡": None}
    cards |= {card.name: card for card in (people.MOTHER, people.FATHER, people.GROOM, people.BRIDE, people.DECEASED, people.FOREIGNER)}
    keys = {word: level for level, word in LEVELS.items()}
    return DemoDesk(terminal.look, tuple(cards), simulated.scenes, lambda name: _lay(simulated, cards[name]), simulated.lay_papers,
                    tuple(keys), lambda word: simulated.keypad.press(keys[word]), terminal.window)


def _lay(simulated: "SimulatedDesk", card: "IdCard | None") -> None:
    simulated.lift_card()
    if card is not None:
        simulated.lay_card(card)


def _scale_of_screen() -> "Scale":
    """Small screens start compact; a person's own choice is remembered by the window."""
    from PySide6.QtWidgets import QApplication

    screen = QApplication.primaryScreen()
    return "compact" if screen is not None and screen.availableSize().height() < 900 else "standard"
