"""A case file as the window shows it: one CaseView, made anew after every change."""

from dataclasses import replace
from datetime import date

from desktop.domain.case import editable
from desktop.domain.evaluate import EntryState, Evaluation, RuleVerdict
from desktop.domain.prefill import Answer, Source
from desktop.domain.problem import Problem, Side
from desktop.domain.themes import Field, Material, Question
from desktop.flows import print_jobs
from desktop.flows.applicant_sheet import sheet_of
from desktop.flows.case_file import PAPER_SLOT, CaseFile, CaseMatter, paper_paths
from desktop.flows.desk import Desk
from desktop.flows.search import masked_title, sync_state
from desktop.flows.views import (
    CaseView,
    Contradiction,
    Cutout,
    FieldView,
    LeftOut,
    MaterialView,
    MatterView,
    PersonView,
    PrintView,
    QuestionView,
    RuleView,
    SectionView,
    SideView,
    SlotView,
    Tri,
)
from desktop.papers.chinese_dates import day_text

_TRI: dict[bool | None, Tri] = {True: "yes", False: "no", None: "unknown"}
_HANDLING = {"keep": "收取", "return": "核验退还"}
_SPOUSES = {"husband": "男方", "wife": "女方"}
"""The two people of a marriage certificate."""
_PAPERS = {
    "id_card_front": "身份证人像面", "id_card_back": "身份证国徽面", "marriage_certificate": "结婚证",
    "household_register_home": "户口簿首页", "household_register_member": "户口簿内页", "birth_certificate": "出生医学证明",
    "death_certificate": "死亡证明",
}


def view(desk: Desk, file: CaseFile) -> CaseView:
    """Everything the intake shows of a case."""
    record, pack, found = file.record, file.pack, file.evaluation
    fields = {field.key: _field(desk, file, field, found.fields[field.key]) for field in pack.fields}
    sections = tuple(SectionView(
        section_id=section.id, title=section.title, fields=tuple(fields[field.key] for field in section.fields),
        filled=sum(bool(fields[field.key].value) for field in section.fields),
        required=sum(fields[field.key].required for field in section.fields)) for section in pack.sections)
    greeting = tuple(_question(entry, found) for entry in _asked(file))
    automatic = [one for one in fields.values() if one.value and one.source != Source.HAND]
    typed = [one for one in fields.values() if one.source == Source.HAND]
    signed = record.signed_digest is not None
    stale = signed and editable(file.status) and record.signed_digest != sheet_of(file).digest
    due, standing = found.due, found.standing
    return CaseView(
        case_uuid=record.case_uuid, case_number=record.case_number or "", theme_id=pack.id, theme_version=pack.version,
        theme_title=pack.title, short_title=pack.short_title, status=record.status, step=record.step,
        editable=editable(file.status), questions=greeting,
        conditions=tuple(_rule(verdict) for verdict in (*found.conditions, *found.exclusions)), eligibility=found.eligibility,
        materials=_materials(file), sections=sections, problems=found.problems,
        matters=tuple(MatterView(
            matter_id=one.matter.id, name=one.matter.name, department=one.plan.department_name, state=one.state,
            prerequisites=one.plan.prerequisites, selected=one.selected, optional=one.matter.optional, detail=one.detail,
            result_number=one.result_number, updated_at=one.updated_at, result=one.plan.result,
            left_out=_left_out(one)) for one in file.matters),
        limit_text=pack.limit.text, due_date=record.due_date or (due.due if due else None),
        due_is_provisional=record.due_is_provisional if record.due_date else bool(due and due.provisional),
        clock=due.days if due else standing.days if standing else (),
        notices=_notices(file), fields_total=len(fields), fields_filled=len(automatic) + len(typed),
        fields_automatic=len(automatic), fields_typed=len(typed), ready=found.complete, signed=signed and not stale,
        signed_stale=stale, saved_at=record.updated_at, title=masked_title(record), sync=sync_state(file.sending),
        sync_note=file.sending.last_error if file.sending else "", papers=paper_paths(file),
        receipt_printed=record.receipt_printed_at is not None, prints=_prints(file), can_undo=file.undo_steps > 0,
        return_reason=record.return_reason,
        people=tuple(PersonView(person.role, person.name) for person in pack.people
                     if found.evaluator.ask(person.when).truth is not False),
        extended_to=_extended_to(file), standing=standing.pause.reason if standing else "",
        contradictions=tuple(Contradiction(problem.key or "", problem.params["label"], _sides(desk, file, problem), problem)
                             for problem in found.problems if problem.sides and problem.key not in pack.by_key))


def _prints(file: CaseFile) -> tuple[PrintView, ...]:
    receipt = print_jobs.standing(file.jobs, print_jobs.RECEIPT, str(file.record.revision))
    papers = [piece for piece in file.evidence if piece.slot.startswith(PAPER_SLOT)]
    return (receipt, *(
        replace(print_jobs.standing(file.jobs, piece.slot.removeprefix(PAPER_SLOT), piece.evidence_id), path=path)
        for piece, path in zip(papers, paper_paths(file), strict=True)))


def _asked(file: CaseFile) -> tuple[Field | Question, ...]:
    """The greeting's questions, and the fields of the form it asks already; then what only papers answer. Only what is asked now."""
    pack = file.pack
    greeting = [question for question in pack.questions if question.ask == "greeting"]
    early = [pack.by_key[key] for key in pack.greeting_fields]
    entries = (*greeting, *early, *(question for question in pack.questions if question.ask == "papers"))
    return tuple(entry for entry in entries if _state(entry, file.evaluation).visible)


def _state(entry: Field | Question, found: Evaluation) -> EntryState:
    return found.questions.get(entry.key) or found.fields[entry.key]


def _question(entry: Field | Question, found: Evaluation) -> QuestionView:
    state = _state(entry, found)
    answer = state.answer
    return QuestionView(
        key=entry.key, label=entry.called, type=entry.type, choices=state.choices, help=entry.help,
        value=answer.value if answer else "", source=answer.source if answer else "",
        ask=entry.ask if isinstance(entry, Question) else "greeting")


def _rule(verdict: RuleVerdict) -> RuleView:
    # An exclusion that does not hold is good news: the screen shows "yes" for every rule that speaks for the family.
    spoken = verdict.verdict if not verdict.exclusion or verdict.verdict is None else not verdict.verdict
    return RuleView(text=verdict.rule.text, verdict=_TRI[spoken], missing=verdict.missing_labels, clause_text=verdict.clause_text,
                    warning=verdict.rule.on_fail == "warn" or bool(verdict.rule.matters), open_path=verdict.rule.open_path,
                    exclusion=verdict.exclusion)


def _materials(file: CaseFile) -> tuple[MaterialView, ...]:
    pages = {piece.slot: piece.evidence_id for piece in file.evidence if not piece.slot.startswith(PAPER_SLOT)}
    return tuple(MaterialView(
        material_id=state.material.id, name=state.material.name, form=state.material.form, copies=state.material.copies,
        note=state.material.note, required=_TRI[state.required], handling=_HANDLING[state.material.handling],
        slots=tuple(SlotView(slot=slot.slot, label=slot.label, doc_type=slot.doc_type, evidence_id=pages.get(slot.slot),
                             status=slot.status, photo=slot.photo, persons=slot.persons) for slot in state.slots),
        complete=state.complete, clause_text=_clause(file, state.material)) for state in file.evaluation.materials)


def _clause(file: CaseFile, material: Material) -> str:
    return file.pack.clause_texts[material.clause]


def _field(desk: Desk, file: CaseFile, field: Field, state: EntryState) -> FieldView:
    answer = state.answer
    return FieldView(
        key=field.key, label=field.label, type=field.type, choices=state.choices, editable_choice=field.editable_choice,
        required=state.required, locked=field.locked, visible=state.visible, width=field.width, help=field.help,
        value=answer.value if answer else "", shown=file.printed.get(field.key, ""), source=answer.source if answer else "",
        confidence=answer.confidence if answer else 0.0, needs_look=state.needs_look,
        cutout=_cutout(file, answer) if answer else None, origin_text=_origin(file, answer) if answer else "", problems=state.problems,
        sides=next((_sides(desk, file, problem) for problem in state.problems if problem.sides), ()))


def _sides(desk: Desk, file: CaseFile, problem: Problem) -> tuple[SideView, ...]:
    entry = file.pack.by_key.get(problem.key or "")
    return tuple(SideView(
        origin=side.origin, origin_text=_place(file, side.origin),
        shown=desk.codes.region_name(side.value) if entry and entry.type == "region" else side.value,
        doubtful=side.doubtful, cutout=_cutout(file, side)) for side in problem.sides)


def _cutout(file: CaseFile, said: Answer | Side) -> Cutout | None:
    """The place on a page the case still holds: what was chosen from a page taken out again is only text."""
    if said.box is None or said.evidence_id not in {piece.evidence_id for piece in file.evidence}:
        return None
    return Cutout(said.evidence_id, said.box)


def _origin(file: CaseFile, answer: Answer) -> str:
    """Where a value came from, in words."""
    chosen = answer.source is Source.HAND and answer.origin
    return _place(file, answer.origin) + ("，窗口选定" if chosen else "")


def _place(file: CaseFile, origin: str) -> str:
    """Which paper, card or rule an origin is; what has none was typed."""
    kind, _, rest = origin.partition(":")
    subject, _, _ = rest.rpartition(".")
    match kind:
        case "chip":
            return f"{_called(file, subject)}身份证芯片"
        case "paper":
            paper, _, person = subject.partition(".")
            return _PAPERS.get(paper, "材料") + (f"（{_called(file, person)}）" if person else "")
        case "code":
            return _PAPERS.get(subject, "材料") + "的条码"
        case "push":
            return next((f"“{matter.name}”回传" for matter in file.pack.matters if matter.id == subject), "部门回传")
        case "copy":
            return f"与“{file.pack.by_key[rest].label}”相同"
        case "lookup":
            return "按本地对照表带出"
        case "derive" | "hint":
            return "按已填内容推算"
        case "station":
            return "本窗口的设置"
        case "default":
            return "通常填法，可改"
    return "窗口手填"


def _left_out(one: CaseMatter) -> LeftOut | None:
    found = one.left_out
    return None if found is None else LeftOut(found.rule.text, found.clause_text, found.rule.open_path)


def _called(file: CaseFile, role: str) -> str:
    """How a screen calls somebody of the case."""
    names = {person.role: person.name for person in file.pack.people} | {alias.role: alias.name for alias in file.pack.aliases}
    return names.get(role) or _SPOUSES.get(role, role)


def _notices(file: CaseFile) -> tuple[str, ...]:
    """What moves the promised day, statutory clocks with their last day, and what the promised limit leaves out."""
    clocks = [f"{state.deadline.text}" + (f"（最晚 {state.last_day.isoformat()}）" if state.last_day else "")
              for state in file.evaluation.deadlines]
    return (*_moved(file), *clocks, *(f"{text}不计入办理时限" for text in file.pack.limit.excluded))


def _moved(file: CaseFile) -> tuple[str, ...]:
    """What pauses make of the promised day."""
    if (standing := file.evaluation.standing) is not None:
        return (f"{standing.pause.reason}，{day_text(standing.pause.start)}起不计入承诺时限，恢复办理后顺延",)
    if (extended := _extended_to(file)) is not None:
        return (f"因暂停办理，承诺办结日期顺延至{day_text(extended)}",)
    return ()


def _extended_to(file: CaseFile) -> date | None:
    due, promised = file.evaluation.due, file.record.due_date
    return due.due if due and promised and due.due > promised else None
