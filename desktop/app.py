"""The composition root: the only file that names a concrete class of every room. Opens the desk, makes the flows, runs the window.

Qt and the window's rooms are imported by the window alone: a command that opens the store needs no display and no Qt.
"""

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from functools import cache, partial
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

from db import attachments
from db.faults import UNWRITABLE, StoreFault
from db.store import Store
from desktop.domain.answers import Answers
from desktop.domain.county import CountyFile, Offer
from desktop.domain.hall_time import day_of
from desktop.domain.problem import Problem
from desktop.domain.rating import LEVELS
from desktop.domain.station_check import Checked
from desktop.domain.working_days import Calendar, NoCalendar, next_working_day
from desktop.flows.accept import Accept
from desktop.flows.browse_themes import BrowseThemes
from desktop.flows.bundle import Flows
from desktop.flows.capture_page import CapturePage
from desktop.flows.close_day import CloseDay
from desktop.flows.confirm_date import ConfirmDate
from desktop.flows.correct import Correct
from desktop.flows.desk import Desk, Link
from desktop.flows.devices import Devices
from desktop.flows.fill import Fill
from desktop.flows.follow import Follow
from desktop.flows.greet import Greet
from desktop.flows.keep_safe import KeepSafe, Worry
from desktop.flows.material_papers import MaterialPapers
from desktop.flows.people import People
from desktop.flows.print_papers import PrintPapers
from desktop.flows.rate import Rate
from desktop.flows.read_card import ReadCard
from desktop.flows.recount import Recounted, recount
from desktop.flows.search import Search
from desktop.flows.set_up import SetUp
from desktop.flows.sign import Sign
from desktop.flows.sign_in import SignIn, require
from desktop.flows.take_portrait import TakePortrait
from desktop.flows.tend_devices import TendDevices
from desktop.flows.upkeep import Upkeep
from desktop.recognition.apart import ReadingProcess
from desktop.settings import SETTINGS, Settings, chosen_keys, load_settings
from desktop.shelf import RESOURCES, read_calendar, read_codes, read_packs
from desktop.station import checks, county, county_file, owner, setup
from desktop.station.answers import REQUIRED, mistakes_in, problem_of, read_answers, without_pin
from desktop.station.backups import Backups, Schedule
from desktop.station.checks import Check, Seen
from desktop.station.clock import Clock, uptime
from desktop.station.county import Taken
from desktop.station.disk import Ballast, Disk
from desktop.station.files import aside_of
from desktop.station.ground import Ground, firm_ground, never_begun
from desktop.station.identity import read_identity
from desktop.station.recovery import Recovery
from desktop.station.sign_on import Shown, SignOn
from desktop.sync.loop import Loop
from desktop.sync.platform_client import PlatformClient
from desktop.sync.puller import Puller
from desktop.sync.sender import Sender
from desktop.version import VERSION
from desktop.wording import fault_code, params_of, word

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop.ui.first_picture import FirstPicture, Photographer
    from desktop.ui.look import Scale
    from hardware.readings import IdCard
    from hardware.simulated.desk import SimulatedDesk

_log = logging.getLogger(__name__)

OTHER_STARTS = 30.0
"""Seconds a window may take on a slow PC from its lock to its first picture, or from its last one to its end."""
CLOCK_SKEW = 120
"""Seconds the clocks of this machine and the province may differ."""


@dataclass(frozen=True)
class Workplace:
    """A window terminal without its window."""

    desk: Desk
    flows: Flows
    loop: Loop | None
    """The road to the province; None when no platform is set up."""
    terminal: SignOn
    client: PlatformClient | None
    sender: Sender | None
    puller: Puller | None
    ground: Ground
    time: Clock


def now() -> datetime:
    """Aware UTC."""
    return datetime.now(UTC)


@contextmanager
def open_workplace(settings: Settings, clock: Callable[[], datetime] = now, *, since_boot: Callable[[], float] = uptime,
                   begin: bool = False, taking: bool = False, may_write: Callable[[], bool] = lambda: True) -> Iterator[Workplace]:
    """Open the store, read packs and tables, attach the devices. The sync loop is made but not started.

    `clock` is this PC's, believed as far as station.clock goes, `since_boot` its uptime; with `begin` the store of a new home is made;
    `taking`: what the county brought may be here by half. `may_write` is asked before a store that could only be opened to read is
    written to after all. Raises StoreFault, StoreLocked, BrokenTable, CountyRefused; each carries its wording code.
    """
    if not taking:
        county.must_be_whole(settings.home)
    calendar = read_calendar(RESOURCES / "calendar", settings.home / "calendar")
    time = clock_of(settings, clock, calendar, since_boot)
    with ExitStack() as opened:
        ground = opened.enter_context(firm_ground(settings.home, time, use_keyring=settings.keyring, begin=begin,
                                                make_room=ballast_of(settings).let_go))
        store = ground.store
        devices = opened.enter_context(closing(open_devices(settings, time.now)))
        packs = read_packs(RESOURCES / "themes", settings.packs, switches=settings.switches)
        terminal = _terminal(settings, store, time.now)
        client = sender = puller = loop = None
        if settings.platform_url:
            client = opened.enter_context(closing(PlatformClient(settings.platform_url, settings.terminal_id, settings.terminal_token)))
            sender = Sender(store, client, time.now)
            puller = Puller(store, client, time.now, lambda theme_id, version: packs.get(theme_id, version).fields)
            loop = Loop(store, client, terminal, sender, puller, time.now, heard=time.province_says,
                        alone=partial(_alone, settings.home, store))
            opened.callback(loop.stop)
        link, wake = _link_of(loop)
        desk = Desk(
            settings=settings, store=store, packs=packs, calendar=calendar,
            codes=read_codes(RESOURCES / "codes", settings.home / "codes"), recogniser=ReadingProcess(), devices=devices, time=time,
            new_id=lambda: str(uuid.uuid4()), link=link, wake=wake, stopped=terminal.stopped,
            checks=lambda which: checks.run(checks_of(settings, clock, place), quick=which == "quick"),
            trouble=Disk(store, ballast_of(settings), settings.reserve_mb * 1_000_000, may_write).trouble)
        keep_safe = KeepSafe(desk, Backups(settings.home, store, schedule_of(settings), settings.number_code, time),
                             Recovery(settings.home, store.key), lambda: _worries(settings, time.now))
        place = Workplace(desk, flows_at(desk, keep_safe), loop, terminal, client, sender, puller, ground, time)
        yield place


def clock_of(settings: Settings, clock: Callable[[], datetime] = now, calendar: Calendar | None = None,
             since_boot: Callable[[], float] = uptime) -> Clock:
    """This PC's clock with the county's working days; it has no floor before a store gives it one. Raises BrokenTable."""
    table = calendar or read_calendar(RESOURCES / "calendar", settings.home / "calendar")
    return Clock(clock, lambda day: _first_worked(day, table), since_boot)


def _terminal(settings: Settings, store: Store, clock: Callable[[], datetime]) -> SignOn:
    return SignOn(settings.home, store, clock, terminal_id=settings.terminal_id, window_code=settings.number_code, region=settings.region,
                  version=VERSION)


def station_of(settings: Settings, clock: Callable[[], datetime] = now) -> Shown:
    """Who this PC is, as far as its home tells."""
    time = clock_of(settings, clock)
    try:
        with firm_ground(settings.home, time, use_keyring=settings.keyring) as ground:
            return _terminal(settings, ground.store, time.now).shown()
    except StoreFault as fault:
        me = read_identity(settings.home)
        return Shown(me.installation_id if me else "", settings.terminal_id, settings.number_code, settings.region, VERSION,
                     fault=fault.code)


def schedule_of(settings: Settings) -> Schedule:
    """When backups are made and where to."""
    return Schedule(Path(settings.backup_folder) if settings.backup_folder else None, settings.backup_hours, settings.backup_keep)


def _safety(settings: Settings, clock: Callable[[], datetime]) -> tuple[Check, ...]:
    """What a lost disk or key would cost; nothing in demo mode."""
    if settings.demo:
        return ()
    if not settings.store_path.exists():
        return tuple(Check(name, lambda: Seen("", "store.none", "note")) for name in ("backup", "slips"))
    return (Check("backup", lambda: checks.made_backups(settings.home, schedule_of(settings), clock())),
            Check("slips", partial(checks.slips, settings.home)))


def _worries(settings: Settings, clock: Callable[[], datetime]) -> tuple[Worry, ...]:
    return tuple(Worry(one.sentence, one.remedy) for one in checks.run(_safety(settings, clock)) if not one.ok)


def ballast_of(settings: Settings) -> Ballast:
    """What takes room in a home; in the demo nothing does."""
    return Ballast(settings.home, 0 if settings.demo else settings.ballast_mb * 1_000_000)


def set_up(settings: Settings, answers: Answers, clock: Callable[[], datetime] = now) -> Settings:
    """Make a PC at which nobody works yet what the answers say: settings, store, people. Returns the settings from then on.

    After a kill the same call goes on. Raises StoreFault, NoAdministrator.
    """
    home, digests = settings.home, setup.hashed(answers)
    settings = _reread(settings, lambda: setup.keep_settings(home, answers.settings, aside_of(home, clock())))
    with open_workplace(settings, clock, begin=True) as place:
        setup.keep_people(place.desk.store, digests, None, answers.settings, place.desk.clock(), place.desk.new_id)
    return settings


def take_county(place: Workplace, file: CountyFile, by: str, fingerprint: str = "") -> tuple[Taken, tuple[Recounted, ...]]:
    """Take the county's file at an open workplace, which itself goes on with what it read before. Raises CountyRefused, StoreFault."""
    recounted: list[Recounted] = []
    desk = place.desk
    taken = county.take(desk.settings.home, desk.store, file, by, desk.clock(), desk.new_id, fingerprint=fingerprint,
                        settle=lambda: recounted.extend(_recounted(desk)))
    return taken, tuple(recounted)


def finish_county(settings: Settings, clock: Callable[[], datetime] = now) -> Settings:
    """Go on with the taking of a county's file that was broken off, if one was. Returns the settings from then on."""
    if not county.unfinished(settings.home):
        return settings

    def finish() -> None:
        with open_workplace(settings, clock, taking=True) as place:
            county.finish(settings.home, place.desk.store, place.desk.new_id, lambda: _recounted(place.desk))

    return _reread(settings, finish)


def _recounted(desk: Desk) -> tuple[Recounted, ...]:
    """Due dates by the calendar and packs that lie there now."""
    home = desk.settings.home
    return recount(replace(desk, calendar=read_calendar(RESOURCES / "calendar", home / "calendar"),
                           packs=read_packs(RESOURCES / "themes", home / "themes")))


def _reread(settings: Settings, change: Callable[[], object]) -> Settings:
    """The settings after what is done to their files; what the command line or the demo put in the place of the files' stays."""
    before = load_settings(settings.home)
    change()
    kept = {one.name: getattr(settings, one.name) for one in fields(Settings) if getattr(settings, one.name) != getattr(before, one.name)}
    return replace(load_settings(settings.home), **kept)


def _first_worked(day: date, calendar: Calendar) -> date:
    """For the clock's ceiling; days before the table are taken as they come."""
    try:
        return next_working_day(day, calendar)
    except NoCalendar:
        return day


def open_devices(settings: Settings, clock: Callable[[], datetime] = now) -> Devices:
    """The devices this window is set up with; none is touched before it is used."""
    return Devices(settings.devices, demo=settings.demo, clock=clock)


def checks_of(settings: Settings, clock: Callable[[], datetime] = now, place: Workplace | None = None) -> tuple[Check, ...]:
    """Everything this window needs, to be looked at; nothing is made. `place` is the open one; else the store is opened to be looked at."""
    from desktop import installed
    from hardware import discovery

    def themes() -> Seen:
        packs = place.desk.packs if place is not None else read_packs(RESOURCES / "themes", settings.packs, switches=settings.switches)
        good = not packs.broken and packs.in_force(day_of(clock()))
        return Seen(f"{len(packs.packs)}, {len(packs.broken)}", *(() if good else ("check.no_theme", "fault")))

    def device(key: str) -> Seen:
        if place is not None:
            light = place.desk.devices.every[key].light()
        else:
            with closing(open_devices(settings, clock)) as devices:
                light = devices.every[key].light(now=True)
        saw = f"{word('light', light.state) if light.address else word('light', 'absent')} {light.address}".rstrip()
        return Seen(saw, light.fault or "", "fault" if light.state not in {"ok", "absent"} else "ok")

    @cache
    def ground() -> tuple[Seen, Seen]:
        """The store, and the clock beside it."""
        if place is not None:
            return checks.store(place.ground, place.terminal.stopped()), checks.clock(place.time)
        unasked = Seen("", "check.clock_unasked", "note")
        if not settings.home.exists():
            return Seen("", "store.none", "note"), unasked
        time = clock_of(settings, clock)
        try:
            with firm_ground(settings.home, time, use_keyring=settings.keyring) as opened:
                return checks.store(opened, _terminal(settings, opened.store, time.now).stopped()), checks.clock(time)
        except StoreFault as fault:
            return Seen(fault.detail, fault.code, "note" if fault.code == "store.none" else "fault"), unasked

    machinery = cache(discovery.machinery)

    def system(name: str) -> Seen:
        return Seen(machinery()[name])

    def input_method() -> Seen:
        from desktop.ui.input_method import told

        found = told()
        return Seen(f"{found.name} {found.how}".strip(), found.code, "warning" if found.types_chinese is False else "note")

    def province() -> Seen:
        if not settings.platform_url:
            return Seen("", "platform.not_set_up", "note")
        with closing(PlatformClient(settings.platform_url, settings.terminal_id, settings.terminal_token)) as client:
            skew = abs((client.health().time - clock()).total_seconds())
        return Seen(f"{skew:.0f} s", *(() if skew < CLOCK_SKEW else ("check.clock_skew", "warning")))

    return (
        Check("machine", checks.machine), *installed.checks_of_installation(), Check("disk", partial(checks.disk, settings.home)),
        Check("ballast", lambda: checks.ballast(ballast_of(settings))), Check("window", partial(checks.window, settings.home)),
        *(() if settings.demo else (Check("setup", partial(checks.setup, settings.home)),)),
        Check("files", partial(checks.edited_files, settings.home)), Check("key", partial(checks.key, settings.home)),
        Check("store", lambda: ground()[0]), Check("clock", lambda: ground()[1]),
        Check("calendar", lambda: installed.calendar(read_calendar(RESOURCES / "calendar", settings.home / "calendar"), day_of(clock()))),
        Check("tables", lambda: Seen(str(len(read_codes(RESOURCES / "codes", settings.home / "codes").regions))), slow=True),
        *_safety(settings, clock), Check("themes", themes),
        *(Check(f"device:{key}", partial(device, key), slow=True) for key in settings.devices),
        *(Check(f"system:{name}", partial(system, name), slow=True) for name in discovery.MACHINERY),
        Check("input_method", input_method), Check("platform", province, slow=True))


def flows_at(desk: Desk, keep_safe: KeepSafe) -> Flows:
    """One of each flow, at this desk."""
    sign_in = SignIn(desk)
    return Flows(
        sign_in=sign_in, people=People(desk),
        greet=Greet(desk), fill=Fill(desk), read_card=ReadCard(desk), capture_page=CapturePage(desk), sign=Sign(desk),
        accept=Accept(desk), print_papers=PrintPapers(desk), correct=Correct(desk), search=Search(desk), follow=Follow(desk),
        close_day=CloseDay(desk, sign_in), devices=TendDevices(desk), browse_themes=BrowseThemes(desk), rate=Rate(desk),
        material_papers=MaterialPapers(desk), take_portrait=TakePortrait(desk), confirm_date=ConfirmDate(desk), keep_safe=keep_safe,
        upkeep=Upkeep(desk))


@contextmanager
def _alone(home: Path, store: Store) -> Iterator[str]:
    """For the loop, which knows no locks: empty while nobody else of this home talks to the province, else the code of what is in the
    way.
    """
    with ExitStack() as held:
        try:
            held.enter_context(owner.owning(home, owner.SYNC, store.make_room))
            code = ""
        except (owner.Owned, StoreFault) as error:
            code = error.code
        yield code


def _link_of(loop: Loop | None) -> tuple[Callable[[], Link], Callable[[], None]]:
    """What flows may know of the loop: they and sync do not see each other."""
    if loop is None:
        return (lambda: Link(online=False, last_sync=None, error="platform.not_set_up")), (lambda: None)
    running = loop

    def link() -> Link:
        status = running.status()
        return Link(online=status.online, last_sync=status.last_sync, error=status.last_error)

    return link, running.wake


class FirstStart:
    """What the first start may do, and the settings that come of it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def verbs(self) -> SetUp:
        """For the window."""
        codes = read_codes(RESOURCES / "codes", self.settings.home / "codes")
        return SetUp(asks_window=not chosen_keys(self.settings.home), read=self._read, mistakes=self._mistakes,
                     region_name=codes.region_name, offer=self._offer, keep=self._keep, checks=self._checks)

    def _read(self, path: Path) -> Answers:
        return read_answers(path, self.settings)

    def _mistakes(self, answers: Answers) -> tuple[Problem, ...]:
        required = REQUIRED if answers.settings else ()
        found = mistakes_in(answers, self.settings.home / SETTINGS, self.settings, required)
        return (*map(problem_of, found), *without_pin(answers, ()))

    def _offer(self, path: Path, trusted_key: str) -> Offer:
        return county.offer(self.settings.home, county_file.read(path), None, trusted_key)

    def _keep(self, answers: Answers, path: Path | None, fingerprint: str) -> Problem | None:
        """What keeps the county's file from being taken does not undo the rest: it is taken later."""
        self.settings = set_up(self.settings, answers)
        if path is None or answers.administrator is None:
            return None
        login = answers.administrator.login

        def take() -> None:
            with open_workplace(self.settings) as place:
                session = place.flows.sign_in.enter(login, answers.pins[login])
                require(place.desk, session, "county.take")
                take_county(place, county_file.read(path), session.user_id, fingerprint)

        try:
            self.settings = _reread(self.settings, take)
        except county_file.CountyRefused as refused:
            return Problem(code=refused.code, params=params_of(refused))
        return None

    def _checks(self) -> tuple[Checked, ...]:
        return checks.run(checks_of(self.settings))


class Terminal:
    """The window with everything behind it: painted first, opened behind its cover, closed in order."""

    def __init__(self, settings: Settings, cannot_open: "Callable[[Exception], None] | None" = None,
                 may_write: Callable[[], bool] = lambda: True) -> None:
        """`cannot_open` hears why the store does not open; without it the window's cover says so. `may_write`: see open_workplace."""
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
        self._cannot_open = cannot_open or self.window.tell_failure
        self._may_write = may_write

    def show(self) -> None:
        """Paint the window, then open what is behind it."""
        if self.settings.kiosk:
            self.window.showFullScreen()
        else:
            self.window.showMaximized()
        if self.settings.demo:
            self._go_on()
        else:
            self.lanes.store.run(partial(never_begun, self.settings.home, use_keyring=self.settings.keyring), self._begin,
                                 self._cannot_open, self.window)

    def _begin(self, new: bool) -> None:
        """At the first start of all ask who this PC is."""
        if new:
            first = FirstStart(self.settings)
            self.window.set_up(first.verbs(), lambda: self._go_on(first.settings))
        else:
            self._go_on()

    def _go_on(self, settings: Settings | None = None) -> None:
        self.settings = settings or self.settings
        self.lanes.store.run(self._open, self._opened, self._cannot_open, self.window)

    def _open(self) -> Workplace:
        self.settings = finish_county(self.settings)
        place = self._opened_here.enter_context(open_workplace(self.settings, begin=True, may_write=self._may_write))
        if place.desk.store.readonly is None:
            self._sweep(place.desk)
        return place

    def _sweep(self, desk: Desk) -> None:
        try:
            swept = attachments.sweep(desk.store, desk.clock(), aside_of(self.settings.home, desk.clock()))
        except StoreFault as fault:     # what lies about is in nobody's way; next time
            _log.warning("nothing was put aside: %s", fault)
            return
        if swept.parts or swept.orphans or swept.left:
            _log.warning("put %d unfinished and %d unreferenced files aside, left %d", swept.parts, swept.orphans, swept.left)

    def _opened(self, place: Workplace) -> None:
        self.place = place
        self.window.stand_at(self.settings.hall, self.settings.window, self.settings.lock_minutes)
        self.window.take_flows(place.flows)
        if place.loop is not None:
            place.loop.start()
        # Without an engine papers are kept as pictures and their fields typed; the screens say so where it matters.
        self.lanes.recognition.run(place.desk.recogniser.warm, None, lambda error: _log.warning("no recognition: %s", fault_code(error)))

    def close(self) -> None:
        """Window, lanes, then devices and store."""
        self.window.close()
        self._opened_here.close()
        self.alarm.uninstall()


def run_window(settings: Settings, log: Path | None = None, picture: Path | None = None) -> "FirstPicture | None":
    """Open the window and stay until it is closed; where one is open on this home already, have that one come forward.

    With `picture` save what it shows once somebody may sign in (or why nobody can), close it, and give what was seen.

    Raises what keeps it from opening; `log` is where a failure of Qt itself says that it is written down.
    """
    from desktop.ui import input_method, starting
    from desktop.ui.second_start import Doorbell, name_of

    with input_method.ready(input_method.told()):
        application = starting.application(log)
    application.setApplicationName("oncedesk")
    failed: list[Exception] = []

    def cannot_open(error: Exception) -> None:
        failed.append(error)
        application.exit()

    with closing(owner.Seat(settings.home, ballast_of(settings).let_go)) as seat, ExitStack() as started:
        if not _sit_down(seat, settings.home):
            return None
        if settings.demo:
            from hardware.simulated.desk import SimulatedDesk

            simulated = started.enter_context(closing(SimulatedDesk()))
            settings = replace(settings, reader=simulated.reader_address, camera=simulated.camera_address,
                               portrait=simulated.portrait_address, printer=simulated.printer_address, scanner=simulated.scanner.address,
                               rating=simulated.keypad.address, keyring=False,
                               paper_printer=settings.paper_printer or f"file-folder:{settings.home / 'printed'}")
        terminal = Terminal(settings, cannot_open if picture is None else None, seat.take)
        started.callback(terminal.close)
        photographer = _photographer(terminal, picture, application.quit) if picture is not None else None
        terminal.show()
        if settings.demo:
            _demo_desk(terminal, simulated).show()
        doorbell = started.enter_context(closing(Doorbell(name_of(settings.home))))
        if doorbell.trouble:
            _log.warning("a second start will not find this window: %s", doorbell.trouble)
        doorbell.rung.connect(terminal.window.come_forward)
        application.exec()
    if failed:
        raise failed[0]
    return photographer.taken if photographer is not None else None


def _photographer(terminal: Terminal, file: Path, done: Callable[[], None]) -> "Photographer":
    from desktop.ui.first_picture import Photographer

    def settled() -> bool:
        loop = terminal.place.loop if terminal.place is not None else None
        return loop is None or loop.status().online is not None

    made = Photographer(terminal.window, file, settled)
    made.done.connect(done)
    return made


def _sit_down(seat: owner.Seat, home: Path) -> bool:
    """False: somebody sits there, and that window came forward.

    Raises Owned when what has the seat shows no window, or one that does not answer.
    """
    from desktop.ui.second_start import name_of, ring

    end = monotonic() + OTHER_STARTS
    while True:
        try:
            seat.sit()
        except StoreFault as fault:
            if fault.code not in UNWRITABLE:
                raise
            _log.warning("no lock can be had, so the window opens to read: %s", fault)
            return ring(name_of(home)) != "came"
        except owner.Owned:
            heard = ring(name_of(home))
            if heard == "came":
                return False
            if heard == "silent":
                raise owner.Owned("station.window_hangs") from None
            if monotonic() > end:
                raise
            sleep(0.2)
        else:
            return True


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
