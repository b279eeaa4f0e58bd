"""The insurance year of a newborn: what is offered, until when it must be paid, what it covers. Packs say it, clocks count it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain import themes
from desktop.domain.evaluate import EntryState, evaluate
from desktop.domain.prefill import Answer, Source
from desktop.domain.themes import ThemePack
from tests.domain.conftest import CALENDAR, CODES, RESOURCES


def read(path: str) -> ThemePack:
    return themes.parse_pack((RESOURCES / "themes" / path).read_text("utf-8"), path)


GANSU, YUANLING = read("gansu-newborn/2024.toml"), read("hunan-yuanling-newborn/2022.toml")
VECTORS = {"2026-10-01": "2026-12-30", "2026-10-02": "2026-12-31", "2026-10-03": "2027-01-01", "2026-12-31": "2027-03-31",
           "2026-01-31": "2026-05-01", "2026-11-22": "2027-02-20"}


def pay_by(pack: ThemePack, born: str) -> date | None:
    """The last day of the pack's 90 days."""
    hand = {"newborn_birth_date": Answer(key="newborn_birth_date", value=born, source=Source.HAND)}
    found = evaluate(pack, (), hand, (), date.fromisoformat(born), CALENDAR, CODES, {"region": pack.county.code})
    return next(state.last_day for state in found.deadlines if state.deadline.days == 90)


@pytest.mark.parametrize("born", VECTORS)
@pytest.mark.parametrize("pack", [GANSU, YUANLING], ids=lambda pack: str(pack.id))
def test_ninety_days_inclusive_end_ninety_days_after_birth_holiday_or_not(pack: ThemePack, born: str) -> None:
    assert pay_by(pack, born) == date.fromisoformat(VECTORS[born])


def year_of(born: str, chosen: str = "", applied: str = "") -> dict[str, EntryState]:
    """What Gansu's pack makes of the choice, by key."""
    said = {"newborn_birth_date": born} | ({"medins_enrol_year": chosen} if chosen else {})
    hand = {key: Answer(key=key, value=value, source=Source.HAND) for key, value in said.items()}
    found = evaluate(GANSU, (), hand, (), date.fromisoformat(applied or born), CALENDAR, CODES, {"region": GANSU.county.code})
    return {**found.questions, **found.fields}


@pytest.mark.parametrize("born", ["2026-01-01", "2026-05-20", "2026-09-30"])
def test_until_september_only_the_year_of_birth_is_offered_and_filled_in(born: str) -> None:
    state = year_of(born)["medins_enrol_year"]
    assert state.choices == ("当年",)
    assert state.answer is not None
    assert state.answer.value == "当年"
    assert [problem.code for problem in year_of(born, "次年")["medins_enrol_year"].problems] == ["choice.not_offered"]


@pytest.mark.parametrize("born", ["2026-10-01", "2026-10-03", "2026-12-31"])
def test_from_october_all_three_are_offered_and_none_is_chosen_for_the_family(born: str) -> None:
    state = year_of(born)["medins_enrol_year"]
    assert state.choices == ("当年", "次年", "当年加次年")
    assert state.answer is None


@pytest.mark.parametrize(("born", "chosen", "until"), [
    ("2026-03-01", "当年", "2026-12-31"), ("2026-10-03", "当年", "2026-12-31"), ("2026-10-03", "次年", "2027-12-31"),
    ("2026-12-31", "当年加次年", "2027-12-31")])
def test_it_covers_from_birth_to_the_end_of_the_last_year_that_was_paid(born: str, chosen: str, until: str) -> None:
    states = year_of(born, chosen)
    cover = [answer.value if (answer := states[key].answer) else None for key in ("medins_cover_from", "medins_cover_to")]
    assert cover == [born, until]


def test_after_ninety_days_nothing_is_covered_backwards() -> None:
    in_time, late = (year_of("2026-03-01", "当年", applied)["medins_cover_from"].answer for applied in ("2026-05-30", "2026-05-31"))
    assert in_time is not None
    assert late is None


@given(st.dates(date(2024, 1, 1), date(2026, 12, 31)))
def test_whoever_was_born_the_ninety_days_lean_on_no_holiday(born: date) -> None:
    assert pay_by(GANSU, born.isoformat()) == born + timedelta(days=90)
