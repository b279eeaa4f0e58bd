"""`oncedesk bench themes`: evaluating a complete case, and loading every pack, beside the same rules by hand and a bare TOML reader."""

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from desktop.bench import by_hand
from desktop.bench.timing import Timing, compare
from desktop.domain import rules
from desktop.domain.evaluate import Evaluation, evaluate
from desktop.domain.prefill import Answer, Fact, Source
from desktop.shelf import RESOURCES, Packs, read_calendar, read_codes, read_packs

TODAY = date(2026, 11, 23)
_ADDRESS = "河北省邢台市巨鹿县示例镇样本路18号3单元402室"
_SAID = {
    "chip:mother.name": "林晓月", "chip:mother.number": "130529199503150028", "chip:mother.nation": "01", "chip:mother.sex": "2",
    "chip:mother.type": "resident", "chip:mother.address": _ADDRESS,
    "chip:father.name": "陈志远", "chip:father.number": "130529199308060019", "chip:father.nation": "01",
    "chip:father.sex": "1", "paper:marriage_certificate.cert_no": "J130529-2021-000520",
    "paper:marriage_certificate.register_date": "2021-05-20", "paper:marriage_certificate.husband.name": "陈志远",
    "paper:marriage_certificate.wife.name": "林晓月", "paper:marriage_certificate.husband.id_number": "130529199308060019",
    "paper:marriage_certificate.wife.id_number": "130529199503150028", "paper:household_register_home.household_type": "家庭户",
    "paper:household_register_home.head_name": "陈志远", "paper:household_register_home.address": _ADDRESS,
    "paper:household_register_member.father.relation": "户主", "paper:household_register_member.father.native_place": _ADDRESS,
}
_HAND = {
    "applicant_role": "母亲", "settle_follow": "父亲", "birth_in_province": "true", "parents_in_province": "true",
    "newborn_birth_date": "2026-11-18", "applicant_phone": "13800138000", "newborn_name": "陈安然", "newborn_sex": "女",
    "ssc_collect_method": "自领", "ssc_issue_bank": "中国工商银行", "ssc_pickup_outlet": "工行示例路支行",
}
_SLOTS = frozenset({"id_card_front.mother", "id_card_chip.mother", "id_card_front.father", "id_card_chip.father", "marriage_certificate",
                    "household_register_home", "household_register_member.father", "other.first_issue_form"})


class Disagreement(Exception):
    """The yardstick decides otherwise than the pack: nothing may be measured."""


def run(seconds: float = 2.0) -> tuple[Timing, ...]:
    """Raises Disagreement."""
    calendar, codes = read_calendar(RESOURCES / "calendar"), read_codes(RESOURCES / "codes")
    pack = read_packs(RESOURCES / "themes").get("hebei-newborn", "2023")
    facts = tuple(Fact(name=name, value=value) for name, value in _SAID.items())
    hand = {key: Answer(key=key, value=value, source=Source.HAND) for key, value in _HAND.items()}

    def ours() -> Evaluation:
        return evaluate(pack, facts, hand, _SLOTS, TODAY, calendar, codes, {"region": "130529"})

    def theirs() -> by_hand.Decided:
        return by_hand.decide(_SAID, _HAND, TODAY, calendar, codes)

    _must_agree(ours(), theirs())
    files = sorted((RESOURCES / "themes").glob("*/*.toml"))
    return (
        compare("evaluate a complete case", ours, "the same rules by hand in Python", theirs, seconds=seconds, least=200, target_ms=2.0),
        compare(f"load all {len(files)} packs", _load, "tomllib alone on the same files",
                lambda: _parse(files), seconds=seconds, target_ms=150.0),
    )


def _load() -> Packs:
    rules.compiled.cache_clear()        # a terminal that starts has compiled nothing yet
    return read_packs(RESOURCES / "themes")


def _parse(files: list[Path]) -> list[Mapping[str, object]]:
    return [tomllib.loads(path.read_text("utf-8")) for path in files]


def _must_agree(seen: Evaluation, decided: by_hand.Decided) -> None:
    values = {key: answer.value for key, answer in seen.answers.items()}
    other = {key: value for key, value in decided.answers.items() if values.get(key) != value}
    required = {state.material.id for state in seen.materials if state.required}
    due = seen.due.due if seen.due else None
    last_days = tuple(state.last_day for state in seen.deadlines)[:2]
    if other or (seen.eligibility == "yes", required, due, last_days, seen.complete) != (
            decided.eligible, set(decided.materials), decided.due, decided.last_days, not decided.problems):
        raise Disagreement(f"{other or ''} {seen.eligibility} {sorted(required)} {due} {decided}")
