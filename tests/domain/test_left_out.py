"""Who cannot have some matters here can have the rest: each rule that leaves matters out, each matter nobody asks for, alone."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from desktop.domain.evaluate import Evaluation
from desktop.domain.themes import ThemePack
from tests.domain import (
    conftest,
    test_gansu_newborn,
    test_hebei_death,
    test_hebei_marriage,
    test_hebei_newborn_2022,
    test_yuanling_newborn,
    test_zhejiang_newborn,
)

WHOLE: dict[str, Callable[[], Any]] = {
    "gansu-newborn@2024": test_gansu_newborn.complete, "hebei-death@2023": test_hebei_death.everything,
    "hebei-marriage@2023": test_hebei_marriage.complete, "hebei-newborn@2022": test_hebei_newborn_2022.whole,
    "hebei-newborn@2023": conftest.complete, "hunan-yuanling-newborn@2022": test_yuanling_newborn.complete,
    "zhejiang-newborn@2022": test_zhejiang_newborn.complete}
"""Of each pack a family that lacks nothing."""


@dataclass(frozen=True)
class Without:
    """What a family says that does not meet one rule, and the paper it has not for that reason."""

    pack: str
    rule: str
    says: dict[str, str]
    lacks: str = ""
    gone: tuple[str, ...] = ()
    """Matters that are left out."""


INSURED = ("m_medins_account", "m_pension_account", "m_survivor")
FAMILIES = (
    Without("gansu-newborn@2024", "c2", {"first_issue": "false"}, gone=("m_birth_cert",)),
    Without("gansu-newborn@2024", "c3", {"married_at_birth": "false", "hukou_registered": "true"}, "marriage_certificate", ("m_hukou",)),
    Without("gansu-newborn@2024", "c3", {"newborn_birth_datetime": "2025-10-01T08:00", "hukou_registered": "true"}, gone=("m_hukou",)),
    Without("gansu-newborn@2024", "c9", {"married_at_birth": "false", "hukou_registered": "false"}, "marriage_certificate",
            ("m_hukou", "m_ssc")),
    Without("hebei-death@2023", "c2", {"deceased_insured_kind": "其他"}, gone=INSURED),
    Without("hebei-death@2023", "c2", {"deceased_has_enterprise_pension": "false"}, gone=INSURED),
    Without("hebei-death@2023", "c3", {"deceased_has_housing_fund": "false"}, "other.notary_certificate", ("m_housing_fund",)),
    Without("hebei-death@2023", "c3", {"notary_certificate": "false"}, "other.notary_certificate", ("m_housing_fund",)),
    Without("hebei-death@2023", "c4", {"deceased_has_hebei_licence": "false"}, "other.deceased_photo", ("m_driving_licence",)),
    Without("hebei-marriage@2023", "c2", {"register_marital": "已婚"}, gone=("m_hukou_marital",)),
    Without("hebei-marriage@2023", "c3", {"both_in_province": "false"}, gone=("m_hukou_move",)),
    Without("hebei-marriage@2023", "c3", {"sponsor_household_type": "集体户"}, gone=("m_hukou_move",)),
    Without("hebei-marriage@2023", "c3", {"move_policy_met": "false"}, gone=("m_hukou_move",)),
    Without("hebei-marriage@2023", "c4", {"expecting": "false"}, "other.birth_pledge", ("m_birth_registration",)),
)
FALLS_WITH_THE_THEME = {("gansu-newborn@2024", "c1")}
"""Who does not meet it does not meet a condition of the whole theme either."""


def pack_of(name: str) -> ThemePack:
    pack: ThemePack = WHOLE[name]().pack
    return pack


def laid_down(family: Any, lacks: str) -> Evaluation:
    """The case once every page it asks for lies there, but for the one this family has not."""
    facts = tuple(fact for fact in family.facts if not (lacks and fact.name.startswith(f"paper:{lacks}")))
    family = replace(family, facts=facts, pages=family.pages - {lacks})
    pages = {slot for problem in family.look().problems if problem.code == "material.missing"
             for slot in problem.params["slots"].split(",")}
    seen: Evaluation = replace(family, pages=family.pages | (pages - {lacks})).look()
    return seen


def stopped_by(seen: Evaluation) -> list[tuple[str, str | None, dict[str, str]]]:
    return [(problem.code, problem.key, problem.params) for problem in seen.problems if problem.severity == "error"]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda one: f"{one.pack}-{one.rule}-{'-'.join(one.says)}")
def test_what_the_rule_does_not_speak_of_can_still_be_accepted(family: Without) -> None:
    seen = laid_down(WHOLE[family.pack]().saying(**family.says), family.lacks)
    assert seen.eligibility == "yes"
    assert family.rule in [left.verdict.rule.id for left in seen.left_out]
    assert {left.matter for left in seen.left_out} == set(family.gone)
    assert stopped_by(seen) == []


@pytest.mark.parametrize("name", WHOLE)
def test_every_rule_that_leaves_matters_out_is_walked_through(name: str) -> None:
    pack = pack_of(name)
    rules = {rule.id for rule in (*pack.conditions, *pack.exclusions) if rule.matters and rule.on_fail == "refuse"}
    assert rules == {family.rule for family in FAMILIES if family.pack == name} | {
        rule for pack_name, rule in FALLS_WITH_THE_THEME if pack_name == name}


def test_who_was_not_born_in_the_province_meets_no_condition_of_gansu() -> None:
    assert test_gansu_newborn.complete(birth_in_province="false").look().eligibility == "no"


@pytest.mark.parametrize(("name", "matter"), [(name, matter.id) for name in WHOLE for matter in pack_of(name).matters if matter.optional])
def test_what_is_not_asked_for_holds_nothing_up(name: str, matter: str) -> None:
    family = replace(WHOLE[name](), deselected=frozenset({matter}))
    assert stopped_by(laid_down(family, "")) == []


