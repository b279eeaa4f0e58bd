"""PINs: which are too weak, and how long one waits after wrong ones. Digests and rows: db/users.py.

Waiting is measured in uptime, the seconds since the PC was started: no clock's setting moves it, and every process reads the same.
"""

import itertools
import unicodedata
from datetime import date

SHORTEST = 6
FREE_TRIES = 5
"""Wrong tries before the first wait."""
FIRST_WAIT = 30.0
LONGEST_WAIT = 900.0
"""Seconds."""

_COMMON = frozenset({
    "112233", "223344", "332211", "445566", "778899", "998877", "123654", "123789", "147258", "147369", "147852", "159357", "159753",
    "258369", "258147", "369258", "456123", "753159", "789123", "789456", "951753", "963852", "987456", "131452", "1314520", "520131",
    "5201314", "5211314", "584520", "168168", "201314", "100861", "110120", "112112", "142857", "314159", "password", "qwerty",
    "qwertyuiop", "asdfgh", "asdfghjkl", "zxcvbn", "zxcvbnm", "abc123", "abcd1234", "admin123", "1qaz2wsx", "1q2w3e", "1q2w3e4r",
    "iloveyou", "woaini", "woaini1314"})
"""What people choose most and no rule below catches: walks over the keypad, numbers that sound like words, keyboard rows."""


def weakness(pin: str, login: str) -> str | None:
    """Why this PIN is too easy to guess, as a wording code; None when it is good enough."""
    plain = unicodedata.normalize("NFKC", pin).casefold()
    if len(plain) < SHORTEST:
        return "pin.short"
    if _repeats(plain):
        return "pin.repeated"
    if _runs(plain):
        return "pin.sequence"
    if _is_day(plain):
        return "pin.birth_date"
    if login and (login.casefold() == plain or (len(login) >= 4 and login.casefold() in plain)):
        return "pin.login"
    return "pin.common" if plain in _COMMON else None


def wait_after(wrong_tries: int) -> float:
    """Seconds to wait after so many wrong tries: none up to FREE_TRIES - 1, then 30, 60, 120 … 900."""
    doublings = min(wrong_tries - FREE_TRIES, 10)
    return 0.0 if doublings < 0 else min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** doublings)


def wait_left(wrong_tries: int, tried_at: float, uptime: float) -> float:
    """Seconds until the next try may be looked at; 0 or less = now. `tried_at` is the uptime of the last wrong one."""
    # An uptime below the noted one is a later start of the PC: since then at least all of it has gone by. Above it, if there was a
    # start between, more has gone by than the difference. So either way nobody waits too little.
    return wait_after(wrong_tries) - (uptime - tried_at if uptime >= tried_at else uptime)


def _repeats(pin: str) -> bool:
    """`111111`, `112212`, `123123`, `123321`: two characters, or one block again, or backwards."""
    blocks = any(len(pin) % size == 0 and pin == pin[:size] * (len(pin) // size) for size in range(1, len(pin) // 2 + 1))
    return len(set(pin)) < 3 or blocks or pin == pin[::-1]


def _runs(pin: str) -> bool:
    """`123456`, `654321`, `890123`, `abcdef`: each character the next one up or down."""
    if pin.isdigit():
        steps = {(int(second) - int(first)) % 10 for first, second in itertools.pairwise(pin)}
        return steps in ({1}, {9})
    return {ord(second) - ord(first) for first, second in itertools.pairwise(pin)} in ({1}, {-1})


def _is_day(pin: str) -> bool:
    """`19950315` or `950315`."""
    if not pin.isdecimal() or len(pin) not in {6, 8}:
        return False
    century = "" if len(pin) == 8 else "20"     # 2000 was a leap year: no birthday of either century is missed
    try:
        day = date.fromisoformat(f"{century}{pin}")
    except ValueError:
        return False
    return 1900 <= day.year < 2100
