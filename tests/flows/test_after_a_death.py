"""Another theme goes the same way: two cards and a few answers from greeting to acceptance, without a word of code of its own."""

from db import outbox
from desktop.domain.snapshot import CaseSnapshot
from hardware.simulated import people
from hardware.simulated.desk import SimulatedDesk
from tests.domain.test_hebei_death import PLAIN
from tests.flows.conftest import Counter
from tests.homes import sign


def test_a_plain_family_is_taken_with_two_cards_and_the_agent_is_the_applicant(fresh: Counter, simulated: SimulatedDesk) -> None:
    flows, clerk = fresh.flows, fresh.clerk
    case = flows.greet.start(clerk, "hebei-death").case_uuid
    for key, value in {**PLAIN, "death_certificate_issued": "false"}.items():
        flows.fill.answer(clerk, case, key, value)
    for card in (people.MOTHER, people.FATHER):       # the first card is the agent's, the second the deceased's
        simulated.lay_card(card)
        flows.read_card.read(clerk, case)
        simulated.lift_card()
    for key, value in {"death_time": "2026-11-20T08:30", "death_cause": "脑出血", "agent_phone": "13800000000",
                       "agent_relation_to_deceased": "配偶"}.items():
        view = flows.fill.answer(clerk, case, key, value)
    assert view.ready, view.problems
    sign(flows, clerk, case)
    accepted = flows.accept.accept(clerk, case)
    assert accepted.case_number.startswith("130529SH")
    assert accepted.due_date.isoformat() == "2026-12-15"
    with fresh.place.desk.store.reading() as tx:
        snapshot = CaseSnapshot.model_validate_json(outbox.rows(tx)[0].body)
    assert snapshot.applicant_name == people.MOTHER.name
