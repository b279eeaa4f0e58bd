"""Flows that return constant views: for layout and keyboard tests of the window only. Nothing here decides anything."""

import time
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from desktop.domain.roles import may
from desktop.flows.browse_themes import BrowseThemes
from desktop.flows.bundle import Flows
from desktop.flows.close_day import DayRefused
from desktop.flows.devices import Change, SeenFault
from desktop.flows.rate import BadRating, DayRatings
from desktop.flows.sign_in import NotAllowed, SignInRefused
from desktop.flows.tend_devices import DeviceCard, Progress, Tried
from desktop.flows.theme_views import PackList, PackView
from desktop.flows.views import (
    CaseRow,
    CaseView,
    DayClosed,
    DayView,
    Session,
    SyncPill,
    SyncRow,
    ThemeCard,
    Today,
)
from desktop.shelf import RESOURCES, Packs
from hardware.discovery import Found
from hardware.faults import DeviceFault, FaultCode
from hardware.readings import Light

NOW = datetime(2026, 11, 20, 2, 32, 5, tzinfo=UTC)
CLERK = Session("u1", "wang", "王秀兰", "clerk")
ADMIN = Session("u0", "admin", "赵启明", "administrator")
PIN = "135790"

NEWBORN = ThemeCard("hebei-newborn", "2023", "新生儿出生", "示例县", "baby-carriage", 6, 6,
                    ("出生医学证明", "预防接种证", "户口登记", "居民医保参保", "社会保障卡"))
MARRIAGE = ThemeCard("marriage", "2024", "公民婚育", "示例县", "hearts", 6, 5, ("结婚登记", "婚姻状况变更", "夫妻户口迁移", "生育登记"))
LATER = ThemeCard("after-death", "2023", "公民身后", "示例县", "candle", 9, 16,
                  ("死亡医学证明", "火化证明", "户口注销", "社保与医保支取", "公积金提取", "驾驶证注销"))


def case(number: int, title: str, status: str = "draft", note: str = "", step: str = "form", done: int = 26,
         sync: str = "none") -> CaseRow:
    """One made-up case."""
    return CaseRow(
        case_uuid=f"case-{number}", case_number="" if status == "draft" else f"130529-XS-20261120-{number:04}", title=title,
        theme="新生儿出生", status=status, step=step, done=done, of=38, note=note,
        saved_at=datetime(2026, 11, 20, 2, 21 - number % 20, tzinfo=UTC),
        due_date=None if status == "draft" else date(2026, 11, 30),
        sync=sync, clerk="王秀兰")  # type: ignore[arg-type]


CASES = (
    case(1, "张*桐之女", note="还缺 2 份材料：户口簿首页、结婚证"),
    case(2, "周*峰、刘*之子", "correcting", "等申请人补：父亲身份证反面", "papers", 31),
    case(3, "李*芬之女", "returned", "省平台退回：户主姓名与户口簿不一致", "done", 38, "refused"),
    case(4, "王*诺", "in_progress", "等派出所办理户口登记", "done", 38, "sent"),
)

LIGHTS = (
    Light("reader", "读卡器", "serial:/dev/ttyUSB0", "ok"),
    Light("camera", "高拍仪", "uvc:Document Camera?usb=0c45:6366", "ok"),
    Light("portrait", "人像摄像头", "", "absent"),
    Light("scanner", "扫描仪", "sane:net:192.0.2.9:fujitsu:fi-7160:1", "fault", "scanner.jammed"),
    Light("printer", "打印机", "tcp://192.0.2.7:9100", "warn", "printer.paper_near_end"),
    Light("paper_printer", "A4 打印机", "cups:office", "ok"),
    Light("signature", "签字屏", "", "absent"),
    Light("rating", "评价器", "", "absent"),
)
FOUND = (
    Found(("reader", "printer"), "/dev/ttyUSB0 USB Serial", "serial:/dev/ttyUSB0"),
    Found(("reader",), "SDT 身份证模块", "usb:0400:c35a"),
    Found(("reader",), "Senter ST-1", "usb:10c4:8a1b", "found.needs_library", "信通"),
    Found((), "USB", "usb:1234:5678", "found.unknown"),
    Found(("camera", "portrait"), "Document Camera", "uvc:Document Camera?usb=0c45:6366"),
)

DAY = DayView(
    day=date(2026, 11, 20), closed=False, accepted=31, sent=27, waiting=3, correcting=1, refused=0, receipts_printed=30,
    evidence_missing=0,
    by_theme=(("新生儿出生", 22, 22, 22, 20, "2 件待推送"), ("公民婚育", 5, 5, 5, 5, ""),
              ("公民身后", 4, 4, 3, 2, "1 件未打印回执，1 件待推送，1 件被退回")),
    by_hour=((8, 3), (9, 6), (10, 7), (11, 4), (13, 1), (14, 5), (15, 3), (16, 2)),
    todo=(("case-9", "李*芬", "回执未打印"), ("case-1", "张*桐之女", "等待推送"), ("case-3", "赵*鸣之子", "省平台退回，需处理")),
    journal_ok=True, journal_count=412, closed_by="", reviewed_by="")

RATINGS = DayRatings(
    (("非常满意", 12), ("满意", 6), ("基本满意", 1), ("不满意", 1), ("非常不满意", 1)),
    (BadRating("case-1", "130529-XS-20261120-0001", "张*桐", 5, "非常不满意", ("未一次性告知", "等候时间长"), "来了三趟才说要带户口簿。",
               datetime(2026, 11, 20, 1, 15, tzinfo=UTC)),
     BadRating("case-4", "130529-HY-20261120-0002", "王*诺", 4, "不满意", (), "", datetime(2026, 11, 20, 3, 2, tzinfo=UTC))))

ROWS = (
    SyncRow("case-3", "130529-XS-20261120-0003", "李*芬之女", "refused", 2, None, None, "platform.refused", ""),
    SyncRow("case-5", "130529-XS-20261120-0005", "钱*安之子", "waiting", 4, datetime(2026, 11, 20, 2, 40, tzinfo=UTC), None,
            "platform.unreachable", ""),
    SyncRow("case-6", "130529-XS-20261120-0006", "孙*宁之女", "waiting", 0, None, None, "", ""),
    SyncRow("case-4", "130529-XS-20261120-0004", "王*诺", "sent", 1, None, datetime(2026, 11, 20, 1, 58, tzinfo=UTC), "",
            "PT-20261120-88412"),
)


SYNCED = SyncPill(True, 0, 0, NOW)
TODAY = Today(14, 2, 1, 7.2, ("回执纸不足，约剩 20 张", "户口登记须在 30 日内申报，今有 1 件临近"))


@dataclass
class StandIn:
    """Every flow the window's own screens use, in one object; what it was asked is in `asked`."""

    themes_in_force: tuple[ThemeCard, ...] = (NEWBORN, MARRIAGE, LATER)
    rows_to_go_on: tuple[CaseRow, ...] = CASES
    listed: tuple[CaseRow, ...] = CASES
    outbox: tuple[SyncRow, ...] = ROWS
    day: DayView = DAY
    ratings: DayRatings = RATINGS
    people: tuple[tuple[str, str], ...] = (("wang", "王秀兰"), ("li", "李建民"), ("admin", "赵启明"))
    pill_now: SyncPill = SYNCED
    counters: Today = TODAY
    device_lights: tuple[Light, ...] = LIGHTS
    changes: tuple[Change, ...] = ()
    county_packs: Path = Path("themes")
    shelf: Packs | None = None
    pause: float = 0.0
    asked: list[str] = field(default_factory=list)

    def _seen(self, what: str) -> None:
        self.asked.append(what)
        if self.pause:
            time.sleep(self.pause)

    def users(self) -> tuple[tuple[str, str], ...]:
        return self.people

    def enter(self, login: str, pin: str) -> Session:
        self._seen(f"enter {login}")
        if pin == "000000":
            raise SignInRefused("sign_in.locked", 30)
        if pin != PIN:
            raise SignInRefused("sign_in.wrong")
        return ADMIN if login == "admin" else replace(CLERK, login=login, name=dict(self.people)[login], user_id=login)

    def add_user(self, by: Session | None, login: str, name: str, role: str, pin: str) -> Session:
        del by, pin
        self._seen(f"add_user {login} {role}")
        self.people = (*self.people, (login, name))
        return Session(login, login, name, role)  # type: ignore[arg-type]

    def themes(self) -> tuple[ThemeCard, ...]:
        return self.themes_in_force

    def resumable(self, session: Session) -> tuple[CaseRow, ...]:
        del session
        return self.rows_to_go_on

    def today(self) -> Today:
        return self.counters

    def start(self, session: Session, theme_id: str) -> CaseView:
        del session
        self._seen(f"start {theme_id}")
        raise SignInRefused("device.not_connected")      # the intake has tests of its own

    def cases(self, session: Session, text: str = "", status: str = "", limit: int = 200) -> tuple[CaseRow, ...]:
        del session
        self._seen(f"cases {text} {status}".strip())
        return tuple(row for row in self.listed if text in row.title + row.case_number and status in {"", row.status})[:limit]

    def pill(self) -> SyncPill:
        return self.pill_now

    def rows(self) -> tuple[SyncRow, ...]:
        return self.outbox

    def retry(self, session: Session, case_uuid: str) -> None:
        del session
        self._seen(f"retry {case_uuid}")

    def view(self, day: date | None = None) -> DayView:
        del day
        return self.day

    def close(self, session: Session, reviewer_login: str, reviewer_pin: str, note: str = "",
              day: date | None = None) -> DayClosed:
        del note, day
        self._seen(f"close {reviewer_login}")
        reviewer = self.enter(reviewer_login, reviewer_pin)
        if reviewer.login == session.login:
            raise DayRefused("day.same_person")
        self.day = replace(self.day, closed=True, closed_by=session.name, reviewed_by=reviewer.name)
        return self.export(session, Path("days"))

    def export(self, session: Session, out: Path, day: date | None = None) -> DayClosed:
        del session, day
        return DayClosed(*(str(out / f"day-2026-11-20-window-3.{ending}") for ending in ("xlsx", "pdf", "jsonl")))

    def of_day(self, session: Session, day: date | None = None) -> DayRatings:
        del day
        assert session.role != "clerk"
        self._seen("ratings")
        return self.ratings

    def correct(self, session: Session, case_uuid: str, correction: str, day: date | None = None) -> DayRatings:
        del session, day
        self._seen(f"correct {case_uuid} {correction}")
        self.ratings = replace(self.ratings, open=tuple(bad for bad in self.ratings.open if bad.case_uuid != case_uuid))
        return self.ratings

    def lights(self) -> tuple[Light, ...]:
        return self.device_lights

    def cards(self) -> tuple[DeviceCard, ...]:
        return tuple(self.check(light.kind) for light in self.device_lights)

    def check(self, key: str) -> DeviceCard:
        light = next(light for light in self.device_lights if light.kind == key)
        faults = (SeenFault(NOW, light.fault),) * 5 if light.fault else ()
        return DeviceCard(key, light.kind, light.name, light, True, faults)

    def doubt(self) -> None:
        """The clock is believed."""

    def look_round(self) -> tuple[Change, ...]:
        changes, self.changes = self.changes, ()
        return changes

    def found(self) -> tuple[Found, ...]:
        return FOUND

    look = found

    def choose(self, session: Session, key: str, address: str | None) -> DeviceCard:
        if not may(session.role, "devices.choose"):
            raise NotAllowed("devices.choose")
        self._seen(f"choose {key} {address}")
        self.device_lights = tuple(replace(light, address=address or "", state="ok" if address else "absent", fault=None)
                                   if light.kind == key else light for light in self.device_lights)
        return self.check(key)

    def try_out(self, key: str, progress: Progress) -> Tried:
        self._seen(f"try {key}")
        progress(1, 0.5)
        if key == "scanner":
            raise DeviceFault(FaultCode.JAMMED)
        if key == "camera":
            return Tried(key, "拍到 2592 × 1944，1.2 MB", 0.8, np.full((300, 400, 3), (60, 120, 180), np.uint8))
        return Tried(key, "芯片可读：张*桐，130529********0017", 3.0)

    def packs(self) -> PackList:
        return self._browser().packs()

    def pack(self, theme_id: str, version: str) -> PackView:
        return self._browser().pack(theme_id, version)

    def reread(self, session: Session) -> PackList:
        self._seen(f"reread {session.role}")
        self.shelf = Packs(RESOURCES / "themes", self.county_packs)
        return self.packs()

    def _browser(self) -> BrowseThemes:
        """The real one: it only reads files."""
        self.shelf = self.shelf or Packs(RESOURCES / "themes", self.county_packs)
        settings = SimpleNamespace(region="130529", packs=self.county_packs)
        return BrowseThemes(cast("Any", SimpleNamespace(packs=self.shelf, settings=settings, today=NOW.date)))

    def flows(self) -> Flows:
        """The bundle a window is handed."""
        return Flows(**dict.fromkeys(Flows.__dataclass_fields__, cast("Any", self)))
