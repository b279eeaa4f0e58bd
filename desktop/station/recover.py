"""Two slips give a home whose key is lost its key back. What an administrator may do with them besides: the flows."""

from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from db import backup, journal
from db.faults import StoreFault
from db.store import DB_NAME, Store
from desktop.station import anew, keys, recovery
from desktop.station.clock import Clock
from desktop.station.markers import RESTORING, marked
from desktop.station.owner import WINDOW, owning
from desktop.station.recovery import Ask


@dataclass(frozen=True)
class Recovered:
    """The slips are good."""

    slips: int
    """Number of their set."""
    given_back: bool
    """Whether the key had been lost."""
    key: bytes = field(repr=False)
    """The store's: who has it has put two slips together."""


def recover(home: Path, ask: Ask, clock: Clock, *, use_keyring: bool = True, copy_in: Path | None = None) -> Recovered:
    """Open the store with two slips, and keep the key for it where none is or a wrong one. The journal says that they were used.

    `copy_in`: a backup whose copy of the wrapped key is taken where the home has none. Raises SlipRefused, Owned, StoreFault
    (`recovery.none`, `store.missing`, `store.wrong_key` when the slips are another store's), and nothing is changed then.
    """
    if marked(home, RESTORING) is not None:
        raise StoreFault("station.restoring")
    wrapped = recovery.content(recovery.read(home)) or (backup.look(copy_in).recovery if copy_in else b"")
    key, number = recovery.key_by_slips(wrapped, ask)
    with owning(home, WINDOW), closing(Store.open(home / DB_NAME, key)) as store:
        lost = keys.key_or_lost(home) != key
        with store.transaction() as tx:
            newest = journal.row(tx, journal.head(tx)[0])
            clock.stand_on_any(newest.at if newest else None)
            journal.append(tx, clock.now(), "system", "station.slips_used", None, {"slips": number, "key_was_lost": lost})
        if lost:
            keys.give_back(home, key, home / "aside" / anew.stamp(clock.now()), ring=keys.ring_of(home, wanted=use_keyring))
    return Recovered(number, lost, key)
