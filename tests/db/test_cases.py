from datetime import date, timedelta

import pytest

from db import attachments, cases, evidence
from db.records import AnswerRecord, EvidenceRecord, FactRecord, MatterRecord
from db.store import Store
from tests.db.conftest import NOW, MakeCase

_LATER = NOW + timedelta(minutes=1)


def _answer(key: str, value: str, source: str = "hand") -> AnswerRecord:
    return AnswerRecord(key=key, value=value, source=source, confidence=0.5, origin="paper:x", evidence_id="e1",
                        box=(0.1, 0.2, 0.3, 0.4), by="u1", at=_LATER)


def test_a_case_comes_back_as_it_was_made(store: Store, make_case: MakeCase) -> None:
    case = make_case(applicant_name="林晓月", due_date=date(2026, 12, 1), accepted_at=NOW, fields_done=3,
                     fields_total=38)
    with store.reading() as tx:
        assert cases.get(tx, case.case_uuid) == case
        assert cases.find(tx, "nobody's") is None
        with pytest.raises(cases.NoSuchCase):
            cases.get(tx, "nobody's")


def test_a_change_is_seen_and_the_rest_stays(store: Store, make_case: MakeCase) -> None:
    case = make_case(title="某某之子")
    with store.transaction() as tx:
        changed = cases.update(tx, case.case_uuid, _LATER, status="accepted", case_number="130529XS20261122000017")
    with store.reading() as tx:
        assert cases.get(tx, case.case_uuid) == changed
        assert cases.by_number(tx, "130529XS20261122000017") == changed
        assert cases.by_number(tx, "130529XS20261122000025") is None
    assert (changed.status, changed.title, changed.updated_at) == ("accepted", "某某之子", _LATER)


def test_what_was_fixed_at_the_beginning_does_not_change(store: Store, make_case: MakeCase) -> None:
    case = make_case()
    with store.transaction() as tx, pytest.raises(TypeError):
        cases.update(tx, case.case_uuid, _LATER, created_by="somebody else")  # type: ignore[call-arg]


def test_the_list_is_newest_first_whatever_the_clock_said(store: Store, make_case: MakeCase) -> None:
    made = [make_case(created_at=NOW - timedelta(days=day), status=status, created_by=by)
            for day, status, by in ((0, "draft", "u1"), (900, "accepted", "u2"), (-900, "draft", "u2"))]
    with store.reading() as tx:
        assert cases.newest(tx) == tuple(reversed(made))
        assert cases.newest(tx, limit=1) == (made[2],)
        assert cases.newest(tx, ("draft",)) == (made[2], made[0])
        assert cases.newest(tx, ("draft",), created_by="u2") == (made[2],)
        assert cases.status_counts(tx) == {"draft": 2, "accepted": 1}


def test_cases_accepted_on_a_day_are_listed(store: Store, make_case: MakeCase) -> None:
    make_case()
    inside = make_case(accepted_at=NOW)
    make_case(accepted_at=NOW + timedelta(days=1))
    with store.reading() as tx:
        assert cases.newest(tx, accepted_from=NOW, accepted_before=NOW + timedelta(days=1)) == (inside,)


def test_a_new_answer_takes_the_place_of_the_old_one_and_saves_the_case(store: Store, make_case: MakeCase) -> None:
    case, other = make_case(), make_case()
    with store.transaction() as tx:
        cases.put_answer(tx, case.case_uuid, _answer("mother_name", "林晓"))
        cases.put_answers(tx, case.case_uuid, [_answer("mother_name", "林晓月"), _answer("child_name", "陈一")])
    with store.reading() as tx:
        assert cases.answers(tx, case.case_uuid) == (_answer("child_name", "陈一"), _answer("mother_name", "林晓月"))
        assert cases.answers(tx, other.case_uuid) == ()
        assert cases.get(tx, case.case_uuid).updated_at == _LATER
    with store.transaction() as tx:
        assert cases.remove_answer(tx, case.case_uuid, "child_name", _LATER)
        assert not cases.remove_answer(tx, case.case_uuid, "child_name", _LATER)
        assert [answer.key for answer in cases.answers(tx, case.case_uuid)] == ["mother_name"]


def test_facts_keep_their_order_and_go_with_their_paper(store: Store, make_case: MakeCase) -> None:
    case = make_case()
    said = [FactRecord(name=f"chip:mother.{key}", value=value, confidence=1.0, evidence_id=paper, box=None, at=NOW)
            for key, value, paper in (("name", "林晓月", "e1"), ("sex", "2", "e1"), ("name", "林晓月", "e2"))]
    with store.transaction() as tx:
        cases.add_facts(tx, case.case_uuid, said)
        assert cases.facts(tx, case.case_uuid) == tuple(said)
        assert cases.remove_facts(tx, case.case_uuid, "e1") == 2
        assert cases.facts(tx, case.case_uuid) == (said[2],)


def test_matters_keep_the_packs_order_and_move_one_by_one(store: Store, make_case: MakeCase) -> None:
    case = make_case()
    matters = [MatterRecord(matter_id=name, name=name, department="d", state="waiting") for name in ("z", "a", "m")]
    with store.transaction() as tx:
        cases.put_matters(tx, case.case_uuid, matters)
        moved = MatterRecord(matter_id="a", name="a", department="d", state="done", result_number="7", updated_at=NOW)
        cases.put_matter(tx, case.case_uuid, moved)
        assert cases.matters(tx, case.case_uuid) == (matters[0], moved, matters[2])
        with pytest.raises(LookupError):
            cases.put_matter(tx, case.case_uuid, MatterRecord(matter_id="x", name="x", department="d", state="done"))
        cases.put_matters(tx, case.case_uuid, matters[:1])
        assert cases.matters(tx, case.case_uuid) == (matters[0],)


def test_confirmed_fields_are_a_set(store: Store, make_case: MakeCase) -> None:
    case = make_case()
    with store.transaction() as tx:
        for key in ("a", "b", "a"):
            cases.confirm(tx, case.case_uuid, key)
        assert cases.confirmed(tx, case.case_uuid) == {"a", "b"}
        cases.unconfirm(tx, case.case_uuid, "a")
        assert cases.confirmed(tx, case.case_uuid) == {"b"}


def test_undo_gives_back_the_last_step_first_and_forgets_the_oldest(store: Store, make_case: MakeCase) -> None:
    case, other = make_case(), make_case()
    with store.transaction() as tx:
        cases.undo_push(tx, other.case_uuid, "other")
        for step in ("1", "2", "3"):
            cases.undo_push(tx, case.case_uuid, step, keep=2)
        assert cases.undo_count(tx, case.case_uuid) == 2
        assert [cases.undo_pop(tx, case.case_uuid) for _ in range(3)] == ["3", "2", None]
        cases.undo_clear(tx, other.case_uuid)
        assert cases.undo_pop(tx, other.case_uuid) is None


def test_evidence_stays_when_it_is_taken_out_of_its_case(store: Store, make_case: MakeCase) -> None:
    case = make_case()
    stored = attachments.put(store, b"a page")
    page = EvidenceRecord(evidence_id="e1", case_uuid=case.case_uuid, slot="marriage_certificate",
                          doc_type="marriage_certificate", sha256=stored.sha256, size=stored.size,
                          media_type="image/jpeg", at=NOW, by="u1", quad="[[0,0]]", rotation=90)
    with store.transaction() as tx:
        evidence.add(tx, page, stored)
        assert evidence.get(tx, "e1") == page
        evidence.supersede(tx, "e1")
        assert evidence.for_case(tx, case.case_uuid) == ()
        assert [each.superseded for each in evidence.for_case(tx, case.case_uuid, superseded=True)] == [True]
        evidence.supersede(tx, "e1", superseded=False)
        evidence.change(tx, "e1", slot="other")
        assert [each.slot for each in evidence.for_case(tx, case.case_uuid)] == ["other"]


def test_evidence_cannot_speak_of_other_bytes(store: Store, make_case: MakeCase) -> None:
    case = make_case()
    stored = attachments.put(store, b"a page")
    wrong = EvidenceRecord(evidence_id="e1", case_uuid=case.case_uuid, slot="s", doc_type="other", sha256="0" * 64,
                           size=stored.size, media_type="image/jpeg", at=NOW, by="u1")
    with store.transaction() as tx, pytest.raises(ValueError, match="other bytes"):
        evidence.add(tx, wrong, stored)
