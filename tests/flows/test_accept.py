"""Acceptance commits everything at once or nothing, and only a committed case is printed."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from db import cases, evidence, journal, numbers, outbox
from desktop.domain.snapshot import CaseSnapshot
from desktop.domain.terminal import TerminalStopped
from desktop.flows.accept import CannotAccept
from desktop.flows.print_papers import NotCommitted
from desktop.sync.platform_client import PlatformClient
from desktop.sync.sender import Sender
from hardware.faults import DeviceFault, FaultCode
from tests.flows.conftest import Counter
from tests.papers.reading import text_of
from tests.sandbox.process import TOKEN, Sandbox


def test_a_signed_case_gets_its_numbers_one_outbox_row_and_its_papers(ready: Counter) -> None:
    ready.sign()
    accepted = ready.flows.accept.accept(ready.clerk, ready.case)
    view = ready.view()
    assert view.case_number == accepted.case_number
    assert (view.status, view.sync) == ("accepted", "waiting")
    assert {path.rpartition("/")[2] for path in view.papers} == {"受理通知书.pdf", "申报表单.pdf"}
    with ready.place.desk.store.reading() as tx:
        rows = outbox.rows(tx)
        assert [(row.case_uuid, row.revision) for row in rows] == [(ready.case, 1)]
        assert "case.accepted" in [row.what for row in journal.for_case(tx, ready.case)]
        assert journal.verify(tx) is None
    snapshot = CaseSnapshot.model_validate_json(rows[0].body)
    assert snapshot.case_number == accepted.case_number
    assert {"signature", "signature_strokes", "marriage_certificate", "id_card_chip.mother"} <= {piece.slot for piece in snapshot.evidence}
    assert not [piece for piece in snapshot.evidence if piece.slot.startswith("paper.")]


def test_accepting_again_after_a_lost_answer_gives_the_same_numbers_and_no_second_row(ready: Counter) -> None:
    ready.sign()
    first = ready.flows.accept.accept(ready.clerk, ready.case)
    again = ready.flows.accept.accept(ready.clerk, ready.case)
    assert again == first
    with ready.place.desk.store.reading() as tx:
        assert outbox.counts(tx)["waiting"] == 1


def test_if_the_outbox_refuses_the_case_stays_a_draft_without_a_number(ready: Counter) -> None:
    ready.sign()
    with ready.place.desk.store.transaction() as tx:
        outbox.put(tx, case_uuid=ready.case, revision=1, idempotency_key="taken", body="{}", now=ready.clock.now)
    with pytest.raises(Exception, match="UNIQUE"):
        ready.flows.accept.accept(ready.clerk, ready.case)
    with ready.place.desk.store.reading() as tx:
        record = cases.get(tx, ready.case)
    assert (record.status, record.case_number, record.revision) == ("draft", None, 0)


def test_a_case_without_a_signature_is_not_accepted(ready: Counter) -> None:
    with pytest.raises(CannotAccept) as refused:
        ready.flows.accept.accept(ready.clerk, ready.case)
    assert [problem.code for problem in refused.value.problems] == ["case.not_signed"]


def test_a_change_after_the_signature_asks_for_another_one(ready: Counter) -> None:
    ready.sign()
    view = ready.flows.fill.answer(ready.clerk, ready.case, "applicant_phone", "13900000000")
    assert view.signed_stale
    with pytest.raises(CannotAccept) as refused:
        ready.flows.accept.accept(ready.clerk, ready.case)
    assert [problem.code for problem in refused.value.problems] == ["case.signature_stale"]


def test_what_is_missing_is_named_all_at_once(fresh: Counter) -> None:
    with pytest.raises(CannotAccept) as refused:
        fresh.flows.accept.accept(fresh.clerk, fresh.case)
    codes = {problem.code for problem in refused.value.problems}
    assert {"material.missing", "field.required", "case.not_signed", "question.unanswered"} <= codes


def test_nothing_is_printed_before_the_case_is_committed(ready: Counter) -> None:
    before = len(ready.simulated.slips())
    with pytest.raises(NotCommitted):
        ready.flows.print_papers.receipt(ready.clerk, ready.case)
    assert len(ready.simulated.slips()) == before


def test_a_receipt_without_paper_counts_as_not_printed_until_the_printer_says_so(ready: Counter) -> None:
    ready.sign()
    number = ready.flows.accept.accept(ready.clerk, ready.case).case_number
    ready.simulated.printer.fault("paper_out")
    with pytest.raises(DeviceFault) as fault:
        ready.flows.print_papers.receipt(ready.clerk, ready.case)
    assert fault.value.code is FaultCode.PAPER_OUT
    assert not ready.view().receipt_printed
    ready.simulated.printer.fault("paper_out", on=False)
    view = ready.flows.print_papers.receipt(ready.clerk, ready.case)
    assert view.receipt_printed
    slip = ready.simulated.slips()[-1]
    assert number in slip.text
    assert slip.qr == (number,)
    assert "130529199503150028" not in slip.text


def test_an_accepted_case_can_no_longer_be_changed(ready: Counter) -> None:
    ready.sign()
    ready.flows.accept.accept(ready.clerk, ready.case)
    with pytest.raises(Exception, match="accepted"):
        ready.flows.fill.answer(ready.clerk, ready.case, "newborn_name", "陈别名")


def test_the_papers_show_the_whole_number_and_the_applicant_sheet_masks_it(ready: Counter) -> None:
    sheet = ready.flows.sign.sheet(ready.clerk, ready.case)
    assert {row.value for row in sheet.rows if row.label == "母亲身份证号码"} == {"130529********0028"}
    assert "130529199503150028" in sheet.text


def test_papers_that_a_power_cut_kept_from_being_made_are_made_when_the_case_is_opened_again(ready: Counter) -> None:
    ready.sign()
    ready.flows.accept.accept(ready.clerk, ready.case)
    with ready.place.desk.store.transaction() as tx:
        for piece in evidence.for_case(tx, ready.case):
            if piece.slot.startswith("paper."):
                evidence.supersede(tx, piece.evidence_id)
    assert ready.view().papers == ()
    assert len(ready.flows.print_papers.ensure(ready.clerk, ready.case).papers) == 2


def test_a_returned_case_goes_out_again_with_fresh_papers_and_an_unprinted_receipt(ready: Counter) -> None:
    ready.sign()
    number = ready.flows.accept.accept(ready.clerk, ready.case).case_number
    ready.flows.print_papers.receipt(ready.clerk, ready.case)
    papers = ready.view().papers
    with ready.place.desk.store.transaction() as tx:
        outbox.mark_refused(tx, outbox.rows(tx)[0].outbox_id, "platform.refused")
        cases.update(tx, ready.case, ready.clock.now, status="returned", return_reason="电话有误")
    ready.flows.fill.answer(ready.clerk, ready.case, "applicant_phone", "13911112222")
    ready.sign()
    assert ready.flows.accept.accept(ready.clerk, ready.case).case_number == number
    view = ready.view()
    assert not view.receipt_printed
    assert set(view.papers).isdisjoint(papers)
    with ready.place.desk.store.reading() as tx:
        assert [(row.revision, row.state) for row in outbox.rows(tx)] == [(2, "waiting")]


def test_a_pc_that_the_province_refused_gives_out_no_number_until_that_is_settled(ready: Counter) -> None:
    ready.sign()
    ready.place.terminal.refused("platform.cloned")
    with pytest.raises(TerminalStopped) as stopped:
        ready.flows.accept.accept(ready.clerk, ready.case)
    assert stopped.value.code == "platform.cloned"
    assert (ready.view().status, ready.view().case_number) == ("draft", "")
    assert ready.flows.follow.pill().stopped == "platform.cloned"
    other = ready.flows.greet.start(ready.clerk, "hebei-newborn")
    with pytest.raises(TerminalStopped):
        ready.flows.correct.notice(ready.clerk, other.case_uuid)    # a correction notice has a number as well

    ready.place.terminal.signed_on(ready.place.terminal.asking().asked, "t1")

    assert ready.flows.accept.accept(ready.clerk, ready.case).case_number
    assert ready.flows.follow.pill().stopped == ""


def test_a_case_whose_number_is_anothers_gets_new_ones_and_keeps_its_day(ready: Counter, tmp_path: Path) -> None:
    ready.sign()
    first = ready.flows.accept.accept(ready.clerk, ready.case)
    ready.flows.print_papers.receipt(ready.clerk, ready.case)
    accepted_at, store = ready.clock.now, ready.place.desk.store
    with Sandbox(tmp_path / "province", delay=0) as province, closing(PlatformClient(province.url, "terminal-1", TOKEN)) as client:
        sender = Sender(store, client, ready.clock)
        other = ready.flows.greet.start(ready.clerk, "hebei-newborn").case_uuid
        _file_elsewhere(client, ready, other)
        assert sender.round().refused == 1
        view = ready.view()
        assert (view.status, view.sync_note) == ("returned", "platform.number_taken")
        ready.clock.pass_by(timedelta(days=1))

        again = ready.flows.accept.accept(ready.clerk, ready.case)      # nothing was changed: the signature holds

        assert numbers.is_case_number(again.case_number)
        assert again.case_number != first.case_number
        assert again.document_number != first.document_number
        assert again.due_date == first.due_date
        with store.reading() as tx:
            record, row = cases.get(tx, ready.case), outbox.latest(tx, [ready.case])[ready.case]
            assert [one.what for one in journal.for_case(tx, ready.case) if one.what.startswith(("case.accepted", "case.renumbered"))] == [
                "case.accepted", "case.renumbered"]
            for number in (first.case_number, again.case_number):       # the paper that somebody still holds leads here too
                assert cases.by_number(tx, number) == record
                assert [one.case_uuid for one in cases.find_text(tx, number)] == [ready.case]
        assert record.accepted_at == accepted_at
        assert (row.revision, row.state) == (2, "waiting")
        assert not ready.view().receipt_printed
        for path in ready.view().papers:
            assert again.case_number in text_of(ready.flows.print_papers.pdf(path))
        assert sender.round().sent == 1
        assert {case["case_number"] for case in province.cases()["cases"]} == {first.case_number, again.case_number}


def _file_elsewhere(client: PlatformClient, ready: Counter, other: str) -> None:
    """Have another case arrive first under the same numbers, as of a store that was copied."""
    from desktop.sync import wire

    with ready.place.desk.store.reading() as tx:
        snapshot = CaseSnapshot.model_validate_json(outbox.latest(tx, [ready.case])[ready.case].body)
    message = wire.message(snapshot.model_copy(update={"case_uuid": other, "evidence": ()}))
    client.announce(message, f"{other}:1")
    client.complete(message)
