"""Two papers say different things: both places are shown, the clerk takes one, and what was taken keeps its place."""

from dataclasses import replace
from datetime import date

import pytest

from desktop.flows.views import CaseView, FieldView
from hardware.simulated import people
from tests.flows.conftest import Counter


def field(view: CaseView, key: str) -> FieldView:
    return next(field for section in view.sections for field in section.fields if field.key == key)


def another_card(counter: Counter, **changes: object) -> CaseView:
    """The father's card again, with something else on its chip than the papers say."""
    counter.simulated.lay_card(replace(people.FATHER, **changes))  # type: ignore[arg-type]
    view, _ = counter.flows.read_card.read(counter.clerk, counter.case, "father")
    return view


def test_both_places_are_shown_with_the_paper_each_is_from(ready: Counter) -> None:
    chip, paper = field(another_card(ready, name="陈志道"), "father_name").sides
    assert (chip.origin_text, chip.shown, chip.cutout) == ("父亲身份证芯片", "陈志道", None)
    assert (paper.origin_text, paper.shown) == ("身份证人像面（父亲）", "陈志远")
    assert paper.cutout is not None
    assert ready.flows.capture_page.cutout(paper.cutout).shape[1] > 20


def test_the_place_chosen_is_the_hands_answer_with_its_cutout_and_settles_it(ready: Counter) -> None:
    sides = field(another_card(ready, name="陈志道"), "father_name").sides
    view = ready.flows.fill.choose(ready.clerk, ready.case, "father_name", sides[1].origin)
    chosen = field(view, "father_name")
    assert (chosen.value, chosen.source, chosen.cutout, chosen.problems) == ("陈志远", "hand", sides[1].cutout, ())
    assert chosen.origin_text == "身份证人像面（父亲），窗口选定"
    undone = field(ready.flows.fill.undo(ready.clerk, ready.case), "father_name")
    assert (undone.value, undone.source) == ("陈志道", "chip")
    assert undone.sides == sides


def test_choosing_what_stands_there_keeps_its_source(ready: Counter) -> None:
    sides = field(another_card(ready, name="陈志道"), "father_name").sides
    chosen = field(ready.flows.fill.choose(ready.clerk, ready.case, "father_name", sides[0].origin), "father_name")
    assert (chosen.value, chosen.source, chosen.problems) == ("陈志道", "chip", ())


def test_a_choice_is_asked_for_again_when_another_card_says_something_new(ready: Counter) -> None:
    sides = field(another_card(ready, name="陈志道"), "father_name").sides
    ready.flows.fill.choose(ready.clerk, ready.case, "father_name", sides[1].origin)
    assert field(another_card(ready, name="陈志道"), "father_name").problems == (), "the same card says nothing new"
    assert field(another_card(ready, name="陈致远"), "father_name").problems


def test_an_overwritten_choice_comes_back_by_undo_with_its_place_on_the_paper(ready: Counter) -> None:
    sides = field(another_card(ready, name="陈志道"), "father_name").sides
    ready.flows.fill.choose(ready.clerk, ready.case, "father_name", sides[1].origin)
    ready.flows.fill.answer(ready.clerk, ready.case, "father_name", "陈小远")
    assert field(ready.flows.fill.undo(ready.clerk, ready.case), "father_name").cutout == sides[1].cutout


def test_what_no_blank_of_the_form_takes_is_compared_and_confirmed_by_its_key(ready: Counter) -> None:
    view = another_card(ready, birth_date=date(1993, 8, 8))
    found = {one.key: one for one in view.contradictions}["same:father.birth"]
    assert (found.label, [side.shown for side in found.sides]) == ("父亲的出生日期", ["1993-08-08", "1993-08-06"])
    assert found.sides[1].cutout is not None
    assert not view.ready
    looked = ready.flows.fill.confirm(ready.clerk, ready.case, found.key)
    assert looked.contradictions == ()
    assert [one.key for one in ready.flows.fill.undo(ready.clerk, ready.case).contradictions] == [found.key]


def test_nothing_is_chosen_that_no_paper_said(ready: Counter) -> None:
    with pytest.raises(ValueError, match="speaks of father_name"):
        ready.flows.fill.choose(ready.clerk, ready.case, "father_name", "paper:marriage_certificate.husband.shoe_size")
