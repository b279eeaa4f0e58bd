"""The real pack and the real tables, read once; a family that can be changed piece by piece."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest

from desktop.domain import codes as codes_module
from desktop.domain import themes, working_days
from desktop.domain.codes import Codes
from desktop.domain.evaluate import Evaluation, evaluate
from desktop.domain.prefill import Answer, Fact, Read, Role, Source, facts_from_card, facts_from_page
from desktop.domain.themes import ThemePack
from desktop.domain.working_days import Calendar

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
PACK_FILE = RESOURCES / "themes/hebei-newborn/2023.toml"


def read_codes() -> Codes:
    return codes_module.from_texts({path.name: path.read_text("utf-8") for path in (RESOURCES / "codes").iterdir()})


CODES = read_codes()
CALENDAR = working_days.parse_calendar((RESOURCES / "calendar/china.toml").read_text("utf-8"))
PACK = themes.parse_pack(PACK_FILE.read_text("utf-8"), "2023.toml")


@pytest.fixture(scope="session")
def pack() -> ThemePack:
    return PACK


@pytest.fixture(scope="session")
def codes() -> Codes:
    return CODES


@pytest.fixture(scope="session")
def calendar() -> Calendar:
    return CALENDAR


MOTHER = {"type": "resident", "name": "林晓月", "sex": "2", "nation": "01", "birth_date": "1995-03-15", "number": "130529199503150028",
          "address": "河北省邢台市巨鹿县示例镇样本路18号3单元402室", "valid_from": "2019-05-20", "valid_to": "2039-05-20"}
FATHER = {"type": "resident", "name": "陈志远", "sex": "1", "nation": "01", "birth_date": "1993-08-06", "number": "130529199308060019",
          "address": "河北省邢台市巨鹿县示例镇样本路18号3单元402室", "valid_from": "2018-11-02", "valid_to": "长期"}
GRANDMOTHER = {"type": "resident", "name": "周桂兰", "sex": "2", "nation": "01", "birth_date": "1968-02-02",
               "number": "130529196802020027", "address": "河北省邢台市巨鹿县示例镇样本路18号", "valid_to": "长期"}


def sure(confidence: float = 0.995, /, **fields: str) -> dict[str, Read]:
    return {key: (value, confidence, (0.1, 0.1, 0.3, 0.05)) for key, value in fields.items()}


def marriage(**changes: str) -> tuple[Fact, ...]:
    fields = {"holder": "林晓月", "cert_no": "J130529-2021-000520", "register_date": "2021-05-20",
              "name_1": "林晓月", "sex_1": "女", "id_number_1": MOTHER["number"],
              "name_2": "陈志远", "sex_2": "男", "id_number_2": FATHER["number"]}
    return facts_from_page("marriage_certificate", sure(**{**fields, **changes}), evidence_id="marriage")


def register_home(**changes: str) -> tuple[Fact, ...]:
    fields = {"household_type": "家庭户", "household_no": "018402026", "head_name": "陈志远", "address": FATHER["address"]}
    return facts_from_page("household_register_home", sure(**{**fields, **changes}), evidence_id="home")


def register_member(role: Role = "father", **changes: str) -> tuple[Fact, ...]:
    fields = {"name": "陈志远", "relation": "户主", "sex": "男", "nation": "汉", "native_place": "河北省邢台市巨鹿县",
              "id_number": FATHER["number"]}
    return facts_from_page("household_register_member", sure(**{**fields, **changes}), role, evidence_id="member")


ALL_PAGES = frozenset({
    "id_card_front.mother", "id_card_chip.mother", "id_card_front.father", "id_card_chip.father", "marriage_certificate",
    "household_register_home", "household_register_member.father", "other.first_issue_form"})
TYPED = {"applicant_phone": "13800138000", "newborn_name": "陈安然", "newborn_sex": "女", "ssc_collect_method": "自领",
         "ssc_issue_bank": "中国工商银行", "ssc_pickup_outlet": "工行示例路支行"}
GREETING = {"applicant_role": "母亲", "settle_follow": "父亲", "birth_in_province": "true", "married_at_birth": "true",
            "parents_in_province": "true", "same_ethnicity": "true", "settle_household_type": "家庭户",
            "newborn_birth_date": "2026-11-18"}


@dataclass(frozen=True)
class Family:
    """One family at the window; each step returns the next one."""

    hand: Mapping[str, str] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    pages: frozenset[str] = frozenset()
    today: date = date(2026, 11, 23)
    confirmed: frozenset[str] = frozenset()
    accepted_on: date | None = None
    pack: ThemePack = PACK
    deselected: frozenset[str] = frozenset()
    window_region: str = "130529"

    def saying(self, **answers: str | None) -> "Family":
        return replace(self, hand={key: value for key, value in {**self.hand, **answers}.items() if value is not None})

    def showing(self, *facts: tuple[Fact, ...]) -> "Family":
        return replace(self, facts=(*self.facts, *(fact for group in facts for fact in group)))

    def on(self, day: str) -> "Family":
        return replace(self, today=date.fromisoformat(day))

    def look(self) -> Evaluation:
        hand = {key: Answer(key=key, value=value, source=Source.HAND) for key, value in self.hand.items()}
        return evaluate(self.pack, self.facts, hand, self.pages, self.today, CALENDAR, CODES, {"region": self.window_region},
                        self.confirmed, self.accepted_on, self.deselected)


def greeted() -> Family:
    """Nothing but the greeting's answers."""
    return Family(hand=GREETING)


def complete() -> Family:
    """The mother applies, both cards read, every paper captured, everything typed that must be."""
    return Family(hand={"applicant_role": "母亲", "settle_follow": "父亲", "birth_in_province": "true",
                        "newborn_birth_date": "2026-11-18", **TYPED}, pages=ALL_PAGES).showing(
        facts_from_card(MOTHER, "mother"), facts_from_card(FATHER, "father"), marriage(), register_home(), register_member())


def codes_of(evaluation: Evaluation, severity: str = "error") -> list[str]:
    return [problem.code for problem in evaluation.problems if problem.severity == severity]
