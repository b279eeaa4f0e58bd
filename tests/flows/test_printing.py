"""Printing at the counter: nothing twice unknowingly, a reprint says so, papers only of what is committed."""

from pathlib import Path

import pytest

from db import journal, print_jobs
from desktop.flows.print_jobs import MaybePrinted, NothingInDoubt
from desktop.flows.print_papers import NoPaperPrinter, NoSuchPaper
from hardware.faults import DeviceFault, FaultCode
from tests.flows.conftest import Counter


@pytest.fixture
def accepted(ready: Counter) -> Counter:
    ready.sign()
    ready.flows.accept.accept(ready.clerk, ready.case)
    return ready


def slips(counter: Counter) -> int:
    return len(counter.simulated.slips())


def done(counter: Counter) -> list[str]:
    """What the journal says of printing."""
    with counter.place.desk.store.reading() as tx:
        return [row.what for row in journal.for_case(tx, counter.case) if row.what.startswith(("receipt.", "print.", "paper.p", "paper.r"))]


def run_out_in_the_middle(counter: Counter) -> None:
    counter.simulated.printer.runs_out_after(3)
    with pytest.raises(DeviceFault) as fault:
        counter.flows.print_papers.receipt(counter.clerk, counter.case)
    assert (fault.value.code, fault.value.sent) == (FaultCode.PAPER_OUT, True)


def test_a_receipt_that_may_be_half_out_is_not_printed_again_until_somebody_has_looked(accepted: Counter) -> None:
    printing = accepted.flows.print_papers
    run_out_in_the_middle(accepted)
    assert (accepted.view().printing("receipt").state, accepted.view().receipt_printed) == ("unsure", False)
    accepted.simulated.printer.fault("paper_out", on=False)      # the printer works off what it holds
    before = slips(accepted)
    with pytest.raises(MaybePrinted):
        printing.receipt(accepted.clerk, accepted.case)
    assert slips(accepted) == before
    view = printing.receipt(accepted.clerk, accepted.case, sure=True)
    assert (view.printing("receipt").state, view.printing("receipt").copies, view.receipt_printed) == ("done", 2, True)
    assert "补打 第1次" in accepted.simulated.slips()[-1].text
    assert "补打" not in accepted.simulated.slips()[-2].text
    assert done(accepted) == ["print.unsure", "receipt.reprinted"]


def test_a_receipt_that_the_clerk_saw_whole_counts_as_printed(accepted: Counter) -> None:
    printing = accepted.flows.print_papers
    run_out_in_the_middle(accepted)
    accepted.simulated.printer.fault("paper_out", on=False)
    view = printing.seen(accepted.clerk, accepted.case)
    assert (view.printing("receipt").state, view.printing("receipt").copies, view.receipt_printed) == ("done", 1, True)
    with pytest.raises(NothingInDoubt):
        printing.seen(accepted.clerk, accepted.case)
    assert done(accepted) == ["print.unsure", "print.seen"]


def test_a_program_that_died_while_printing_leaves_the_question(accepted: Counter) -> None:
    desk = accepted.place.desk
    with desk.store.transaction() as tx:
        print_jobs.begin(tx, accepted.case, "receipt", "1", by="wang", at=desk.clock())
    assert accepted.view().printing("receipt").state == "unsure"
    with pytest.raises(MaybePrinted):
        accepted.flows.print_papers.receipt(accepted.clerk, accepted.case)


def test_a_try_that_surely_printed_nothing_leaves_no_question_and_no_number(accepted: Counter) -> None:
    accepted.simulated.printer.fault("cover_open")
    with pytest.raises(DeviceFault):
        accepted.flows.print_papers.receipt(accepted.clerk, accepted.case)
    assert accepted.view().printing("receipt").state == "none"
    accepted.simulated.printer.fault("cover_open", on=False)
    view = accepted.flows.print_papers.receipt(accepted.clerk, accepted.case)
    assert view.printing("receipt").copies == 1
    assert "补打" not in accepted.simulated.slips()[-1].text
    again = accepted.flows.print_papers.receipt(accepted.clerk, accepted.case)
    assert again.printing("receipt").copies == 2
    assert "补打 第1次" in accepted.simulated.slips()[-1].text
    assert done(accepted) == ["receipt.printed", "receipt.reprinted"]


def test_papers_go_to_the_queue_of_their_kind_and_are_the_ones_that_were_kept(accepted: Counter, tmp_path: Path) -> None:
    printing, devices = accepted.flows.print_papers, accepted.place.desk.devices
    with pytest.raises(NoPaperPrinter):
        printing.paper(accepted.clerk, accepted.case, "unified_form")
    devices.point("paper_printer", f"file-folder:{tmp_path / 'printed'}")
    with pytest.raises(NoSuchPaper):
        printing.paper(accepted.clerk, accepted.case, "correction_notice")
    for kind in ("acceptance_notice", "unified_form", "unified_form"):
        view = printing.paper(accepted.clerk, accepted.case, kind)
    assert [(one.kind, one.state, one.copies) for one in view.prints] == [
        ("receipt", "none", 0), ("acceptance_notice", "done", 1), ("unified_form", "done", 2)]
    kept = {Path(one.path).stem: printing.pdf(one.path) for one in view.prints if one.path}
    printed = {path.stem: path.read_bytes() for path in sorted((tmp_path / "printed").iterdir())}
    assert printed == {"001-受理通知书": kept["受理通知书"], "002-申报表单": kept["申报表单"], "003-申报表单": kept["申报表单"]}
    assert done(accepted) == ["paper.printed", "paper.printed", "paper.reprinted"]


def test_no_paper_is_printed_before_the_commit(ready: Counter, tmp_path: Path) -> None:
    ready.place.desk.devices.point("paper_printer", f"file-folder:{tmp_path / 'printed'}")
    with pytest.raises(NoSuchPaper):
        ready.flows.print_papers.paper(ready.clerk, ready.case, "acceptance_notice")
    assert not (tmp_path / "printed").exists()
