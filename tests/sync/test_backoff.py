from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from desktop.sync.backoff import next_try

NOW = datetime(2026, 11, 22, tzinfo=UTC)
chances = st.integers().map(Random)


@given(attempts=st.integers(0, 10**6), rng=chances)
def test_a_wait_is_never_in_the_past_nor_longer_than_a_minute(attempts: int, rng: Random) -> None:
    assert NOW <= next_try(attempts, NOW, rng) <= NOW + timedelta(seconds=60)


@given(attempts=st.integers(1, 6), rng=chances)
def test_early_waits_are_short(attempts: int, rng: Random) -> None:
    assert next_try(attempts, NOW, rng) <= NOW + timedelta(seconds=2 ** (attempts - 1))


@given(attempts=st.integers(1, 50), rng=chances, asked=st.floats(allow_nan=False))
def test_what_the_province_asks_for_is_obeyed_up_to_ten_minutes(attempts: int, rng: Random, asked: float) -> None:
    wait = (next_try(attempts, NOW, rng, asked) - NOW).total_seconds()
    assert min(asked, 600) <= wait + 1e-5
    assert 0 <= wait <= 600


def test_two_windows_do_not_come_back_together() -> None:
    assert len({next_try(5, NOW, Random(seed)) for seed in range(100)}) > 90
