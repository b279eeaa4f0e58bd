"""Whose paper it is: a stranger's takes nobody's place, the same person's own takes the old one's, and two in a frame are two people's."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from db import evidence
from desktop.flows.views import CapturedPage, CaseView
from desktop.wording import remedy
from hardware.readings import IdCard
from hardware.simulated import people
from tests.flows.conftest import Counter
from tests.specimens import papers
from tests.specimens.papers import Specimen

DESK = Path(__file__).resolve().parents[2] / "resources" / "recordings" / "desk"
BODY = "13052919500306003"
GRANDFATHER = replace(people.FATHER, name="孙建国", number=BODY + people.check_digit(BODY), birth_date=date(1950, 3, 6))
Show = Callable[..., tuple[CapturedPage, ...]]


@pytest.fixture
def show(tmp_path: Path) -> Show:
    """Papers as the pages of one scanned PDF, brought into a case."""

    def brought(counter: Counter, *specimens: Specimen, wanted: str | None = None) -> tuple[CapturedPage, ...]:
        images = [Image.fromarray(specimen.image[:, :, ::-1]) for specimen in specimens]
        images[0].save(tmp_path / "scan.pdf", save_all=True, append_images=images[1:], resolution=200)
        return counter.flows.capture_page.import_file(counter.clerk, counter.case, tmp_path / "scan.pdf", wanted).pages

    return brought


def _member(card: IdCard) -> Specimen:
    return papers.household_register_member(card, people.HOUSEHOLD, date(2020, 1, 2), random.Random(1))


def _front(card: IdCard) -> Specimen:
    return papers.id_card_front(card, random.Random(2))


def _back(card: IdCard) -> Specimen:
    return papers.id_card_back(card, random.Random(3))


def _in(counter: Counter, slot: str) -> str:
    """The piece of evidence that holds the slot now."""
    with counter.place.desk.store.reading() as tx:
        (piece,) = [piece for piece in evidence.for_case(tx, counter.case) if piece.slot == slot]
    return piece.evidence_id


def _values(view: CaseView, *keys: str) -> list[str]:
    fields = {field.key: field.value for section in view.sections for field in section.fields}
    return [fields[key] for key in keys]


def test_of_a_whole_register_only_the_page_that_is_wanted_is_filed(ready: Counter, show: Show) -> None:
    told = [problem for problem in ready.view().problems if problem.severity == "error"]
    father, grandfather = show(ready, _member(people.FATHER), _member(GRANDFATHER))
    assert (father.slot, father.verdict) == ("household_register_member.father", None)
    assert (grandfather.slot, grandfather.verdict) == (None, "page.whose")
    assert "拍这份" in remedy("page.whose")
    assert _in(ready, "household_register_member.father") == father.evidence_id, "the same person's page once more takes the place"
    assert ready.flows.capture_page.page_image(grandfather.evidence_id).size, "kept, though unfiled"
    assert [problem for problem in ready.view().problems if problem.severity == "error"] == told


def test_a_strangers_card_takes_nobodys_place_until_the_clerk_says_whose(ready: Counter, show: Show) -> None:
    mothers, fathers = _in(ready, "id_card_front.mother"), _in(ready, "id_card_front.father")
    (page,) = show(ready, _front(GRANDFATHER))
    assert (page.slot, page.verdict) == (None, "page.whose")
    assert (_in(ready, "id_card_front.mother"), _in(ready, "id_card_front.father")) == (mothers, fathers)
    (page,) = show(ready, _front(GRANDFATHER), wanted="id_card_front.father")
    assert (page.slot, page.verdict) == ("id_card_front.father", None)
    assert _in(ready, "id_card_front.mother") == mothers
    (again,) = show(ready, _front(GRANDFATHER))
    assert again.slot == "id_card_front.father", "the same card as the clerk put there"


def test_a_card_taken_again_is_known_by_its_name_where_the_number_is_misread(ready: Counter, show: Show) -> None:
    number = people.FATHER.number
    misread = replace(people.FATHER, number=number[:-1] + ("0" if number[-1] != "0" else "1"))
    (page,) = show(ready, _front(misread))
    assert page.slot == "id_card_front.father"


def test_backs_go_to_the_one_they_are_and_an_unknown_one_takes_no_place(ready: Counter, show: Show) -> None:
    mothers, fathers = _in(ready, "id_card_back.mother"), _in(ready, "id_card_back.father")
    (page,) = show(ready, _back(replace(people.FATHER, valid_from=date(2011, 2, 3), valid_to=date(2031, 2, 3), long_term=False)))
    assert (page.slot, page.verdict) == (None, "page.whose")
    assert (_in(ready, "id_card_back.mother"), _in(ready, "id_card_back.father")) == (mothers, fathers)
    (page,) = show(ready, _back(people.FATHER))
    assert page.slot == "id_card_back.father"


def test_cards_laid_before_anything_was_asked_go_by_their_sex_and_a_third_to_nobody(fresh: Counter, show: Show) -> None:
    pages = show(fresh, _front(people.FATHER), _front(people.MOTHER), _front(GRANDFATHER))
    assert [page.slot for page in pages] == ["id_card_front.father", "id_card_front.mother", None]
    assert pages[2].verdict == "page.whose"
    assert _values(fresh.view(), "mother_name", "father_name") == [people.MOTHER.name, people.FATHER.name]


def test_of_two_cards_in_one_frame_the_second_hears_whose_the_first_was(fresh: Counter) -> None:
    counter = replace(fresh, case=fresh.flows.greet.start(fresh.clerk, "hebei-death").case_uuid)
    pages = counter.flows.capture_page.import_file(counter.clerk, counter.case, DESK / "parents_cards_front.jpg").pages
    assert [(page.slot, page.verdict) for page in pages] == [("id_card_front.agent", None), ("id_card_front.deceased", None)]
    assert set(_values(counter.view(), "agent_name", "deceased_name")) == {people.MOTHER.name, people.FATHER.name}
    counter.flows.fill.undo(counter.clerk, counter.case)
    assert set(_values(counter.view(), "agent_name", "deceased_name")) == {""}, "one frame is one step"
