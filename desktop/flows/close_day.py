"""Day-end: count, reconcile, seal with a second person, export."""

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from pydantic import TypeAdapter

from db import attachments, cases, counts, days, evidence, journal, outbox, users
from db.faults import from_os
from db.records import CaseRecord, DayRecord, OutboxRecord
from db.store import Tx
from desktop.domain import masking
from desktop.domain.hall_time import bounds, day_of
from desktop.domain.snapshot import CaseSnapshot
from desktop.flows.desk import Desk
from desktop.flows.search import masked_title, sync_state, theme_title
from desktop.flows.sign_in import SignIn, require
from desktop.flows.views import DayClosed, DayView, Session
from desktop.papers.sheet import DayCase, DayLine, DaySheet

_SHEET = TypeAdapter(DaySheet)


class DayRefused(Exception):
    """`code`: `day.already_closed`, `day.not_closed`, `day.same_person`, `day.future`, `day.journal_broken`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CloseDay:
    """日终."""

    def __init__(self, desk: Desk, sign_in: SignIn) -> None:
        self._desk = desk
        self._sign_in = sign_in

    def view(self, day: date | None = None) -> DayView:
        """The day in numbers; None = today in the hall's time."""
        day = day or self._desk.today()
        with self._desk.store.reading() as tx:
            closed = days.get(tx, day)
            today = counts.of_day(tx, bounds(day)[0])
            waiting = outbox.counts(tx)
            accepted = self._accepted(tx, day)
            lines = self._lines(tx, accepted)
            todo = [(row.case_uuid, self._title(tx, row.case_uuid), "等待推送" if row.state == "waiting" else "省平台退回，需处理")
                    for row in outbox.rows(tx) if row.state in {"waiting", "refused"}]
            todo += [(case.case_uuid, masked_title(case), "回执未打印") for case in accepted if case.receipt_printed_at is None]
            broken = journal.verify(tx)
            count, _ = journal.head(tx)
        return DayView(
            day=day, closed=closed is not None, accepted=len(accepted), sent=sum(line.sent for line in lines),
            waiting=waiting["waiting"], correcting=today.corrected, refused=today.refused,
            receipts_printed=sum(line.receipts_printed for line in lines),
            evidence_missing=sum(line.accepted - line.evidence_complete for line in lines),
            by_theme=tuple((line.theme, line.accepted, line.evidence_complete, line.receipts_printed, line.sent, line.finding)
                           for line in lines),
            by_hour=today.by_hour, todo=tuple(todo), journal_ok=broken is None, journal_count=count,
            closed_by=closed.closed_by if closed else "", reviewed_by=closed.reviewed_by if closed else "")

    def close(self, session: Session, reviewer_login: str, reviewer_pin: str, note: str = "",
              day: date | None = None) -> DayClosed:
        """Seal the day with a second person's PIN and write its files; raises DayRefused, SignInRefused, NotAllowed."""
        desk = self._desk
        day = day or desk.today()
        require(desk, session, "day.close")
        now = desk.time.sure()
        if day > day_of(now):
            raise DayRefused("day.future")
        reviewer = self._sign_in.enter(reviewer_login, reviewer_pin)
        if reviewer.user_id == session.user_id:
            raise DayRefused("day.same_person")
        require(desk, reviewer, "day.review")
        with desk.store.transaction() as tx:
            if days.get(tx, day) is not None:
                raise DayRefused("day.already_closed")
            if journal.verify(tx) is not None:
                raise DayRefused("day.journal_broken")
            accepted = self._accepted(tx, day)
            last = _range(tx, day)[1]
            closing = journal.append(tx, now, session.user_id, "day.closed", None, {"day": day, "reviewer": reviewer.user_id})
            # Closed late, it ends where a later day began; else with the row that closes it.
            end = closing if last == closing.seq - 1 else journal.row(tx, last)
            count, head = (end.seq, end.digest) if end else (0, journal.START)
            lines = self._lines(tx, accepted)
            sheet = DaySheet(
                day=day, hall=desk.settings.hall, window=desk.settings.window, closed_by=session.name,
                reviewed_by=reviewer.name, closed_at=now, lines=lines, cases=self._cases(tx, accepted),
                journal_head=head, journal_count=count,
                previous_seal=_seal_before(tx),
                differences=tuple(filter(None, [*(f"{line.theme}：{line.finding}" for line in lines if line.finding),
                                                masking.mask_text(note)])),
                demo=desk.settings.demo)
            days.close(tx, DayRecord(day=day, closed_at=now, closed_by=session.name, reviewed_by=reviewer.name,
                                     journal_head=head, journal_count=count,
                                     sheet=_SHEET.dump_json(sheet).decode()))
        return _write(sheet, desk.settings.days)

    def export(self, session: Session, out: Path, day: date | None = None) -> DayClosed:
        """Write the files of a closed day again; raises DayRefused."""
        del session
        day = day or self._desk.today()
        with self._desk.store.reading() as tx:
            record = days.get(tx, day)
        if record is None:
            raise DayRefused("day.not_closed")
        return _write(_SHEET.validate_json(record.sheet), out)

    def _accepted(self, tx: Tx, day: date) -> tuple[CaseRecord, ...]:
        """A day's cases, newest first: of a closed day those it sealed, else those accepted in its range of the journal."""
        if (own := days.get(tx, day)) is not None:
            numbers = {case.case_number for case in _SHEET.validate_json(own.sheet).cases}
            return tuple(case for number in sorted(numbers, reverse=True) if (case := cases.by_number(tx, number)) is not None)
        uuids = journal.cases_of(tx, "case.accepted", *_range(tx, day))
        return tuple(cases.get(tx, uuid) for uuid in reversed(uuids))

    def _lines(self, tx: Tx, accepted: tuple[CaseRecord, ...]) -> tuple[DayLine, ...]:
        """The four-way check per theme: accepted, evidence, receipts, sent."""
        rows = outbox.latest(tx, [case.case_uuid for case in accepted])
        lines = []
        for theme in sorted({theme_title(self._desk, case) for case in accepted}):
            its = [case for case in accepted if theme_title(self._desk, case) == theme]
            complete = sum(_evidence_complete(tx, rows.get(case.case_uuid)) for case in its)
            printed = sum(case.receipt_printed_at is not None for case in its)
            sent = sum(sync_state(rows.get(case.case_uuid)) == "sent" for case in its)
            waiting = sum(sync_state(rows.get(case.case_uuid)) == "waiting" for case in its)
            returned = len(its) - sent - waiting
            finding = "，".join(words for count, words in (
                (len(its) - complete, f"{len(its) - complete} 件缺影像"), (len(its) - printed, f"{len(its) - printed} 件未打印回执"),
                (waiting, f"{waiting} 件待推送"), (returned, f"{returned} 件被退回")) if count)
            lines.append(DayLine(theme=theme, accepted=len(its), evidence_complete=complete, receipts_printed=printed, sent=sent,
                                 waiting=waiting, returned=returned, finding=finding))
        return tuple(lines)

    def _cases(self, tx: Tx, accepted: tuple[CaseRecord, ...]) -> tuple[DayCase, ...]:
        rows = outbox.latest(tx, [case.case_uuid for case in accepted])
        names = {user.user_id: user.name for user in users.everybody(tx, active_only=False)}
        made = []
        for case in reversed(accepted):
            row = rows.get(case.case_uuid)
            assert case.accepted_at is not None, "asked for"
            clerk = CaseSnapshot.model_validate_json(row.body).clerk if row else case.created_by
            made.append(DayCase(
                case_number=case.case_number or "", theme=theme_title(self._desk, case), applicant=masked_title(case),
                clerk=names.get(clerk, ""), window=case.window, accepted_at=case.accepted_at, due_date=case.due_date,
                status=case.status, sync_state=sync_state(row), attempts=row.attempts if row else 0,
                last_error=row.last_error if row else "", receipt_printed=case.receipt_printed_at is not None))
        return tuple(made)

    def _title(self, tx: Tx, case_uuid: str) -> str:
        return masked_title(cases.get(tx, case_uuid))


def _evidence_complete(tx: Tx, row: OutboxRecord | None) -> bool:
    """Whether everything the case was accepted with is still there, row and file."""
    if row is None:
        return False
    held = {piece.sha256 for piece in evidence.for_case(tx, row.case_uuid)}
    return all(piece.sha256 in held and attachments.present(tx, piece.sha256)
               for piece in CaseSnapshot.model_validate_json(row.body).evidence)


def _range(tx: Tx, day: date) -> tuple[int, int]:
    """A day that is not closed is a range (after, until] of the journal: all since the last closing, however the clock went meanwhile,
    up to where a later day begins.
    """
    before = days.latest(tx)
    after = before.journal_count if before else 0
    return after, journal.last_before(tx, bounds(day)[1], after)


def _seal_before(tx: Tx) -> str:
    """The seal of the day closed before: each day's log continues the one before."""
    from desktop.papers.sealed_log import seal_of, sealed_lines

    before = days.latest(tx)
    return "" if before is None else seal_of(sealed_lines(_SHEET.validate_json(before.sheet)))


def _write(sheet: DaySheet, folder: Path) -> DayClosed:
    """The three files of a day, each whole or not there at all; masked data only. Raises StoreFault: the day stays closed, export again."""
    from desktop.papers.day_end import day_pdf, day_workbook, sealed_lines

    try:
        return _write_whole(sheet, folder, {"xlsx": day_workbook(sheet), "pdf": day_pdf(sheet), "jsonl": sealed_lines(sheet)})
    except OSError as e:
        raise from_os(e) from e


def _write_whole(sheet: DaySheet, folder: Path, made: Mapping[str, bytes]) -> DayClosed:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    stem = f"day-{sheet.day.isoformat()}-window-{sheet.window}"
    paths = {}
    for ending, data in made.items():
        path = folder / f"{stem}.{ending}"
        part = path.with_suffix(path.suffix + ".part")
        with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        paths[ending] = str(path)
    return DayClosed(xlsx=paths["xlsx"], pdf=paths["pdf"], sealed=paths["jsonl"])
