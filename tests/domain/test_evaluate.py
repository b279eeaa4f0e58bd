"""What a pack may say beyond the newborn's: matters left out by a rule, branches, offers, slots by case, clocks in parts."""

from datetime import date

import pytest

from desktop.domain import checklist
from desktop.domain.evaluate import Evaluation
from desktop.domain.prefill import Fact, Source
from desktop.domain.themes import Branch
from desktop.domain.working_days import Pause
from tests.domain.conftest import codes_of
from tests.domain.made_up import PACK, look


def required(seen: Evaluation) -> list[str]:
    return [state.material.id for state in seen.materials if state.required]


def pages(seen: Evaluation, material: str) -> list[str]:
    return [slot.slot for state in seen.materials if state.material.id == material for slot in state.slots]


def test_a_complete_case_has_nothing_against_it() -> None:
    seen = look()
    assert seen.problems == ()
    assert seen.eligibility == "yes"
    assert seen.chosen == ("m_register", "m_medins", "m_fund")


# --- matters left out

def test_a_rule_about_one_matter_leaves_it_out_and_the_theme_open() -> None:
    seen = look(fund_years="0")
    assert seen.eligibility == "yes"
    assert seen.chosen == ("m_register", "m_medins")
    assert [(left.matter, left.verdict.rule.open_path) for left in seen.left_out] == [("m_fund", "满一年后到公积金中心单独提取。")]
    assert seen.left_out[0].verdict.clause_text == "搬家的人可以一并办理。"
    assert codes_of(seen, "warning") == ["matter.left_out"]
    assert seen.complete


def test_what_only_a_left_out_matter_uses_is_neither_asked_nor_shown_nor_filed() -> None:
    seen = look(fund_years="0")
    assert "mat_book" not in required(seen)
    assert not seen.fields["account"].visible
    assert "account" not in seen.answers
    assert seen.answers["ticked"].value == "户口迁移、医保转移"
    assert seen.burden.matters == 2
    assert [state.deadline.id for state in seen.deadlines] == ["d1"]
    assert seen.order == (("m_register",), ("m_medins",))


def test_a_rule_about_matters_nobody_asked_for_is_not_asked() -> None:
    seen = look(deselected=("m_fund",), fund_years=None)
    assert [verdict.rule.id for verdict in seen.conditions] == ["c1"]
    assert seen.unknown_until == ()
    assert seen.complete
    assert not seen.questions["fund_years"].visible
    assert not seen.questions["fund_years"].required


def test_a_rule_about_a_matter_that_is_open_keeps_the_theme_open_and_says_what_it_waits_for() -> None:
    seen = look(fund_years=None)
    assert seen.eligibility == "yes"
    assert seen.unknown_until == ("缴存年数",)
    assert codes_of(seen) == ["condition.unknown", "question.unanswered"]


def test_a_rule_that_the_family_can_put_right_refuses_nothing_but_stops_acceptance() -> None:
    seen = look(who_comes="代办人", payee_is_agent="false", helper_name="周桂兰")
    assert seen.eligibility == "yes"
    assert seen.chosen == ("m_register", "m_medins", "m_fund")
    assert codes_of(seen) == ["condition.correct", "material.missing"]
    assert not seen.complete


def test_a_rule_to_be_put_right_is_silent_once_its_matter_is_left_out_for_another_reason() -> None:
    seen = look(who_comes="代办人", payee_is_agent="false", helper_name="周桂兰", fund_years="0")
    assert "condition.correct" not in codes_of(seen)
    assert [verdict.rule.id for verdict in seen.conditions] == ["c1", "c2"]


def test_without_any_matter_there_is_nothing_to_apply_for() -> None:
    seen = look(deselected=("m_register", "m_medins", "m_fund"))
    assert seen.eligibility == "no"
    assert "matter.none" in codes_of(seen)
    assert seen.order == ()


def test_an_exclusion_of_the_theme_names_the_path_that_stays_open() -> None:
    seen = look(frozen="true")
    assert seen.eligibility == "no"
    assert seen.open_paths == ("先到派出所解冻。",)


def test_what_only_an_undecided_matter_asks_for_is_not_yet_asked_for() -> None:
    seen = look(fund_years=None, account=None)
    book = seen.materials[1]
    assert (book.material.id, book.required, book.undecided) == ("mat_book", None, ("fund_years",))
    assert seen.materials[0].required is True
    assert (seen.fields["account"].visible, seen.fields["account"].required) == (True, False)
    assert look(account=None).fields["account"].required
    assert look(fund_years=None, account=None, who_comes="代办人", payee_is_agent=None).materials[1].undecided == ("fund_years",)


def test_what_is_still_to_be_answered_stands_in_the_order_it_is_asked() -> None:
    asked = look(who_comes=None, moved_here=None, fund_years=None).unknown_until
    assert asked == tuple(PACK.by_key[key].called for key in ("who_comes", "payee_is_agent", "moved_here", "fund_years"))


# --- answers that are none

@pytest.mark.parametrize(("key", "value"), [("who_comes", "自己"), ("moved_here", "也许"), ("fund_years", "9"), ("frozen", "不知道")])
def test_an_answer_that_is_no_choice_decides_nothing_and_is_named(key: str, value: str) -> None:
    seen = look(PACK, (), (), (), None, **{key: value})
    assert seen.answers[key].value == value
    assert [problem.key for problem in seen.problems if problem.code == "choice.unknown"] == [key]
    if key == "who_comes":
        assert seen.materials[0].undecided == ("who_comes",)
    else:
        assert seen.unknown_until == (f"{PACK.by_key[key].called}（填法不对）",)
        assert seen.eligibility == ("yes" if key == "fund_years" else "unknown")


def test_a_wrong_choice_names_the_choices_there_are() -> None:
    seen = look(who_comes="自己", moved_here="也许")
    problems = {problem.key: problem.params for problem in seen.problems if problem.code == "choice.unknown"}
    assert {key: params["choices"] for key, params in problems.items()} == {"who_comes": "本人、代办人", "moved_here": "是、否"}


def test_a_day_that_is_none_neither_starts_a_clock_nor_opens_a_choice() -> None:
    seen = look(moved_on="2026-13-45")
    assert [state.start for state in seen.deadlines] == [None, None]
    assert seen.fields["year"].choices == ("当年",)
    assert "date.invalid" in codes_of(seen)


def test_nothing_written_is_no_answer() -> None:
    assert "moved_here" not in look(moved_here=" ").answers
    assert look(frozen="").answers["frozen"].source is Source.DEFAULT


@pytest.mark.parametrize(("written", "answer"), [
    ("否", "false"), ("True", "true"), ("YES", "true"), ("no", "false"), ("1", "true"), ("0", "false")])
def test_yes_and_no_are_understood_in_every_spelling(written: str, answer: str) -> None:
    assert look(abroad=written).answers["abroad"].value == answer


@pytest.mark.parametrize("written", ["2026/11/2", "2026.11.02", "20261102", "2026年11月2日", "２０２６-１１-０２", "2026-11-2"])
def test_a_day_is_understood_in_every_spelling(written: str) -> None:
    assert look(moved_on=written).answers["moved_on"].value == "2026-11-02"


@pytest.mark.parametrize("written", ["2026/13/2", "11/2/2026", "261102", "2026年11月"])
def test_a_day_that_could_mean_anything_stays_as_it_is_written(written: str) -> None:
    assert look(moved_on=written).answers["moved_on"].value == written


# --- questions, choices, names

def test_a_question_is_asked_only_when_its_case_is_given() -> None:
    assert not look().questions["payee_is_agent"].visible
    asked = look(who_comes="代办人", helper_name="周桂兰").questions["payee_is_agent"]
    assert (asked.visible, asked.required) == (True, True)


@pytest.mark.parametrize(("moved_on", "offered"), [("2026-11-02", ("当年", "次年")), ("2026-09-30", ("当年",)), (None, ("当年",))])
def test_a_choice_is_offered_only_when_it_may_be_chosen(moved_on: str | None, offered: tuple[str, ...]) -> None:
    assert look(moved_on=moved_on).fields["year"].choices == offered


def test_a_choice_that_may_not_be_chosen_is_an_error_and_one_not_yet_known_is_none() -> None:
    assert "choice.not_offered" in codes_of(look(moved_on="2026-09-30"))
    assert "choice.not_offered" not in codes_of(look(moved_on=None))


def test_a_problem_calls_a_blank_by_whose_it_is_where_the_print_does_not_say() -> None:
    seen = look(mover_name=None)
    assert [problem.params["label"] for problem in seen.problems] == ["搬家人姓名"]
    assert [problem.params["label"] for problem in look(mover_number="1").problems] == ["身份证号"]


# --- materials

def test_a_page_is_asked_for_only_of_those_who_come() -> None:
    assert pages(look(), "mat_id") == ["id_card_front.mover"]
    assert pages(look(who_comes="代办人", helper_name="周桂兰"), "mat_id") == ["id_card_front.mover", "id_card_front.helper"]


def test_a_page_of_which_it_is_not_known_whether_it_is_wanted_is_listed_but_not_missed() -> None:
    seen = look(who_comes=None)
    state = seen.materials[0]
    assert state.undecided == ("who_comes",)
    assert [slot.wanted for slot in state.slots] == [True, False]
    assert "material.missing" not in codes_of(seen)


def test_a_paper_that_a_platform_supplies_is_skipped_and_says_why() -> None:
    shared = look(account=None, facts=(Fact(name="push:share.account", value="6222021234567890"),)).materials[1]
    assert (shared.required, shared.skipped) == (False, "平台已共享账户")
    assert look(deselected=("m_fund",)).materials[1].skipped == ""


def test_the_matrix_says_which_matter_uses_which_paper() -> None:
    assert {row.material.id: row.used for row in checklist.matrix(PACK)} == {
        "mat_id": (True, True, True), "mat_book": (False, False, True), "mat_lease": (True, False, False)}


# --- matters in this case

def test_a_branch_says_who_issues_what_and_who_leads() -> None:
    at_home, abroad = look().matters[0], look(abroad="true").matters[0]
    assert (at_home.department_name, at_home.result, at_home.lead) == ("公安局", "户口簿", True)
    assert (abroad.department_name, abroad.result, abroad.lead) == ("外办", "注销证明", True)


def test_as_long_as_the_branch_is_open_the_matter_names_what_would_decide_it() -> None:
    plan = look(abroad=None).matters[0]
    assert (plan.department, plan.lead, plan.undecided) == ("police", False, ("abroad",))


def test_a_later_branch_that_is_true_decides_nothing_while_an_earlier_one_is_open() -> None:
    branches = ({"when": "abroad", "department": "office", "result": "注销证明"},
                {"when": "moved_here", "department": "bank", "result": "迁移证明"})
    matter = PACK.matters[0].model_copy(update={"branches": tuple(Branch(**branch) for branch in branches)})
    pack = PACK.model_copy(update={"matters": (matter, *PACK.matters[1:])})
    assert look(pack, abroad=None).matters[0].undecided == ("abroad",)
    assert look(pack).matters[0].undecided == ()


def test_matters_stand_in_steps_and_one_not_chosen_is_nobodys_prerequisite() -> None:
    assert [(plan.step, plan.prerequisites) for plan in look().matters] == [(1, ()), (2, ("m_register",)), (2, ("m_register",))]
    assert [(plan.step, plan.chosen) for plan in look(deselected=("m_register",)).matters] == [(0, False), (1, True), (1, True)]


# --- clocks

def test_a_departments_days_run_from_the_planned_end_of_the_matter_before() -> None:
    found = {clock.matter: clock for clock in look().matter_clocks}
    assert set(found) == {"m_register", "m_medins"}
    assert found["m_register"].clock is not None
    assert (found["m_register"].start, found["m_register"].clock.due) == (date(2026, 11, 23), date(2026, 11, 25))
    assert found["m_medins"].clock is not None
    assert (found["m_medins"].start, found["m_medins"].clock.due) == (date(2026, 11, 25), date(2026, 11, 26))


def test_a_pause_moves_the_promise_and_one_without_an_end_stops_it() -> None:
    first = date(2026, 11, 24)
    moved = look(pauses=(Pause(first, date(2026, 11, 25), "公示"),))
    straight = look()
    assert moved.due is not None
    assert straight.due is not None
    assert (straight.due.due, moved.due.due) == (date(2026, 11, 30), date(2026, 12, 2))
    stands = look(pauses=(Pause(first, None, "公示"),))
    assert stands.due is None
    assert stands.standing is not None
    assert stands.standing.pause.reason == "公示"
    assert [clock.clock is None for clock in stands.matter_clocks] == [False, True]


def test_a_clock_of_another_case_is_not_told_and_one_not_yet_decided_is() -> None:
    assert [state.deadline.id for state in look().deadlines] == ["d1", "d2"]
    assert [state.deadline.id for state in look(abroad="true").deadlines] == ["d1", "d2", "d3"]
    assert [state.deadline.id for state in look(abroad=None).deadlines] == ["d1", "d2", "d3"]
    derivation = look().deadlines[1].derivation
    assert derivation is not None
    assert (len(derivation.days), derivation.due) == (7, date(2026, 11, 9))


def test_the_documents_own_figures_stand_beside_what_is_counted() -> None:
    burden = look().burden
    assert [(figure.kind, figure.before, figure.after) for figure in burden.printed] == [("visits", 3, 1)]
    assert (burden.pages_asked, burden.pages_if_separate, burden.matters) == (2, 4, 3)
