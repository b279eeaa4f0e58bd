"""When to try again. Pure: attempt, now, chance -> time."""

from datetime import datetime, timedelta
from random import Random

FIRST_SECONDS = 1.0
CAP_SECONDS = 60.0
RETRY_AFTER_CAP_SECONDS = 600.0


def next_try(attempts: int, now: datetime, rng: Random, retry_after: float | None = None) -> datetime:
    """The next time after `attempts` failed tries (1 = the first one failed).

    Full jitter: anywhere between now and min(60 s, 2^(attempts-1) s), so that a hall's windows do not all come back at
    once. What the province asked for (`retry_after` seconds) is waited out, up to ten minutes.
    """
    longest = min(CAP_SECONDS, FIRST_SECONDS * 2 ** min(max(attempts - 1, 0), 30))
    seconds = rng.uniform(0, longest)
    if retry_after is not None:
        seconds = max(seconds, min(max(retry_after, 0.0), RETRY_AFTER_CAP_SECONDS))
    return now + timedelta(seconds=seconds)
