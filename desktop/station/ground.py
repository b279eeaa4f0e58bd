"""Whether the ground is firm: the store of this home is the one its witness knows, or it is not opened.

The one place that decides between "there was never anything here" and "what was here is gone". Absence alone proves nothing: only a
home without a trace of a store is new. Deletes nothing.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from db import identity as store_identity
from db import journal, schema
from db.faults import UNWRITABLE, StoreFault, StoreLocked
from db.modes import follow
from db.records import JournalRecord
from db.store import DB_NAME, Store
from desktop.station import anew, keys, recovery, witness
from desktop.station.clock import Clock
from desktop.station.identity import Identity, identity_of
from desktop.station.markers import ANEW, BEGINNING, RESTORING, done, mark, marked
from desktop.station.witness import Testimony, Witness

_log = logging.getLogger(__name__)

TRACES = (DB_NAME, f"{DB_NAME}-wal", keys.KEY_FILE, witness.FILE, recovery.FILE, "attachments")
"""What a store leaves in its home."""


@dataclass(frozen=True)
class Ground:
    """An open store on firm ground."""

    identity: Identity
    store: Store
    unwitnessed: bool
    """The store had no witness: nothing tells whether it is the newest copy."""


@contextmanager
def firm_ground(home: Path, clock: Clock, *, use_keyring: bool = True, begin: bool = False,
                make_room: Callable[[], bool] = lambda: False) -> Iterator[Ground]:
    """Open the store of a home; with `begin` also make the store of a new one. The clock is given its floor and kept on it.

    `make_room`: see Store.

    Raises StoreFault. `store.none`: never anything here. `store.missing`, `store.empty`: something was. `store.behind`: an older copy
    than the witness saw; `store.rewritten`: another past; `store.foreign`: another store; `station.restoring`,
    `station.beginning_anew`: a restore or a new beginning was broken off; else what key, disk and file have.
    """
    ring = keys.ring_of(home, wanted=use_keyring)
    making = _making(home, ring=ring, begin=begin)
    follow(home)
    identity = _identity(home, must=making)
    key = _key(home, ring=ring, make=making)
    store = Store.create(home / DB_NAME, key) if making else Store.open(home / DB_NAME, key, make_room)
    store.make_room = make_room
    try:
        if making and (reason := marked(home, ANEW)) is not None:
            anew.say_why(store, reason, clock)
            if ring:
                witness.keep_note(home, None)
            done(home, ANEW)
        eye = _Eye(home, store, clock, ring=ring)
        unwitnessed = eye.compare() and not making
        eye.watch()
        done(home, BEGINNING)
        yield Ground(identity, store, unwitnessed)
        eye.close()
    finally:
        store.close()


def never_begun(home: Path, *, use_keyring: bool = True) -> bool:
    """Whether there was never a store here: nobody works here yet, and the first start asks who this PC is."""
    return not ((home / BEGINNING).exists() or any(_left(home / name) for name in TRACES)
                or (use_keyring and keys.real_keyring() and witness.note_of(home) is not None))


def _making(home: Path, *, ring: bool, begin: bool) -> bool:
    """Whether the store is to be made, or was being made when the program ended."""
    if marked(home, RESTORING) is not None:
        raise StoreFault("station.restoring")
    if marked(home, BEGINNING) is not None:
        return True
    emptied = marked(home, ANEW) is not None
    if any(_left(home / name) for name in TRACES):
        if emptied:
            raise StoreFault("station.beginning_anew")
        return False
    if ring and not emptied and witness.note_of(home) is not None:
        raise StoreFault("store.missing")
    if not begin:
        raise StoreFault("store.none")
    mark(home, BEGINNING)
    return True


def _left(path: Path) -> bool:
    return any(path.iterdir()) if path.is_dir() else path.exists()


def _identity(home: Path, *, must: bool) -> Identity:
    """A store from before there were identities gets one, on a disk that cannot be written to none."""
    try:
        return identity_of(home)
    except StoreFault as fault:
        if must or fault.code not in UNWRITABLE:
            raise
        return Identity(installation_id="")


def _key(home: Path, *, ring: bool, make: bool) -> bytes:
    try:
        keys.settle(home)
    except StoreFault as fault:
        if fault.code not in UNWRITABLE:
            raise
    key = keys.load_key(home)
    if key is None and make:
        return keys.keep_key(home, keys.make_key(), ring=ring)
    if key is None:
        raise StoreLocked("store.key_missing") if _left(home / DB_NAME) else StoreFault("store.missing")
    return key


class _Eye:
    """Compares the store with its witness, and shows the witness and the clock every row from then on."""

    def __init__(self, home: Path, store: Store, clock: Clock, *, ring: bool) -> None:
        self._home, self._store, self._clock, self._ring = home, store, clock, ring
        self._witness = Witness(home, store.derived(witness.PURPOSE))
        self._schema = schema.newest()
        with store.reading() as tx:
            self._store_id = store_identity.store_id(tx)
            self._newest = journal.row(tx, journal.head(tx)[0])

    def compare(self) -> bool:
        """Whether nobody saw this store before. Raises StoreFault when somebody saw more, or another one."""
        seen = [one for one in (self._witness.testimony(), witness.note_of(self._home) if self._ring else None) if one is not None]
        for one in seen:
            if one.store_id != self._store_id:
                raise StoreFault("store.foreign")
            with self._store.reading() as tx:
                row = journal.row(tx, one.count)
            if row is None and one.count:
                raise StoreFault("store.behind", str(one.count))
            if row is not None and row.digest != one.head:
                raise StoreFault("store.rewritten", str(one.count))
        if not seen and self._witness.claims() - {self._store_id}:
            raise StoreFault("store.foreign")
        return not seen

    def watch(self) -> None:
        """From now on."""
        if self._newest is not None:
            self._clock.stand_on(self._newest.at)
        self._note()
        self._remember()
        self._store.journalled = self._saw

    def close(self) -> None:
        """The last word of this opening."""
        self._remember()

    def _saw(self, row: JournalRecord) -> None:
        self._newest = row
        self._clock.stand_on(row.at)
        self._note()

    def _note(self) -> None:
        if self._store.readonly is not None:
            return
        try:
            self._witness.note(self._testimony())
        except StoreFault as fault:     # it is behind then, which is what it may be
            _log.warning("the witness was not told of row %d: %s", self._testimony().count, fault.code)

    def _remember(self) -> None:
        if self._ring:
            witness.keep_note(self._home, self._testimony())

    def _testimony(self) -> Testimony:
        row = self._newest
        return Testimony(self._store_id, row.seq if row else 0, row.digest if row else journal.START, self._schema,
                         row.at if row else self._clock.now())
