"""Lines as an engine gives them become words with places; a label and its value far away are two."""

import pytest

from desktop.recognition.engine import Line, spaced
from desktop.recognition.text_layer import text_lines


def test_a_line_keeps_its_words_and_stands_where_its_characters_do() -> None:
    line = Line("Hello 世界", 0.9, 90, 100, 410, 140, spaced("Hello世界", 100, 400))
    (only,) = text_lines([line], 1000, 500)
    assert only.text == "Hello 世界"
    assert only.box == pytest.approx((0.1, 0.2, 0.3, 0.08))


def test_a_value_far_from_its_label_is_marked_alone() -> None:
    line = Line("公民身份号码 110105199503150028", 0.9, 0, 100, 1000, 140,
                (*spaced("公民身份号码", 100, 300), *spaced("110105199503150028", 500, 900)))
    label, value = text_lines([line], 1000, 500)
    assert (label.text, value.text) == ("公民身份号码", "110105199503150028")
    assert value.box == pytest.approx((0.5, 0.2, 0.4, 0.08))


def test_a_line_without_characters_gives_nothing() -> None:
    assert text_lines([Line("", 0.0, 0, 0, 10, 10, ())], 100, 100) == ()
