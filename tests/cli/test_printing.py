"""`oncedesk print reprint` and `print paper` on an accepted case."""

from pathlib import Path

from hardware.simulated.printer import SimulatedPrinter
from tests.cli.conftest import Command

PIN = ("246810",)


def test_a_reprint_says_which_copy_it_is(oncedesk: Command, accepted: tuple[Path, str], printer: SimulatedPrinter) -> None:
    home, number = accepted
    ask = ("print", "reprint", number, "--printer", f"tcp://127.0.0.1:{printer.port}", "--as", "wang", "--home", home, "--demo", "--json")
    printer.runs_out_after(3)
    told = oncedesk(*ask, pins=PIN)
    assert (told.status, told.document["fault"]) == (1, "printer.paper_out")
    printer.fault("paper_out", on=False)
    told = oncedesk(*ask, pins=PIN)
    assert (told.status, told.document) == (0, {"printed": True, "case": number, "copy": 2})
    assert ["补打" in slip.text for slip in printer.slips()] == [False, True]


def test_papers_are_handed_over_all_or_by_kind(oncedesk: Command, accepted: tuple[Path, str], tmp_path: Path) -> None:
    home, number = accepted
    ask = ("print", "paper", number, "--as", "wang", "--home", home, "--demo", "--json")
    told = oncedesk(*ask, pins=PIN)
    assert (told.status, told.out) == (2, "")
    assert "A4 打印机" in told.err
    to_folder = (*ask, "--printer", f"file-folder:{tmp_path / 'printed'}")
    told = oncedesk(*to_folder, pins=PIN)
    assert told.status == 0
    assert [(one["kind"], one["copy"]) for one in told.document["handed_over"]] == [("acceptance_notice", 1), ("unified_form", 1)]
    told = oncedesk(*to_folder, "--kind", "unified_form", pins=PIN)
    assert told.document["handed_over"] == [{"kind": "unified_form", "title": "申报表单", "copy": 2}]
    names = [path.name for path in sorted((tmp_path / "printed").iterdir())]
    assert names == ["001-受理通知书.pdf", "002-申报表单.pdf", "003-申报表单.pdf"]
    told = oncedesk(*to_folder, "--kind", "correction_notice", pins=PIN)
    assert (told.status, told.out) == (2, "")
