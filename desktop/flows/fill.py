"""Filling the one form: every change is a saved draft."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from db import cases, evidence, journal
from db.records import AnswerRecord
from db.store import Tx
from desktop.domain import identity, spelling
from desktop.domain.case import IllegalMove, editable
from desktop.domain.evaluate import Evaluation
from desktop.domain.prefill import Source, printed
from desktop.flows import case_file, case_view
from desktop.flows.case_file import CaseFile
from desktop.flows.desk import Desk
from desktop.flows.views import CaseView, Session

STEPS = ("eligibility", "papers", "form", "applicant", "done")


class Fill:
    """Open a case, answer questions and fields, undo."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def open(self, session: Session, case_uuid: str) -> CaseView:
        """The case as it stands."""
        del session
        with self._desk.store.reading() as tx:
            return case_view.view(self._desk, case_file.load(self._desk, tx, case_uuid))

    def answer(self, session: Session, case_uuid: str, key: str, value: str) -> CaseView:
        """Take a value by hand and save it at once; "" takes the hand's answer back (lower sources show again)."""
        desk, now = self._desk, self._desk.clock()
        with desk.store.transaction() as tx:
            file = open_draft(desk, tx, case_uuid)
            if key not in file.pack.by_key:
                raise ValueError(f"the pack has no field or question {key}")
            if file.locked(key):
                raise IllegalMove(f"{key} is pushed by a department")
            # Saved in its one spelling; the blank on the screen keeps what is being typed until the clerk leaves it.
            value = spelling.spelled(spelling.kind_of(file.pack.by_key[key]), value)
            before = next((answer for answer in file.stored if answer.key == key), None)
            if (before.value if before else "") == value:
                return case_view.view(desk, file)
            shown = file.evaluation.answers.get(key)
            if before is None and shown is not None and shown.value == value:
                return case_view.view(desk, file)       # typing what already stands there keeps its better source
            cases.undo_push(tx, case_uuid, json.dumps(
                {"kind": "answer", "key": key, "before": _as_json(before), "confirmed": key in file.confirmed}))
            cases.unconfirm(tx, case_uuid, key)
            if value:
                cases.put_answer(tx, case_uuid, AnswerRecord(
                    key=key, value=value, source=Source.HAND, confidence=1.0, origin="", evidence_id=None, box=None,
                    by=session.user_id, at=now))
            else:
                cases.remove_answer(tx, case_uuid, key, now)
            journal.append(tx, now, session.user_id, "answer.set" if value else "answer.cleared", case_uuid,
                           {"key": key, "digest": journal.fingerprint(tx, value)})
            return saved(desk, tx, case_uuid)

    def confirm(self, session: Session, case_uuid: str, key: str) -> CaseView:
        """The clerk compared a 请核对 value with the paper and found it right."""
        desk, now = self._desk, self._desk.clock()
        with desk.store.transaction() as tx:
            file = open_draft(desk, tx, case_uuid)
            if key not in file.confirmed:
                cases.undo_push(tx, case_uuid, json.dumps({"kind": "confirm", "key": key}))
                cases.confirm(tx, case_uuid, key)
                journal.append(tx, now, session.user_id, "answer.confirmed", case_uuid, {"key": key})
            return saved(desk, tx, case_uuid)

    def choose(self, session: Session, case_uuid: str, key: str, origin: str) -> CaseView:
        """Of two places that disagree the clerk takes what `origin` says (`chip:mother.name`); it keeps its place on the paper.

        Taking what already stands there confirms it. The choice settles the disagreement until something new is said.
        """
        desk, now = self._desk, self._desk.clock()
        with desk.store.transaction() as tx:
            file = open_draft(desk, tx, case_uuid)
            fact = next((fact for fact in reversed(file.facts) if fact.name == origin), None)
            shown = file.evaluation.answers.get(key)
            if key not in file.pack.by_key or fact is None:
                raise ValueError(f"nothing of that name speaks of {key}")
            if file.locked(key):
                raise IllegalMove(f"{key} is pushed by a department")
            before = next((answer for answer in file.stored if answer.key == key), None)
            cases.undo_push(tx, case_uuid, json.dumps(
                {"kind": "answer", "key": key, "before": _as_json(before), "confirmed": key in file.confirmed}))
            if shown is None or shown.origin != origin:
                value = printed(file.pack.by_key[key], fact.value, desk.codes) or fact.value
                cases.put_answer(tx, case_uuid, AnswerRecord(
                    key=key, value=value, source=Source.HAND, confidence=1.0, origin=origin, evidence_id=fact.evidence_id, box=fact.box,
                    by=session.user_id, at=now))
            cases.confirm(tx, case_uuid, key)
            journal.append(tx, now, session.user_id, "answer.chosen", case_uuid,
                           {"key": key, "origin": origin, "digest": journal.fingerprint(tx, fact.value)})
            return saved(desk, tx, case_uuid)

    def undo(self, session: Session, case_uuid: str) -> CaseView:
        """Take the last change back; one card or page fill is one step."""
        desk, now = self._desk, self._desk.clock()
        with desk.store.transaction() as tx:
            file = open_draft(desk, tx, case_uuid)
            payload = cases.undo_pop(tx, case_uuid)
            if payload is not None:
                step = json.loads(payload)
                _take_back(desk, tx, case_uuid, step)
                doubt_again(desk, tx, file)
                journal.append(tx, now, session.user_id, "case.undone", case_uuid, {"kind": step["kind"]})
            return saved(desk, tx, case_uuid)

    def leave_at(self, session: Session, case_uuid: str, step: str) -> None:
        """Remember the step: eligibility, papers, form, applicant, done."""
        del session
        if step not in STEPS:
            raise ValueError(f"no such step: {step}")
        with self._desk.store.transaction() as tx:
            cases.update(tx, case_uuid, self._desk.clock(), step=step)

    def select_matter(self, session: Session, case_uuid: str, matter_id: str, selected: bool) -> CaseView:
        """Take an optional matter in or out; one that is not optional stays."""
        desk, now = self._desk, self._desk.clock()
        with desk.store.transaction() as tx:
            file = open_draft(desk, tx, case_uuid)
            optional = any(printed.id == matter_id and printed.optional for printed in file.pack.matters)
            if optional and (matter_id in file.deselected) is selected:
                cases.undo_push(tx, case_uuid, json.dumps({"kind": "matter", "matter": matter_id, "selected": not selected}))
                _select(tx, case_uuid, matter_id, selected)
                journal.append(tx, now, session.user_id, "matter.selected" if selected else "matter.left_out", case_uuid,
                               {"matter": matter_id})
            return saved(desk, tx, case_uuid)


def open_draft(desk: Desk, tx: Tx, case_uuid: str) -> CaseFile:
    """The case, still editable; raises IllegalMove when it is not."""
    file = case_file.load(desk, tx, case_uuid)
    if not editable(file.status):
        raise IllegalMove(f"the case is {file.status.value}")
    return file


def saved(desk: Desk, tx: Tx, case_uuid: str) -> CaseView:
    """After a change: what the lists show and search of the case is kept in the same transaction."""
    file = case_file.load(desk, tx, case_uuid)
    view = case_view.view(desk, file)
    record = cases.update(
        tx, case_uuid, desk.clock(), applicant_name=file.applicant.name,
        applicant_number=identity.in_full(file.applicant.number), fields_done=view.fields_filled, fields_total=view.fields_total)
    return replace(view, saved_at=record.updated_at)


def doubt_again(desk: Desk, tx: Tx, before: CaseFile) -> None:
    """What the clerk found right is looked at again when a new card or page changes the value or says otherwise."""
    if not before.confirmed:
        return
    uuid = before.record.case_uuid
    was = case_file.evaluated(desk, before)
    now = case_file.evaluated(desk, case_file.load(desk, tx, uuid))
    for key in before.confirmed:
        if _said_of(was, key) != _said_of(now, key):
            cases.unconfirm(tx, uuid, key)


def _said_of(found: Evaluation, key: str) -> tuple[str, frozenset[tuple[str, ...]]]:
    """A value, and what else is said of it, as if nobody had confirmed anything."""
    answer = found.answers.get(key)
    # Not where on which page: the same page taken again says nothing new.
    doubts = frozenset((problem.model_dump_json(exclude={"sides"}), *(side.value for side in problem.sides))
                       for problem in found.problems if problem.key == key)
    return (answer.value if answer else "", doubts)


def evidence_step(taken: Sequence[str], replaced: Sequence[str] = ()) -> str:
    """The undo step of pages or cards that were taken (and of the earlier ones whose place they took)."""
    return json.dumps({"kind": "evidence", "taken": list(taken), "replaced": list(replaced)})


def _take_back(desk: Desk, tx: Tx, case_uuid: str, step: dict[str, Any]) -> None:
    now = desk.clock()
    key = step.get("key", "")
    if step["kind"] == "answer":
        if step["before"] is not None:
            box = tuple(step["before"]["box"]) if step["before"]["box"] else None
            cases.put_answer(tx, case_uuid, AnswerRecord(**{**step["before"], "box": box, "at": now}))
        else:
            cases.remove_answer(tx, case_uuid, key, now)
        (cases.confirm if step["confirmed"] else cases.unconfirm)(tx, case_uuid, key)
    elif step["kind"] == "confirm":
        cases.unconfirm(tx, case_uuid, key)
    elif step["kind"] == "matter":
        _select(tx, case_uuid, step["matter"], step["selected"])
    elif step["kind"] == "evidence":
        # Facts of superseded evidence do not count, so the evidence is the only switch.
        for evidence_id in step["taken"]:
            evidence.supersede(tx, evidence_id)
        for evidence_id in step["replaced"]:
            evidence.supersede(tx, evidence_id, superseded=False)


def _select(tx: Tx, case_uuid: str, matter_id: str, selected: bool) -> None:
    matter = next(matter for matter in cases.matters(tx, case_uuid) if matter.matter_id == matter_id)
    cases.put_matter(tx, case_uuid, replace(matter, selected=selected))


def _as_json(answer: AnswerRecord | None) -> dict[str, object] | None:
    return None if answer is None else {**asdict(answer), "at": answer.at.isoformat()}
