"""One case with all that belongs to it, read in one transaction and evaluated. How it is shown: case_view."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from db import attachments, cases, evidence, outbox, print_jobs, progress
from db.records import AnswerRecord, CaseRecord, EvidenceRecord, MatterRecord, OutboxRecord, PrintJobRecord, ProgressRecord
from db.store import Tx
from desktop.domain import checklist, prefill
from desktop.domain.case import CaseStatus, MatterState, editable
from desktop.domain.evaluate import Evaluation, RuleVerdict, evaluate
from desktop.domain.hall_time import day_of
from desktop.domain.matters import MatterPlan
from desktop.domain.prefill import Answer, Fact, Role, Source
from desktop.domain.themes import Field, Matter, ThemePack
from desktop.domain.working_days import Pause
from desktop.flows.desk import Desk

PAPER_SLOT = "paper."
"""What the slot of a paper begins with; papers lie beside the evidence but are none, and do not travel."""
MATERIAL_SLOT = "material_pdf."
"""What the slot of a material's PDF begins with: made from the pages at acceptance, and it travels with them."""
SIGNATURE_SLOT = "signature"
PAPERS = {"acceptance_notice": "受理通知书", "unified_form": "申报表单", "correction_notice": "补正告知书"}


@dataclass(frozen=True)
class CaseMatter:
    """One matter of the pack with where it stands in this case."""

    matter: Matter
    plan: MatterPlan
    """Who does it in this case, after which."""
    selected: bool
    """Whether the family asks for it."""
    left_out: RuleVerdict | None
    """The rule that leaves it out although the family asks for it."""
    state: MatterState
    detail: str
    result_number: str
    updated_at: datetime | None

    @property
    def chosen(self) -> bool:
        """Whether this case does it."""
        return self.plan.chosen


@dataclass(frozen=True)
class Applicant:
    """Who applies, as far as it is known; each may be empty."""

    name: str
    number: str
    phone: str
    relation: str


@dataclass(frozen=True)
class CaseFile:
    """Everything of one case."""

    record: CaseRecord
    pack: ThemePack
    stored: tuple[AnswerRecord, ...]
    """What the hand typed or chose."""
    facts: tuple[Fact, ...]
    """What cards, pages and departments said, oldest first; of pages taken out again nothing."""
    evidence: tuple[EvidenceRecord, ...]
    matters: tuple[CaseMatter, ...]
    confirmed: frozenset[str]
    evaluation: Evaluation
    printed: dict[str, str]
    """Field or question that is asked -> its value as a paper prints it: places by name."""
    sending: OutboxRecord | None
    undo_steps: int
    jobs: tuple[PrintJobRecord, ...] = ()
    """What of it was sent to a printer, oldest first."""

    @property
    def status(self) -> CaseStatus:
        """Where it stands."""
        return CaseStatus(self.record.status)

    @property
    def slots(self) -> tuple[str, ...]:
        """Pages asked for, each once, in printed order."""
        return tuple(dict.fromkeys(slot.slot for state in self.evaluation.materials if state.required is not False
                                   for slot in state.slots))

    @property
    def captured(self) -> frozenset[str]:
        """Slots that hold a page, a read chip or a signature."""
        return frozenset(piece.slot for piece in self.evidence)

    def fact(self, name: str) -> str | None:
        """The newest value of a fact."""
        return next((fact.value for fact in reversed(self.facts) if fact.name == name), None)

    @property
    def deselected(self) -> frozenset[str]:
        """Ids of the matters the family does not ask for."""
        return frozenset(one.matter.id for one in self.matters if not one.selected)

    @property
    def applicant(self) -> Applicant:
        """Who applies, by the answers the pack names."""
        keys, answers = self.pack.applicant, self.evaluation.answers
        name, number, phone, relation = (answers[key].value if key in answers else ""
                                         for key in (keys.name_key, keys.number_key, keys.phone_key, keys.relation_key))
        return Applicant(name, number, phone, relation)

    @property
    def people(self) -> dict[Role, tuple[str, str]]:
        """Who is known so far: role -> (name, number)."""
        return prefill.people(self.pack, self.evaluation.answers, self.evaluation.evaluator)

    @property
    def roles(self) -> tuple[Role, ...]:
        """Everybody the pack knows, whether they take part or not."""
        return tuple(person.role for person in self.pack.people)

    def whose(self, name: str, number: str, sex: str) -> Role | None:
        """Whose card or page it is; None = the clerk must say."""
        return prefill.whose(self.pack, name, number, sex, self.people, self.evaluation.evaluator)

    def locked(self, key: str) -> bool:
        """Whether only a department fills it."""
        entry = self.pack.by_key.get(key)
        return isinstance(entry, Field) and entry.locked

    def materials_of(self, slot: str) -> tuple[str, ...]:
        """Ids of the materials a page proves."""
        values = {key: answer.value for key, answer in self.evaluation.answers.items()}
        return checklist.proved_by(self.pack, values, slot)


def load(desk: Desk, tx: Tx, case_uuid: str) -> CaseFile:
    """Read and evaluate a case; raises NoSuchCase, or UnknownPack when its pinned version is gone."""
    record = cases.get(tx, case_uuid)
    pack = desk.packs.get(record.theme_id, record.theme_version)
    pieces = evidence.for_case(tx, case_uuid)
    counted = {piece.evidence_id for piece in pieces}
    facts = tuple(Fact(name=fact.name, value=fact.value, confidence=fact.confidence, evidence_id=fact.evidence_id, box=fact.box)
                  for fact in cases.facts(tx, case_uuid) if fact.evidence_id is None or fact.evidence_id in counted)
    # After acceptance every answer is stored; only the hand's are a source, the others follow again from the same facts.
    stored = tuple(answer for answer in cases.answers(tx, case_uuid) if answer.source == Source.HAND)
    kept = {matter.matter_id: matter for matter in cases.matters(tx, case_uuid)}
    confirmed = cases.confirmed(tx, case_uuid)
    # A committed case is judged on the day it was accepted: tomorrow must not find fault with what was right.
    closed = record.accepted_at is not None and not editable(CaseStatus(record.status))
    accepted_on = day_of(record.accepted_at) if record.accepted_at is not None and closed else None
    # What the rules left out at an earlier acceptance may come in again once the case is open: nobody deselected it.
    deselected = frozenset(matter.id for matter in pack.matters if matter.id in kept and not kept[matter.id].selected
                           and (closed or matter.optional))
    evaluation = _evaluate(desk, pack, facts, stored, pieces, confirmed, accepted_on, deselected,
                           pauses_of(pack, progress.events(tx, case_uuid)) if closed else ())
    return CaseFile(
        record=record, pack=pack, stored=stored, facts=facts, evidence=pieces, confirmed=confirmed, evaluation=evaluation,
        matters=_matters(evaluation, kept, deselected),
        printed={key: _printed(desk, pack, answer) for key, answer in evaluation.answers.items()},
        sending=outbox.latest(tx, [case_uuid]).get(case_uuid), undo_steps=cases.undo_count(tx, case_uuid),
        jobs=print_jobs.for_case(tx, case_uuid))


def evaluated(desk: Desk, file: CaseFile) -> Evaluation:
    """What the rules say of a draft as if nobody had confirmed anything."""
    return _evaluate(desk, file.pack, file.facts, file.stored, file.evidence, frozenset(), None, file.deselected)


def pauses_of(pack: ThemePack, events: Iterable[ProgressRecord]) -> tuple[Pause, ...]:
    """The days on which a matter of the case stood still: from the day it was paused until the day before it moved again."""
    names = {matter.id: matter.name for matter in pack.matters}
    since: dict[str, ProgressRecord] = {}
    found = []
    for event in sorted(events, key=lambda event: event.sequence):
        if event.state == MatterState.PAUSED:
            since.setdefault(event.matter_id, event)
        elif (began := since.pop(event.matter_id, None)) is not None:
            found.append((began, day_of(event.at) - timedelta(days=1)))
    stopped = [*found, *((event, None) for event in since.values())]
    return tuple(Pause(day_of(event.at), end, f"“{names.get(event.matter_id, event.matter_id)}”暂停办理")
                 for event, end in stopped if end is None or end >= day_of(event.at))


def _evaluate(desk: Desk, pack: ThemePack, facts: tuple[Fact, ...], stored: tuple[AnswerRecord, ...],
              pieces: tuple[EvidenceRecord, ...], confirmed: frozenset[str], accepted_on: date | None,
              deselected: frozenset[str], pauses: tuple[Pause, ...] = ()) -> Evaluation:
    return evaluate(
        pack, facts, {answer.key: _answer(answer) for answer in stored}, [piece.slot for piece in pieces],
        accepted_on or desk.today(), desk.calendar, desk.codes, station(desk), confirmed, accepted_on,
        deselected, pauses)


def station(desk: Desk) -> dict[str, str]:
    """What the rules may know of this window."""
    settings = desk.settings
    return {"region": settings.region, "window": settings.window, "hall": settings.hall, "phone": settings.phone,
            "institution": settings.institution}


def department_of(pack: ThemePack, matter: Matter) -> str:
    """The name of the department that decides a matter."""
    return next((department.name for department in pack.departments if department.id == matter.department), matter.department)


def paper_paths(file: CaseFile) -> tuple[str, ...]:
    """The case's papers as the window names them: `<evidence id>/<title>.pdf`."""
    return tuple(f"{piece.evidence_id}/{PAPERS[piece.slot.removeprefix(PAPER_SLOT)]}.pdf"
                 for piece in file.evidence if piece.slot.startswith(PAPER_SLOT))


def signature_png(tx: Tx, file: CaseFile) -> bytes | None:
    """The applicant's signature as a picture, when there is one."""
    piece = next((piece for piece in file.evidence if piece.slot == SIGNATURE_SLOT), None)
    return None if piece is None else attachments.get(tx, piece.sha256)


def _matters(evaluation: Evaluation, kept: Mapping[str, MatterRecord], deselected: frozenset[str]) -> tuple[CaseMatter, ...]:
    left_out = {left.matter: left.verdict for left in evaluation.left_out}
    found = []
    for plan in evaluation.matters:
        record = kept.get(plan.matter.id)
        found.append(CaseMatter(
            matter=plan.matter, plan=plan, selected=plan.matter.id not in deselected, left_out=left_out.get(plan.matter.id),
            state=MatterState(record.state) if record else MatterState.NOT_SELECTED, detail=record.detail if record else "",
            result_number=record.result_number if record else "", updated_at=record.updated_at if record else None))
    return tuple(found)


def _answer(record: AnswerRecord) -> Answer:
    return Answer(key=record.key, value=record.value, source=Source(record.source), confidence=record.confidence, origin=record.origin,
                  evidence_id=record.evidence_id, box=record.box, by=record.by, at=record.at)


def _printed(desk: Desk, pack: ThemePack, answer: Answer) -> str:
    return desk.codes.region_name(answer.value) if pack.by_key[answer.key].type == "region" else answer.value
