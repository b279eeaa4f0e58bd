"""The family rates the service, if it likes to; a supervisor reads the day's ratings and answers the bad ones.

Nobody at the window learns the level from here: the journal and the case's page only say that it was rated.
Sending ratings to the province is not done here.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from db import cases, journal, ratings
from db.records import RatingRecord
from desktop.domain import rating
from desktop.domain.hall_time import bounds
from desktop.flows.desk import Desk
from desktop.flows.search import masked_title
from desktop.flows.sign_in import require
from desktop.flows.views import Session

Channel = Literal["screen", "keypad"]


class NotRateable(Exception):
    """A case that was not accepted is not rated."""

    code = "rating.not_accepted"


class AlreadyRated(Exception):
    """One rating per service."""

    code = "rating.already"


class ReasonMissing(Exception):
    """差评 needs a reason or some words."""

    code = "rating.reason_missing"


class CorrectionMissing(Exception):
    """Nothing was written of what was found and done."""

    code = "rating.correction_missing"


@dataclass(frozen=True)
class Invitation:
    """What the window may do about rating this case."""

    theme_title: str
    offer: bool
    """Invite by ourselves; False = only when the family asks (the pack says so)."""
    rated: bool


@dataclass(frozen=True)
class BadRating:
    """A 差评 that nobody has answered yet."""

    case_uuid: str
    case_number: str
    title: str
    """The applicant, masked."""
    level: int
    word: str
    reasons: tuple[str, ...]
    text: str
    rated_at: datetime


@dataclass(frozen=True)
class DayRatings:
    """A day's ratings in numbers, and what is open of all days."""

    counts: tuple[tuple[str, int], ...]
    """(level in words, how many) for all five."""
    open: tuple[BadRating, ...]
    """Oldest first."""

    @property
    def total(self) -> int:
        """How many rated."""
        return sum(count for _, count in self.counts)


class Rate:
    """好差评."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def invitation(self, session: Session, case_uuid: str) -> Invitation:
        """Whether to ask the family, and whether it has answered; never what."""
        del session
        with self._desk.store.reading() as tx:
            record = cases.get(tx, case_uuid)
            rated = ratings.find(tx, case_uuid) is not None
        pack = self._desk.packs.get(record.theme_id, record.theme_version)
        return Invitation(pack.title, pack.rating == "offer", rated)

    def rate(self, session: Session, case_uuid: str, level: int, reasons: tuple[str, ...] = (), text: str = "",
             channel: Channel = "screen") -> None:
        """Keep it; raises NotRateable, AlreadyRated, ReasonMissing. A keypad has no room for reasons: there the office asks later.

        `level` 1..5, `reasons` words of rating.REASONS, both else ValueError; of the text the first 200 characters are kept.
        """
        if level not in rating.LEVELS or not set(reasons) <= set(rating.REASONS):
            raise ValueError(f"no such level or reason: {level}")
        text = text.strip()[:rating.LONGEST]
        if channel == "screen" and rating.lacks_reason(level, reasons, text):
            raise ReasonMissing
        desk, now = self._desk, self._desk.clock()
        with desk.store.transaction() as tx:
            if cases.get(tx, case_uuid).accepted_at is None:
                raise NotRateable
            if ratings.find(tx, case_uuid) is not None:
                raise AlreadyRated
            ratings.put(tx, RatingRecord(case_uuid=case_uuid, level=level, reasons=reasons, text=text, channel=channel,
                                         window=desk.settings.window, clerk=session.user_id, rated_at=now))
            journal.append(tx, now, session.user_id, "case.rated", case_uuid, {"channel": channel})

    @property
    def has_keypad(self) -> bool:
        """Whether a rating keypad is set up."""
        return bool(self._desk.devices.rating.address)

    def rate_on_keypad(self, session: Session, case_uuid: str, timeout: float = 60.0) -> None:
        """Wait for a key and keep what it says; DeviceFault(TIMEOUT) when nobody pressed, which is their right."""
        with self._desk.devices.rating.use() as keypad:
            level = keypad.ask(timeout)
        self.rate(session, case_uuid, level, channel="keypad")

    def stop_keypad(self) -> None:
        """The family has gone: rate_on_keypad ends with DeviceFault(CANCELLED). From any thread."""
        self._desk.devices.rating.cancel()

    def of_day(self, session: Session, day: date | None = None) -> DayRatings:
        """For supervisors; raises NotAllowed. None = today in the hall's time."""
        require(self._desk, session, "rating.read")
        start, end = bounds(day or self._desk.today())
        with self._desk.store.reading() as tx:
            given = ratings.counts(tx, start, end)
            found = []
            for one in ratings.unanswered(tx, rating.BAD):
                record = cases.get(tx, one.case_uuid)
                found.append(BadRating(
                    case_uuid=one.case_uuid, case_number=record.case_number or "", title=masked_title(record), level=one.level,
                    word=rating.LEVELS[one.level], reasons=one.reasons, text=one.text, rated_at=one.rated_at))
        return DayRatings(tuple((word, given.get(level, 0)) for level, word in rating.LEVELS.items()), tuple(found))

    def correct(self, session: Session, case_uuid: str, correction: str, day: date | None = None) -> DayRatings:
        """A supervisor writes what was found and done; the 差评 is no longer open. Raises NotAllowed, CorrectionMissing."""
        require(self._desk, session, "rating.read")
        if not correction.strip():
            raise CorrectionMissing
        now = self._desk.clock()
        with self._desk.store.transaction() as tx:
            ratings.correct(tx, case_uuid, correction.strip(), session.user_id, now)
            journal.append(tx, now, session.user_id, "rating.corrected", case_uuid)
        return self.of_day(session, day)
