"""Two people close a day; roles are asked for where the work is done, not where a button is."""

from datetime import timedelta
from pathlib import Path

import pytest

from db import journal
from desktop.flows import export_case
from desktop.flows.close_day import DayRefused
from desktop.flows.correct import NothingMissing
from desktop.flows.sign_in import NotAllowed, SignInRefused
from desktop.papers.sealed_log import verify_sealed
from tests.flows.conftest import Counter


def test_a_closed_day_is_sealed_verifiable_and_closed_for_good(ready: Counter) -> None:
    ready.sign()
    number = ready.flows.accept.accept(ready.clerk, ready.case).case_number
    closed = ready.flows.close_day.close(ready.clerk, "zhao", "135790")
    sealed = Path(closed.sealed).read_bytes()
    assert verify_sealed(sealed).ok
    assert number.encode() in sealed
    assert "林晓月".encode() not in sealed
    altered = sealed.replace(number.encode(), number[:-1].encode() + b"x")
    assert verify_sealed(altered).first_bad_line is not None
    view = ready.flows.close_day.view()
    assert (view.closed, view.accepted, view.reviewed_by) == (True, 1, "赵建国")
    with pytest.raises(DayRefused) as refused:
        ready.flows.close_day.close(ready.clerk, "zhao", "135790")
    assert refused.value.code == "day.already_closed"


def test_the_seal_of_a_day_continues_the_day_before(ready: Counter) -> None:
    first = ready.flows.close_day.close(ready.clerk, "zhao", "135790")
    ready.clock.pass_by(timedelta(days=1))
    second = ready.flows.close_day.close(ready.clerk, "zhao", "135790")
    seal = verify_sealed(Path(first.sealed).read_bytes()).seal
    assert seal
    assert seal.encode() in Path(second.sealed).read_bytes()


def test_nobody_reviews_their_own_day_and_a_clerk_reviews_nobodys(ready: Counter) -> None:
    with pytest.raises(DayRefused) as same:
        ready.flows.close_day.close(ready.supervisor, "zhao", "135790")
    assert same.value.code == "day.same_person"
    with pytest.raises(NotAllowed):
        ready.flows.close_day.close(ready.supervisor, "wang", "246810")


def test_wrong_pins_cost_time_and_the_right_one_must_wait_too(ready: Counter) -> None:
    for _ in range(4):
        with pytest.raises(SignInRefused) as wrong:
            ready.flows.sign_in.enter("wang", "999999")
        assert wrong.value.code == "sign_in.wrong"
    with pytest.raises(SignInRefused):
        ready.flows.sign_in.enter("wang", "999999")
    with pytest.raises(SignInRefused) as locked:
        ready.flows.sign_in.enter("wang", "246810")
    assert locked.value.code == "sign_in.locked"
    assert locked.value.seconds > 0


def test_full_numbers_are_for_supervisors_with_a_reason_and_leave_a_trace(ready: Counter, tmp_path: Path) -> None:
    desk = ready.place.desk
    masked = export_case.shown(desk, ready.clerk, ready.case)
    assert masked["fields"]["mother_id_no"]["value"] == "130529********0028"
    assert masked["fields"]["mother_name"]["value"] == "林*月"
    with pytest.raises(NotAllowed):
        export_case.shown(desk, ready.clerk, ready.case, reveal=True, reason="复核")
    with pytest.raises(export_case.NoReason):
        export_case.shown(desk, ready.supervisor, ready.case, reveal=True, reason=" ")
    shown = export_case.shown(desk, ready.supervisor, ready.case, reveal=True, reason="复核")
    assert shown["fields"]["mother_id_no"]["value"] == "130529199503150028"
    files = export_case.export(desk, ready.supervisor, ready.case, tmp_path / "out", reason="调档")
    assert len(files) > 8
    with desk.store.reading() as tx:
        done = [row.what for row in journal.for_case(tx, ready.case)]
    assert done.count("case.revealed") == 2
    assert "case.exported" in done


def test_a_correction_notice_names_every_missing_paper_and_the_case_goes_on(fresh: Counter) -> None:
    for key, value in {"applicant_role": "母亲", "settle_follow": "父亲"}.items():
        fresh.flows.fill.answer(fresh.clerk, fresh.case, key, value)
    view, path = fresh.flows.correct.notice(fresh.clerk, fresh.case)
    assert (view.status, view.editable) == ("correcting", True)
    assert path.endswith("补正告知书.pdf")
    assert fresh.flows.print_papers.pdf(path).startswith(b"%PDF")
    assert len(fresh.flows.print_papers.pages(path, 600)) >= 1


def test_no_correction_is_asked_of_a_complete_case(ready: Counter) -> None:
    with pytest.raises(NothingMissing):
        ready.flows.correct.notice(ready.clerk, ready.case)


def test_a_case_accepted_after_the_day_was_closed_is_sealed_with_the_next_day(ready: Counter) -> None:
    first = ready.flows.close_day.close(ready.clerk, "zhao", "135790")
    ready.clock.pass_by(timedelta(hours=1))
    ready.sign()
    number = ready.flows.accept.accept(ready.clerk, ready.case).case_number
    assert ready.flows.close_day.view().accepted == 0
    ready.clock.pass_by(timedelta(days=1))
    assert ready.flows.close_day.view().accepted == 1
    second = ready.flows.close_day.close(ready.clerk, "zhao", "135790")
    assert number.encode() not in Path(first.sealed).read_bytes()
    assert number.encode() in Path(second.sealed).read_bytes()


def test_the_day_notices_a_scan_that_is_gone(ready: Counter) -> None:
    ready.sign()
    ready.flows.accept.accept(ready.clerk, ready.case)
    assert ready.flows.close_day.view().evidence_missing == 0
    for path in (ready.place.desk.settings.home / "attachments").iterdir():
        path.unlink()
    view = ready.flows.close_day.view()
    assert view.evidence_missing == 1
    assert "缺影像" in view.by_theme[0][5]


def test_the_note_of_a_sealed_day_hides_numbers_and_the_sheet_names_the_clerk(ready: Counter) -> None:
    ready.sign()
    ready.flows.accept.accept(ready.clerk, ready.case)
    closed = ready.flows.close_day.close(ready.clerk, "zhao", "135790", note="家属 13900001111 明日来取")
    sealed = Path(closed.sealed).read_text("utf-8")
    assert "13900001111" not in sealed
    assert '"clerk":"王秀兰"' in sealed
    assert Path(closed.pdf).stat().st_mode & 0o077 == 0
