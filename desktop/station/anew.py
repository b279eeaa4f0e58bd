"""A new beginning, when a store is lost for good: everything of the old one goes aside, and the next store says why it is there.

Nothing is deleted. The marker lies there from the first piece that is moved to the first row of the new store.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from db import identity, journal
from db.faults import StoreFault
from db.store import DB_NAME, Store
from desktop.domain import masking
from desktop.domain.hall_time import day_of, second_of
from desktop.station import backups, keys, recovery, witness
from desktop.station.clock import Clock
from desktop.station.files import put_aside
from desktop.station.markers import ANEW, BEGINNING, RESTORING, STAGING, mark, marked
from desktop.station.owner import WINDOW, owning

PIECES = (DB_NAME, f"{DB_NAME}-wal", f"{DB_NAME}-shm", keys.KEY_FILE, witness.FILE, recovery.FILE, "attachments", "backups", "days",
          backups.LAST, STAGING, RESTORING, BEGINNING)
"""All that is of one store. Settings, packs and calendars are the PC's and stay."""
LOST = frozenset({"store.missing", "store.empty", "store.behind", "store.rewritten", "store.foreign", "store.damaged", "store.wrong_key",
                  "store.key_missing", "store.key_elsewhere", "store.key_sealed", "station.restoring", "station.beginning_anew"})
"""What keeps a store from opening for good. Of one that opens, an administrator disposes who signed in."""
_REASON_BYTES = 120


class NoReason(Exception):
    """A new beginning needs a reason."""

    code = "station.no_reason"


@dataclass(frozen=True)
class PutAside:
    """What a new beginning moved, and where to."""

    folder: Path
    pieces: tuple[str, ...]


def given_up(home: Path) -> bool:
    """Whether somebody who may has begun to put this home's store aside. Raises StoreFault."""
    return marked(home, ANEW) is not None


def begin_anew(home: Path, reason: str, clock: Clock, *, today: date | None = None) -> PutAside:
    """Put everything of the store aside; the next first run begins. After a kill the same call goes on.

    `today`: the day a person confirms where the clock is in doubt. Raises NoReason, Owned, ClockDoubted, StoreFault.
    """
    if not reason.strip():
        raise NoReason
    with owning(home, WINDOW):
        begun = marked(home, ANEW)
        if not begun:
            if not any((home / name).exists() for name in PIECES):
                raise StoreFault("store.none")
            clock.stand_on_any(seen.at if (seen := witness.claim(home)) else None)
            at = clock.sure_on(today)
            begun = {"at": at.isoformat(), "aside": stamp(at), "reason": kept_reason(reason)}
            mark(home, ANEW, begun)
        folder = home / "aside" / begun["aside"]
        return PutAside(folder, put_aside(home, PIECES, folder))


def say_why(store: Store, begun: Mapping[str, Any], clock: Clock) -> None:
    """The first row of the store that takes the other's place, and numbers that leap over what the other one gave out."""
    with store.transaction() as tx:
        if journal.head(tx)[0]:
            return      # it was written before a kill
        if "at" in begun:
            clock.stand_on(datetime.fromisoformat(begun["at"]))
        at = clock.now()
        identity.leap_numbers(tx, day_of(at), second_of(at))
        journal.append(tx, at, "system", "station.began_anew", None,
                       {"reason_base64": begun.get("reason", ""), "aside": begun.get("aside", "")})


def stamp(at: datetime) -> str:
    """A folder below `aside`."""
    return f"{at:%Y%m%dT%H%M%SZ}"


def kept_reason(reason: str) -> str:
    """A person's own words, so that the journal's plain-text rule cannot be broken by a name in them."""
    return base64.b64encode(masking.mask_text(reason.strip()).encode()[:_REASON_BYTES]).decode()
