"""What lies still is read before it is taken, and taken as it was read."""

from hardware.simulated.desk import SimulatedDesk
from tests.flows.conftest import Counter


def lying(counter: Counter) -> list[str | None]:
    return [slot.slot for material in counter.view().materials for slot in material.slots if slot.evidence_id]


def test_the_picture_that_was_read_is_the_one_that_is_filed_and_only_once(fresh: Counter, simulated: SimulatedDesk) -> None:
    pages = fresh.flows.capture_page
    simulated.lay_papers("marriage_certificate")
    pages.read_ahead(1.0)
    simulated.clear_desk()
    _, taken = pages.capture(fresh.clerk, fresh.case, still_since=1.0)
    assert [page.doc_type for page in taken] == ["marriage_certificate"]
    assert len(lying(fresh)) == 1
    _, again = pages.capture(fresh.clerk, fresh.case, still_since=1.0)
    assert again == (), "the desk is bare now"


def test_what_moved_after_it_was_read_is_taken_anew(fresh: Counter, simulated: SimulatedDesk) -> None:
    pages = fresh.flows.capture_page
    simulated.lay_papers("marriage_certificate")
    pages.read_ahead(1.0)
    simulated.lay_papers("register_home")
    _, taken = pages.capture(fresh.clerk, fresh.case)
    assert [page.doc_type for page in taken] == ["household_register_home"]


def test_a_paper_read_ahead_and_pushed_away_is_never_filed_for_the_next_one(fresh: Counter, simulated: SimulatedDesk) -> None:
    pages = fresh.flows.capture_page
    simulated.lay_papers("marriage_certificate")
    pages.read_ahead(1.0)
    simulated.lay_papers("register_home")
    _, taken = pages.capture(fresh.clerk, fresh.case, still_since=2.0)      # the ring closed before the second was read ahead
    assert [page.doc_type for page in taken] == ["household_register_home"]
