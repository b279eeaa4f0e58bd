"""The home screen: themes to start, drafts to go on with, today in numbers."""

from collections.abc import Iterable

from db import cases, counts, evidence, journal, outbox
from db.records import CaseRecord, MatterRecord
from db.store import Tx
from desktop.domain.case import CaseStatus, MatterState
from desktop.domain.hall_time import bounds, day_of
from desktop.domain.themes import ThemePack
from desktop.flows import case_file, case_view
from desktop.flows.desk import Desk
from desktop.flows.search import OPEN, rows
from desktop.flows.views import CaseRow, CaseView, Session, ThemeCard, Today

_SHOWN = 8
"""How many cases the home screen offers to go on with."""


class Greet:
    """From greeting to an open draft."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def themes(self) -> tuple[ThemeCard, ...]:
        """Packs in force today: those of the window's own region first."""
        here = self._desk.settings.region
        cards = [ThemeCard(
            theme_id=pack.id, version=pack.version, short_title=pack.short_title, region=pack.region.name, icon=pack.icon,
            materials=len(pack.materials), working_days=pack.limit.working_days,
            matters=tuple(matter.name for matter in pack.matters), own_region=holds_in(pack, here), region_name=pack.region.name)
            for pack in on_home(self._desk.packs.in_force(self._desk.today()), here)]
        return tuple(cards)

    def resumable(self, session: Session) -> tuple[CaseRow, ...]:
        """Cases to go on with, newest first."""
        del session  # a colleague's draft may be taken over
        with self._desk.store.reading() as tx:
            return rows(self._desk, tx, cases.newest(tx, OPEN, _SHOWN))

    def today(self) -> Today:
        """Today's counters."""
        with self._desk.store.reading() as tx:
            day = counts.of_day(tx, bounds(self._desk.today())[0])
            waiting = outbox.counts(tx)["waiting"]
            correcting = cases.status_counts(tx).get(CaseStatus.CORRECTING, 0)
        hints = (f"{len(self._desk.packs.broken)} 个主题包有错，未启用",) if self._desk.packs.broken else ()
        return Today(accepted=day.accepted, waiting_to_send=waiting, correcting=correcting,
                     mean_minutes=None if day.mean_seconds is None else day.mean_seconds / 60, hints=hints)

    def start(self, session: Session, theme_id: str) -> CaseView:
        """A new draft, pinned to the version in force today; saved before it is shown. Raises ClockDoubted."""
        desk, now = self._desk, self._desk.time.sure()
        pack = desk.packs.get(theme_id, on=day_of(now))
        uuid = desk.new_id()
        with desk.store.transaction() as tx:
            if (untouched := self._untouched(tx, session, pack)) is not None:
                return case_view.view(desk, case_file.load(desk, tx, untouched))
            cases.create(tx, CaseRecord(
                case_uuid=uuid, theme_id=pack.id, theme_version=pack.version, status=CaseStatus.DRAFT, revision=0, created_at=now,
                updated_at=now, created_by=session.user_id, window=desk.settings.window))
            cases.put_matters(tx, uuid, [MatterRecord(
                matter_id=matter.id, name=matter.name, department=case_file.department_of(pack, matter),
                state=MatterState.NOT_SELECTED) for matter in pack.matters])
            journal.append(tx, now, session.user_id, "case.created", uuid, {"theme": pack.id, "version": pack.version})
            return case_view.view(desk, case_file.load(desk, tx, uuid))

    def _untouched(self, tx: Tx, session: Session, pack: ThemePack) -> str | None:
        """This clerk's draft of the same pack in which nothing has been done yet: no second empty one beside it."""
        for draft in cases.newest(tx, (CaseStatus.DRAFT,), _SHOWN, session.user_id):
            if ((draft.theme_id, draft.theme_version) == (pack.id, pack.version) and not cases.answers(tx, draft.case_uuid)
                    and not evidence.for_case(tx, draft.case_uuid)):
                return draft.case_uuid
        return None


def on_home(packs: Iterable[ThemePack], region: str) -> tuple[ThemePack, ...]:
    """In the order of the home screen: the window's own region first, in each region as the packs ask for."""
    return tuple(sorted(packs, key=lambda pack: (not holds_in(pack, region), pack.region.code, pack.home_place, pack.id)))


def holds_in(pack: ThemePack, region: str) -> bool:
    """Whether a window in this county (GB/T 2260, six digits) stands in the pack's region: 130000 holds in 130529."""
    code = pack.region.code
    whole = code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
    return region.startswith(whole)
