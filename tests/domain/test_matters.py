"""Matters wait for their prerequisites, and a case's status moves only along its table."""

import pytest

from desktop.domain import matters
from desktop.domain.case import CaseEvent, CaseStatus, IllegalMove, MatterState, editable, next_status
from desktop.domain.themes import Matter, ThemePack


def test_right_after_acceptance_only_matters_without_prerequisites_are_queued(pack: ThemePack) -> None:
    states = {matter.id: matters.first_state(matter, {}) for matter in pack.matters}
    assert [key for key, state in states.items() if state is MatterState.QUEUED] == ["m_birth_cert", "m_vaccination"]


def test_a_finished_matter_makes_the_next_ones_ready(pack: ThemePack) -> None:
    states = {"m_birth_cert": MatterState.DONE, "m_vaccination": MatterState.PUSHED}
    assert matters.ready(pack.matters, states) == ("m_hukou",)
    states["m_hukou"] = MatterState.DONE
    assert matters.ready(pack.matters, states) == ("m_medins", "m_ssc")


def test_what_the_family_did_not_ask_for_holds_nothing_up(pack: ThemePack) -> None:
    states = {"m_hukou": MatterState.NOT_SELECTED}
    assert set(matters.ready(pack.matters, states)) == {"m_birth_cert", "m_vaccination", "m_ssc"}
    assert matters.order(pack.matters, {"m_hukou"}) == (("m_birth_cert", "m_vaccination", "m_ssc"), ("m_medins",))


def test_a_case_is_over_when_nothing_is_left_to_do(pack: ThemePack) -> None:
    states = dict.fromkeys((matter.id for matter in pack.matters), MatterState.DONE)
    assert matters.all_over(pack.matters, states)
    assert not matters.all_over(pack.matters, {**states, "m_ssc": MatterState.PAUSED})


def test_a_circle_is_named() -> None:
    circle = matters.cycle((Matter(id="a", name="a", department="d", result="r", prerequisites=("b",)),
                            Matter(id="b", name="b", department="d", result="r", prerequisites=("a",))))
    assert set(circle) == {"a", "b"}


def test_status_moves_only_along_the_table() -> None:
    assert next_status(CaseStatus.DRAFT, CaseEvent.ACCEPT) is CaseStatus.ACCEPTED
    with pytest.raises(IllegalMove):
        next_status(CaseStatus.ACCEPTED, CaseEvent.ACCEPT)
    assert [status for status in CaseStatus if editable(status)] == [CaseStatus.DRAFT, CaseStatus.CORRECTING, CaseStatus.RETURNED]
