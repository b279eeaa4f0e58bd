"""This PC as a terminal of the province: what it signs on with, and what it keeps of the answer. The request itself: desktop/sync."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from db import identity as store_identity
from db import journal
from db.store import Store, Tx
from desktop.domain.hall_time import bounds
from desktop.domain.terminal import Asking
from desktop.station import identity

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shown:
    """Who this PC is, as an administrator reads it out on the telephone."""

    installation_id: str
    terminal_id: str
    window_code: str
    region: str
    version: str
    store_id: str | None = None
    """None when the store does not open; so is `journal_count`."""
    journal_count: int | None = None
    fault: str = ""
    """Wording code: why the store does not open, or why the province refuses this PC."""


class SignOn:
    """A domain.terminal.Terminal, over the home's identity and the store."""

    def __init__(self, home: Path, store: Store, clock: Callable[[], datetime], *, terminal_id: str, window_code: str, region: str,
                 version: str) -> None:
        self._home = home
        self._store = store
        self._clock = clock
        self._terminal_id = terminal_id
        self._window_code = window_code
        self._region = region
        self._version = version

    def asking(self) -> Asking:
        """See Terminal."""
        return self.asking_of(identity.asking(self._home))

    def asking_of(self, me: identity.Identity) -> Asking:
        """What an identity would sign on with now."""
        with self._store.reading() as tx:
            count, head = journal.head(tx)
            return Asking(
                terminal_id=self._terminal_id, installation_id=me.installation_id, asked=me.asked, ticket=me.ticket,
                window_code=self._window_code, region=self._region, store_id=store_identity.store_id(tx), journal_count=count,
                journal_head=head, restored_at=_restored_at(tx), program_version=self._version)

    def signed_on(self, asked: str, ticket: str) -> None:
        """See Terminal."""
        before = identity.identity_of(self._home)
        after = identity.signed_on(self._home, asked, ticket)
        if (before.refused and not after.refused) or not before.ticket:
            self._note("station.signed_on", after.installation_id)

    def refused(self, code: str) -> None:
        """See Terminal."""
        before, said_of = identity.identity_of(self._home), self._said_of(code)
        if (before.refused, before.refused_as) != (code, said_of):
            identity.refused(self._home, code, said_of)
            _log.warning("the province refuses this PC: %s", code)
            self._note("station.refused", before.installation_id, code)

    def stopped(self) -> str:
        """The refusal that stands, for what it was said of is still so; empty when there is none. Raises StoreFault."""
        me = identity.read_identity(self._home)
        return me.refused if me is not None and me.refused and me.refused_as == self._said_of(me.refused) else ""

    def shown(self) -> Shown:
        """See Shown. Raises StoreFault."""
        asking = self.asking_of(identity.identity_of(self._home))
        return Shown(asking.installation_id, asking.terminal_id, asking.window_code, asking.region, asking.program_version,
                     asking.store_id, asking.journal_count, self.stopped())

    def renew(self, who: str) -> None:
        """Make this PC another installation, as `who` says: see identity.renewed. Raises StoreFault."""
        self._note("station.renewed", identity.renewed(self._home).installation_id, who=who)

    def _said_of(self, code: str) -> str:
        """Another terminal or window code gives out other numbers; a store that was restored since is not behind."""
        terminal = f"{self._terminal_id} {self._region} {self._window_code}"
        if code != "platform.store_behind":
            return terminal
        with self._store.reading() as tx:
            return f"{terminal} {store_identity.store_id(tx)} {_restored_at(tx)}"

    def _note(self, what: str, installation_id: str, code: str = "", who: str = "station") -> None:
        with self._store.transaction() as tx:
            journal.append(tx, self._clock(), who, what, None, {"installation_id": installation_id} | ({"code": code} if code else {}))


def _restored_at(tx: Tx) -> datetime | None:
    leap = store_identity.leap(tx)
    return None if leap is None else bounds(leap[0])[0] + timedelta(seconds=leap[1])
