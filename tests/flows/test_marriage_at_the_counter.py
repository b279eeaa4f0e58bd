"""A marriage case at the window: who is groom and bride, what the list of matters takes away and brings back."""

from desktop.flows.views import CaseView
from hardware.simulated import people
from tests.flows.conftest import Counter

GREETING = {"applicant_is": "女方", "no_spouse": "true", "close_kin": "false", "both_present": "true"}


def _shown(view: CaseView) -> set[str]:
    return {field.key for section in view.sections for field in section.fields if field.visible}


def _asked(view: CaseView) -> list[str]:
    return [material.material_id for material in view.materials if material.required == "yes"]


def _answer(view: CaseView, key: str) -> str:
    said = {question.key: question.value for question in view.questions}
    return (said | {field.key: field.value for section in view.sections for field in section.fields})[key]


def _started(counter: Counter) -> tuple[str, CaseView]:
    case = counter.flows.greet.start(counter.clerk, "hebei-marriage").case_uuid
    for key, value in GREETING.items():
        counter.flows.fill.answer(counter.clerk, case, key, value)
    for card in (people.GROOM, people.BRIDE):
        counter.simulated.lay_card(card)
        counter.flows.read_card.read(counter.clerk, case)
        counter.simulated.lift_card()
    return case, counter.flows.fill.open(counter.clerk, case)


def test_two_cards_make_groom_and_bride_and_their_ages_decide(fresh: Counter) -> None:
    _, view = _started(fresh)
    assert view.eligibility == "yes"
    assert _answer(view, "applicant_name") == people.BRIDE.name
    assert _answer(view, "spouse_name") == people.GROOM.name
    assert _answer(view, "husband_born_on") == str(people.GROOM.birth_date)


def test_taking_the_other_matters_out_takes_their_blanks_and_papers_too_and_putting_them_back_brings_them(fresh: Counter) -> None:
    case, view = _started(fresh)
    everything = _shown(view)
    for matter in ("m_hukou_marital", "m_hukou_move", "m_birth_registration"):
        view = fresh.flows.fill.select_matter(fresh.clerk, case, matter, selected=False)
    assert _asked(view) == ["mat_hukou", "mat_id_cards", "mat_couple_photo"]
    assert len(_shown(view)) == 8
    for matter in ("m_hukou_marital", "m_hukou_move", "m_birth_registration"):
        view = fresh.flows.fill.select_matter(fresh.clerk, case, matter, selected=True)
    assert _shown(view) == everything


def test_the_answer_that_leaves_a_matter_out_can_be_taken_back(fresh: Counter) -> None:
    case, _ = _started(fresh)
    view = fresh.flows.fill.answer(fresh.clerk, case, "expecting", "false")
    assert "mat_birth_pledge" not in _asked(view)
    assert _answer(view, "expecting") == "false"
    view = fresh.flows.fill.answer(fresh.clerk, case, "expecting", "true")
    assert "mat_birth_pledge" in _asked(view)
