"""Three-valued rules: decided as soon as they can be, and never sooner."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.rules import Evaluator, as_answer
from tests.domain.conftest import CALENDAR, CODES

TODAY = date(2026, 11, 23)


def ask(source: str, **values: str) -> object:
    return Evaluator(values, CALENDAR, CODES, TODAY, TODAY, "130529").ask(source).value


def missing(source: str, **values: str) -> tuple[str, ...]:
    return Evaluator(values, CALENDAR, CODES, TODAY, TODAY).ask(source).missing


TRUTHS = st.sampled_from(["true", "false", None])


@given(TRUTHS, TRUTHS, TRUTHS)
def test_and_or_follow_the_three_valued_tables(a: str | None, b: str | None, c: str | None) -> None:
    values = {key: value for key, value in {"a": a, "b": b, "c": c}.items() if value is not None}

    def both(x: bool | None, y: bool | None) -> bool | None:
        return False if False in (x, y) else None if None in (x, y) else True

    def either(x: bool | None, y: bool | None) -> bool | None:
        return True if True in (x, y) else None if None in (x, y) else False

    truth = {key: None if value is None else value == "true" for key, value in (("a", a), ("b", b), ("c", c))}
    assert ask("a && b || c", **values) == either(both(truth["a"], truth["b"]), truth["c"])


def test_what_is_missing_is_named_only_while_it_is_open() -> None:
    assert missing("a == 'x' && b == 'y'", a="x") == ("b",)
    assert missing("a == 'x' && b == 'y'", a="z") == ()


def test_what_stands_behind_present_or_a_decided_part_is_not_missing() -> None:
    assert missing("a == 'x' || (present(b) && b > c)") == ("a",)
    assert missing("a && (present(b) && present(c) ? b == c : true)") == ("a",)
    assert missing("a ? b : c") == ("a",)
    assert missing("a ? b : c", a="true") == ("b",)


def test_what_is_missing_stands_in_the_order_of_the_pack() -> None:
    evaluator = Evaluator({}, CALENDAR, CODES, TODAY, TODAY, places={"z": 0, "a": 1, "m": 2})
    assert evaluator.ask("a && m && z").missing == ("z", "a", "m")


def test_an_answer_that_is_none_is_as_good_as_missing_also_to_present() -> None:
    evaluator = Evaluator({"b": "x"}, CALENDAR, CODES, TODAY, TODAY, faulty={"a"})
    assert evaluator.ask("a == 'x' && b == 'x'").missing == ("a",)
    assert evaluator.ask("present(a) && b == 'x'").missing == ("a",)
    assert evaluator.ask("present(a) && b == 'y'").value is False


def test_the_word_unknown_is_never_missing_and_never_a_value() -> None:
    assert ask("a == 'x' ? '是' : unknown", a="y") is None
    assert missing("a == 'x' ? '是' : unknown", a="y") == ()


def test_present_is_decided_even_when_the_answer_is_not_there() -> None:
    assert ask("present(a)") is False
    assert ask("present(a) && a == 'x'", a="x") is True


@pytest.mark.parametrize(("source", "value"), [
    ("province('130529')", "13"), ("city('130529')", "1305"), ("county('130529')", "130529"),
    ("region_in('河北省邢台市巨鹿县示例镇')", "130529"), ("region_name('130529')", "河北省邢台市巨鹿县"),
    ("add_days('2026-10-03', 90)", "2027-01-01"), ("add_days('2026-10-03T23:59', 1)", "2026-10-04"),
    ("add_months('2026-01-31', 1)", "2026-02-28"),
    ("add_working_days('2026-09-18', 30)", "2026-11-05"), ("next_working_day('2026-10-01')", "2026-10-08"),
    ("working_days_between('2026-09-18', '2026-11-05')", 30), ("days_between('2026-01-01', '2026-01-31')", 30),
    ("age_on(today, '2004-11-23')", 22), ("month('2026-10-03')", 10), ("year('2026-10-03')", 2026),
    ("id_valid('11010519491231002x')", True), ("id_valid('110105194912310021')", False),
    ("id_kind('911124198108030024')", "foreigner_2023"),
    ("sex_of('130529199503150028')", "女"), ("birth_of('130529199503150028')", "1995-03-15"),
    ("region_of('130529199503150028')", "130529"), ("window_region", "130529"), ("applied_on == today", True),
])
def test_each_function_says_what_its_name_promises(source: str, value: object) -> None:
    assert ask(source) == value


@pytest.mark.parametrize("source", [
    "province('13')", "add_days('yesterday', 1)", "sex_of('110105194912310021')", "region_in('某地')", "add_working_days('2020-12-30', 9)",
    "working_days_between('2020-01-01', '2020-02-01')", "1 / 0 == 1", "'a' + 1 == 'a1'",
])
def test_an_argument_that_makes_no_sense_leaves_the_rule_open(source: str, caplog: pytest.LogCaptureFixture) -> None:
    assert ask(source) is None
    assert caplog.records == []


def test_no_value_reaches_a_log_when_a_function_fails(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    ask("sex_of(number) == '女'", number="110105194912310021")
    captured = capfd.readouterr()
    assert "110105194912310021" not in captured.out + captured.err + caplog.text


def test_results_become_answers_as_they_are_stored() -> None:
    assert [as_answer(value) for value in (True, False, "x", 7, None, "", 1.5)] == ["true", "false", "x", "7", None, None, None]


def test_a_rule_may_ask_which_matters_are_chosen() -> None:
    evaluator = Evaluator({}, CALENDAR, CODES, TODAY, TODAY, matters=("m_hukou",))
    assert evaluator.ask("'m_hukou' in matters").value is True
    assert evaluator.ask("'m_ssc' in matters").value is False
    assert ask("'m_ssc' in matters") is False


def test_what_is_written_as_decided_needs_no_evaluation() -> None:
    assert (ask("true"), ask("false"), missing("true")) == (True, False, ())
