"""Find cases, and say of each in one line what it waits for."""

from db import cases, outbox, users
from db.records import CaseRecord, OutboxRecord
from db.store import Tx
from desktop.domain import identity, masking, spelling
from desktop.domain.case import CaseStatus
from desktop.flows.desk import Desk
from desktop.flows.views import CaseRow, Session, SyncState
from desktop.shelf import UnknownPack

OPEN = (CaseStatus.DRAFT, CaseStatus.CORRECTING, CaseStatus.RETURNED)
"""Statuses in which a case waits for the window."""


class Search:
    """The case list."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def cases(self, session: Session, text: str = "", status: str = "", limit: int = 200) -> tuple[CaseRow, ...]:
        """Newest first; `text` matches case number, applicant name (also pinyin and initials) or ID number."""
        del session  # everybody at the window may see the masked list
        with self._desk.store.reading() as tx:
            found = cases.find_text(tx, _wanted(text), (status,) if status else (), limit)
            return rows(self._desk, tx, found)


def _wanted(text: str) -> str:
    """As names and numbers are stored; an old number of fifteen digits finds who bears it in its long form."""
    number = spelling.id_number(text)
    return identity.in_full(number) if identity.fault(number) in {None, "id_number.fifteen"} else spelling.name(text)


def rows(desk: Desk, tx: Tx, found: tuple[CaseRecord, ...]) -> tuple[CaseRow, ...]:
    """Case records as lines of a list; names are masked."""
    sending = outbox.latest(tx, [record.case_uuid for record in found])
    names = {user.user_id: user.name for user in users.everybody(tx, active_only=False)}
    return tuple(_row(desk, record, sending.get(record.case_uuid), names.get(record.created_by, "")) for record in found)


def sync_state(row: OutboxRecord | None) -> SyncState:
    """What the list and the intake say of sending."""
    if row is None:
        return "none"
    return {"waiting": "waiting", "sent": "sent"}.get(row.state, "refused")  # type: ignore[return-value]


def theme_title(desk: Desk, record: CaseRecord) -> str:
    """The short title of the pack the case is pinned to."""
    try:
        return desk.packs.get(record.theme_id, record.theme_version).short_title
    except UnknownPack:
        return record.theme_id


def _row(desk: Desk, record: CaseRecord, sending: OutboxRecord | None, clerk: str) -> CaseRow:
    return CaseRow(
        case_uuid=record.case_uuid, case_number=record.case_number or "", title=masked_title(record),
        theme=theme_title(desk, record), status=record.status, step=record.step, done=record.fields_done,
        of=record.fields_total, note=_note(record, sending), saved_at=record.updated_at, due_date=record.due_date,
        sync=sync_state(sending), clerk=clerk,
    )


def masked_title(record: CaseRecord) -> str:
    """How a list names a case without telling who it is."""
    return masking.mask_name(record.applicant_name) if record.applicant_name else "未读取申请人"


_STEPS = {"eligibility": "告知与条件", "papers": "证件与材料", "form": "填表", "applicant": "申请人核对", "done": "受理与打印"}


def _note(record: CaseRecord, sending: OutboxRecord | None) -> str:
    if record.status == CaseStatus.RETURNED:
        return f"省平台退回：{record.return_reason}"
    if record.status in OPEN:
        return f"停在：{_STEPS.get(record.step, record.step)}"
    if sending is not None and sending.state == "waiting":
        return "等待推送到省平台"
    return {CaseStatus.IN_PROGRESS: "部门办理中", CaseStatus.FINISHED: "全部办结"}.get(CaseStatus(record.status), "")
