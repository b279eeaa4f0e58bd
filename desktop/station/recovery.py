"""The recovery key: random, never kept, shared on slips. What is kept is the store's key wrapped by it, here and in every backup.

`recovery.json` may hold two sets: the one people have, and a new one until somebody says that its slips were handed out. So there is
no moment without good slips, and from then on the old ones open no new backup (an old backup they open for ever).
"""

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from db.faults import StoreFault, from_os
from desktop.station.files import write_whole
from desktop.station.slips import Slip, SlipRefused, secret_of, share_out

FILE = "recovery.json"


@dataclass(frozen=True)
class SlipSet:
    """One set of slips: what they open. The slips themselves are nowhere but on paper."""

    number: int
    wrapped: str
    """The store's key, wrapped (RFC 3394) by the recovery key; hexadecimal."""
    made_at: str
    """ISO 8601."""
    handed_out: bool = False
    last_words: tuple[str, ...] = ()
    """Of each slip its last word, until the set is handed out: who can read them aloud has the papers before him. A third of the
    checksum, so it tells nothing of the secret."""


Ask = Callable[[Sequence[SlipSet]], Sequence[Slip]]
"""Has two slips of one of these sets typed."""


class Recovery:
    """The recovery slips of an open store."""

    def __init__(self, home: Path, key: bytes) -> None:
        self._home, self._key = home, key

    def share_out(self, now: datetime) -> tuple[int, tuple[str, ...]]:
        """Make slips: the number of the set, which waits to be handed out, and each person's words. Raises StoreFault."""
        good = tuple(one for one in read(self._home) if one.handed_out)
        number = -1
        while number in {-1, *(one.number for one in good)}:
            secret = secrets.token_bytes(32)
            number, mnemonics = share_out(secret)
        made = SlipSet(number, aes_key_wrap(secret, self._key).hex(), now.isoformat(timespec="seconds"),
                       last_words=tuple(mnemonic.split()[-1] for mnemonic in mnemonics))
        _keep(self._home, (*good, made))
        return number, mnemonics

    def hand_out(self, last_words: Sequence[str]) -> int:
        """The waiting set was printed and given to its people: from now on it is the only one. Its number. Raises StoreFault, SlipRefused.

        `last_words`: the last word of each slip, read from the papers, in any order.
        """
        waiting = next((one for one in read(self._home) if not one.handed_out), None)
        if waiting is None:
            raise SlipRefused("slip.none_waiting")
        if sorted(word.strip().lower()[:4] for word in last_words) != sorted(word[:4] for word in waiting.last_words):
            raise SlipRefused("slip.last_words", number=waiting.number)
        _keep(self._home, (replace(waiting, handed_out=True, last_words=()),))
        return waiting.number


def read(home: Path) -> tuple[SlipSet, ...]:
    """The sets of a home, none when slips were never made. Raises StoreFault."""
    try:
        return parse((home / FILE).read_bytes())
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise from_os(error) from error


def parse(content: bytes) -> tuple[SlipSet, ...]:
    """The sets in the bytes of a `recovery.json`, from a home or a backup. Raises StoreFault(`recovery.damaged`)."""
    try:
        table = json.loads(content)
        sets = tuple(SlipSet(**{**one, "last_words": tuple(one.get("last_words", ()))}) for one in table["sets"])
        for one in sets:
            bytes.fromhex(one.wrapped)
            datetime.fromisoformat(one.made_at)
            int(one.number)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise StoreFault("recovery.damaged") from error
    return sets


def key_by_slips(content: bytes, ask: Ask) -> tuple[bytes, int]:
    """The store's key from what a `recovery.json` holds, and the number of the set that opened it. Raises what `key_from` raises."""
    sets = parse(content) if content else ()
    if not sets:
        raise StoreFault("recovery.none")
    return key_from(sets, ask(sets))


def key_from(sets: Sequence[SlipSet], slips: Sequence[Slip]) -> tuple[bytes, int]:
    """The store's key, and the number of the set it was opened with. Raises SlipRefused, StoreFault(`recovery.damaged`)."""
    secret = secret_of(slips)
    number = slips[0].number
    fitting = [one for one in sets if one.number == number]
    if not fitting:
        raise SlipRefused("slip.other_set", number=number, wanted="、".join(str(one.number) for one in sets))
    try:
        return aes_key_unwrap(secret, bytes.fromhex(fitting[0].wrapped)), number
    except (InvalidUnwrap, ValueError) as error:
        raise StoreFault("recovery.damaged") from error


def content(sets: Sequence[SlipSet]) -> bytes:
    """As a home and a backup keep them; nothing for none."""
    return json.dumps({"format": 1, "sets": [vars(one) for one in sets]}, indent=1).encode() if sets else b""


def _keep(home: Path, sets: tuple[SlipSet, ...]) -> None:
    write_whole(home / FILE, content(sets))
