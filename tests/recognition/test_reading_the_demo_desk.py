"""Every scene of the demo reads to exactly what is printed, through the front door."""

from collections.abc import Callable

import numpy as np
import pytest

from desktop.recognition.reading import Page
from hardware.readings import IdCard
from hardware.simulated.people import FATHER, HOUSEHOLD, MARRIAGE, MOTHER

Pages = Callable[[str], tuple[Page, ...]]


def values(page: Page) -> dict[str, str]:
    return {key: reading.value for key, reading in page.fields.items()}


def front(card: IdCard) -> dict[str, str]:
    assert card.birth_date is not None
    return {"name": card.name, "sex": "女" if card.sex == "2" else "男", "nation": "汉", "birth": card.birth_date.isoformat(),
            "address": card.address or "", "id_number": card.number}


def back(card: IdCard) -> dict[str, str]:
    assert card.valid_from is not None
    assert card.valid_to is not None
    return {"authority": card.authority or "", "valid_from": card.valid_from.isoformat(), "valid_to": card.valid_to.isoformat()}


@pytest.mark.parametrize(("scene", "doc_type", "expected"), [
    ("mother_card_front", "id_card_front", front(MOTHER)),
    ("mother_card_back", "id_card_back", back(MOTHER)),
    ("father_card_front", "id_card_front", front(FATHER)),
    ("father_card_back", "id_card_back", back(FATHER)),
    ("marriage_certificate", "marriage_certificate", {
        "holder": MARRIAGE.holder, "cert_no": MARRIAGE.cert_no, "register_date": MARRIAGE.register_date.isoformat(),
        "name_1": MOTHER.name, "sex_1": "女", "birth_1": "1995-03-15", "id_number_1": MOTHER.number,
        "name_2": FATHER.name, "sex_2": "男", "birth_2": "1993-08-06", "id_number_2": FATHER.number}),
    ("register_home", "household_register_home", {
        "household_type": HOUSEHOLD.household_type, "household_no": HOUSEHOLD.household_no, "head_name": HOUSEHOLD.head_name,
        "address": HOUSEHOLD.address, "issue_date": HOUSEHOLD.issue_date.isoformat()}),
    ("register_member", "household_register_member", {
        "name": FATHER.name, "relation": HOUSEHOLD.member_relation, "sex": "男", "nation": "汉", "birth": "1993-08-06",
        "birth_place": HOUSEHOLD.birth_place, "native_place": HOUSEHOLD.native_place, "id_number": FATHER.number,
        "education": HOUSEHOLD.education, "marital": HOUSEHOLD.marital, "occupation": HOUSEHOLD.occupation,
        "employer": HOUSEHOLD.employer, "height": HOUSEHOLD.height, "blood": HOUSEHOLD.blood,
        "register_date": HOUSEHOLD.issue_date.isoformat()}),
])
def test_a_paper_reads_to_what_is_printed_on_it(pages_of: Pages, scene: str, doc_type: str, expected: dict[str, str]) -> None:
    (page,) = pages_of(scene)
    assert page.doc_type == doc_type
    assert values(page) == expected
    assert page.quality.verdict is None


def test_both_cards_lying_side_by_side_are_found_and_told_apart(pages_of: Pages) -> None:
    pages = pages_of("parents_cards_front")
    assert [page.doc_type for page in pages] == ["id_card_front"] * 2
    assert {page.fields["id_number"].value for page in pages} == {MOTHER.number, FATHER.number}
    assert {page.fields["name"].value for page in pages} == {MOTHER.name, FATHER.name}


def test_both_backs_lying_side_by_side_are_found(pages_of: Pages) -> None:
    pages = pages_of("parents_cards_back")
    expected = [back(MOTHER), back(FATHER)]
    assert sorted(map(str, map(values, pages))) == sorted(map(str, expected))


def test_an_empty_desk_gives_no_page(pages_of: Pages) -> None:
    assert pages_of("empty") == ()


def test_a_form_that_only_names_the_birth_certificate_is_none(pages_of: Pages) -> None:
    (page,) = pages_of("registration_form")
    assert (page.doc_type, page.fields) == ("other", {})
    assert "首次签发登记表" in page.text


def test_a_card_lying_upside_down_comes_out_upright_and_its_quad_begins_at_its_own_corner(pages_of: Pages) -> None:
    (page,) = pages_of("father_card_front")
    first, second = np.array(page.quad[0]), np.array(page.quad[1])
    assert first[0] > second[0]                     # the card's own left is on the right of the frame
    assert page.image.shape[1] > page.image.shape[0]


def test_the_box_of_a_value_covers_it_on_the_page(pages_of: Pages) -> None:
    (page,) = pages_of("mother_card_front")
    x, y, width, height = page.fields["id_number"].box
    assert 0.3 < x < 0.4
    assert 0.8 < y < 0.86
    assert 0.4 < width < 0.55
    assert 0.04 < height < 0.14


def test_what_two_fields_confirm_is_offered_as_sure(pages_of: Pages) -> None:
    (page,) = pages_of("mother_card_front")
    assert min(reading.confidence for reading in page.fields.values()) > 0.98
