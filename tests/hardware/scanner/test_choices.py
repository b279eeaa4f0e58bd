"""From what is wanted to what a scanner offers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.faults import FaultCode
from hardware.scanner import choices
from tests.hardware.faulty import code_of

BOTH = ("Flatbed", "ADF", "ADF Duplex")
number = st.floats(-1e6, 1e6, allow_nan=False)


@given(wanted=number, low=number, width=st.floats(0, 1e6), step=st.sampled_from([0.0, 1.0, 0.5, 25.0]))
def test_a_number_stays_in_its_range_and_on_its_steps(wanted: float, low: float, width: float, step: float) -> None:
    kept = choices.nearest(wanted, (low, low + width, step))
    assert low - 1e-6 <= kept <= low + width + 1e-6
    if step:
        assert abs((kept - low) / step - round((kept - low) / step)) < 1e-6


@given(wanted=number, listed=st.lists(number, min_size=1))
def test_of_a_list_the_nearest_is_taken(wanted: float, listed: list[float]) -> None:
    kept = choices.nearest(wanted, listed)
    assert kept in listed
    assert all(abs(kept - wanted) <= abs(other - wanted) for other in listed)


def test_what_sane_would_turn_into_one_dpi_becomes_the_highest() -> None:
    assert choices.nearest(99999, (1.0, 1200.0, 1.0)) == 1200
    assert choices.nearest(200, [1, 75, 150, 300]) == 150
    assert choices.nearest(200, None) == 200


@pytest.mark.parametrize(
    ("wanted", "duplex", "offered", "source"),
    [
        ("", False, BOTH, "ADF"), ("", True, BOTH, "ADF Duplex"), ("feeder", False, BOTH, "ADF"), ("flatbed", False, BOTH, "Flatbed"),
        ("adf duplex", True, BOTH, "ADF Duplex"), ("ADF Duplex", False, BOTH, "ADF Duplex"), ("", False, ("Flatbed",), "Flatbed"),
        ("", False, ("ADF Front", "ADF Back"), "ADF Front"), ("anything", False, (), ""), ("", False, ("平板", "自动进纸器"), "自动进纸器"),
    ],
)  # fmt: skip
def test_the_source_is_chosen(wanted: str, duplex: bool, offered: tuple[str, ...], source: str) -> None:
    assert choices.source_for(wanted, duplex, offered) == source


@pytest.mark.parametrize(("wanted", "offered"), [("feeder", ("Flatbed",)), ("flatbed", ("ADF",)), ("Slides", BOTH)])
def test_a_source_it_does_not_have_is_unsupported(wanted: str, offered: tuple[str, ...]) -> None:
    assert code_of(lambda: choices.source_for(wanted, duplex=False, offered=offered)) is FaultCode.UNSUPPORTED


def test_the_mode_is_the_scanners_own_word() -> None:
    assert choices.mode_for("color", ("Lineart", "Gray", "Color")) == "Color"
    assert choices.mode_for("gray", ("Lineart", "Gray[Error Diffusion]", "True Gray", "24bit Color")) == "True Gray"
    assert choices.mode_for("color", ("Lineart", "Gray")) == "Gray"
    assert choices.mode_for("gray", ("Lineart",)) == ""


def test_pixels_tell_the_resolution_when_the_scanner_does_not_tell_the_truth() -> None:
    assert choices.real_resolution(200, 1654, 210) == 200
    assert choices.real_resolution(200, 1240, 210) == 150
    assert choices.real_resolution(300, 2400, 0) == 300
