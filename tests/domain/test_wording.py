"""Every problem the rules can raise has a sentence and a way out."""

import re
import tomllib
from pathlib import Path

from tests.domain.conftest import RESOURCES, Family, complete, greeted

DOMAIN = Path(__file__).resolve().parents[2] / "desktop/domain"
WORDING = tomllib.loads((RESOURCES / "wording.toml").read_text("utf-8"))


def codes_in_the_rules() -> set[str]:
    texts = "\n".join(path.read_text("utf-8") for path in DOMAIN.glob("*.py") if path.name != "roles.py")       # acts look like codes
    return {code for code in re.findall(r'"([a-z_]+\.[a-z_0-9]+)"', texts) if not code.endswith((".toml", ".csv", ".json", ".py"))}


def test_no_code_is_without_a_sentence_and_something_to_do() -> None:
    codes = codes_in_the_rules()
    assert len(codes) > 30
    assert [code for code in sorted(codes) if not (WORDING.get(code, {}).get("say") and WORDING[code].get("do"))] == []


def test_every_blank_in_a_sentence_is_filled_by_the_problem() -> None:
    families = [Family(), greeted(), complete(), complete().on("2026-12-31"), complete().saying(applicant_role="父亲"),
                greeted().saying(same_ethnicity="false", applicant_phone="1", father_id_no="1", newborn_birth_date="2026-10-01",
                                 newborn_native_place_region="139999", newborn_sex="x")]
    for problem in (problem for family in families for problem in family.look().problems):
        for sentence in WORDING[problem.code].values():
            sentence.format(**problem.params)
