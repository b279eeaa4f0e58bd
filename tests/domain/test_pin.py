from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.pin import wait_after, wait_left, weakness


@pytest.mark.parametrize(("pin", "login", "code"), [
    ("27491", "lin", "pin.short"), ("", "lin", "pin.short"),
    ("000000", "lin", "pin.repeated"), ("112112", "lin", "pin.repeated"), ("121212", "lin", "pin.repeated"),
    ("123123", "lin", "pin.repeated"), ("123321", "lin", "pin.repeated"), ("520520", "lin", "pin.repeated"),
    ("１１１１１１", "lin", "pin.repeated"), ("88888888", "lin", "pin.repeated"),
    ("123456", "lin", "pin.sequence"), ("987654", "lin", "pin.sequence"), ("567890", "lin", "pin.sequence"),
    ("210987", "lin", "pin.sequence"), ("abcdef", "lin", "pin.sequence"),
    ("19950315", "lin", "pin.birth_date"), ("950315", "lin", "pin.birth_date"), ("000229", "lin", "pin.birth_date"),
    ("20240229", "lin", "pin.birth_date"),
    ("3021177", "3021177", "pin.login"), ("Liming", "liming", "pin.login"), ("302148", "3021", "pin.login"),
    ("147258", "lin", "pin.common"), ("5201314", "lin", "pin.common"), ("PassWord", "lin", "pin.common")])
def test_a_pin_that_is_easy_to_guess_is_refused_with_its_reason(pin: str, login: str, code: str) -> None:
    assert weakness(pin, login) == code


@pytest.mark.parametrize(("pin", "login"), [
    ("274913", "lin"), ("708152", "admin"), ("951332", "lin"), ("19951332", "lin"), ("18991231", "lin"), ("k7-Vogel", "wang"),
    ("274913", ""), ("302711", "lin"), ("123457", "lin")])
def test_other_pins_will_do(pin: str, login: str) -> None:
    assert weakness(pin, login) is None


def test_nine_of_ten_random_pins_will_do() -> None:
    random = Random(7)
    refused = sum(weakness(f"{random.randrange(10**6):06}", "lin") is not None for _ in range(10_000))
    assert refused < 1_000


@pytest.mark.parametrize(("tries", "wait"), [(0, 0), (4, 0), (5, 30), (6, 60), (9, 480), (10, 900), (4000, 900)])
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(tries: int, wait: float) -> None:
    assert wait_after(tries) == wait


@given(before=st.floats(0, 1e6), off=st.floats(0, 1e6), since=st.floats(0, 1e6), tries=st.integers(0, 20))
def test_nobody_waits_too_little_whether_or_not_the_pc_was_started_anew(before: float, off: float, since: float, tries: int) -> None:
    same, anew = wait_left(tries, before, before + since), wait_left(tries, before, since)
    assert same == pytest.approx(wait_after(tries) - since)
    assert anew >= wait_after(tries) - (off + since) - 1e-6
