"""What the stand-in province knows of the PCs that sign on: installations with their tickets, terminals, stores.

A ticket is the installation's, not the terminal's: so a copied disk is found out also when it calls itself another terminal.
"""

import secrets
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from uuid import UUID

from .messages import Refused, SignedOn, SignOn

TABLES = """
CREATE TABLE IF NOT EXISTS installations (installation_id TEXT PRIMARY KEY, ticket TEXT NOT NULL, asked TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS terminals (
    terminal_id TEXT PRIMARY KEY, installation_id TEXT NOT NULL, region TEXT NOT NULL DEFAULT '', window_code TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS stores (
    terminal_id TEXT NOT NULL, store_id TEXT NOT NULL, journal_count INTEGER NOT NULL, journal_head TEXT NOT NULL, restored_at TEXT,
    PRIMARY KEY (terminal_id, store_id));
"""


class Terminals:
    """Over the ledger's file; every public method is one step."""

    def __init__(self, db: sqlite3.Connection, transaction: Callable[[], AbstractContextManager[None]]) -> None:
        self._db = db
        self._transaction = transaction

    def sign_on(self, wanted: SignOn, now: datetime) -> SignedOn:
        """The next ticket, or the same one again when its answer was lost. Raises Refused."""
        me = str(wanted.installation_id)
        with self._transaction():
            owner = self._one("SELECT installation_id FROM terminals WHERE terminal_id = ?", wanted.terminal_id)
            if owner is not None and owner["installation_id"] != me:
                raise Refused(409, "terminal_taken")
            known = self._one("SELECT ticket, asked FROM installations WHERE installation_id = ?", me)
            again = known is not None and known["asked"] == str(wanted.asked)
            if known is not None and not again and known["ticket"] != wanted.ticket:
                raise Refused(409, "terminal_cloned")
            if self._one("SELECT 1 FROM terminals WHERE region = ? AND window_code = ? AND installation_id != ?",
                         wanted.region, wanted.window_code, me):
                raise Refused(409, "window_code_taken")
            self._look_at_store(wanted)
            ticket = known["ticket"] if known is not None and again else secrets.token_hex(8)
            self._put("installations", installation_id=me, ticket=ticket, asked=str(wanted.asked))
            self._put("terminals", terminal_id=wanted.terminal_id, installation_id=me, region=wanted.region, window_code=wanted.window_code)
            self._put("stores", terminal_id=wanted.terminal_id, store_id=wanted.store_id, journal_count=wanted.journal_count,
                      journal_head=wanted.journal_head, restored_at=wanted.restored_at and wanted.restored_at.isoformat())
        return SignedOn(terminal_id=wanted.terminal_id, installation_id=wanted.installation_id, asked=wanted.asked, ticket=ticket, time=now)

    def take_over(self, terminal_id: str, installation_id: UUID) -> None:
        """This installation is that terminal from now on, whoever was it before."""
        with self._transaction():
            self._db.execute("INSERT INTO terminals (terminal_id, installation_id) VALUES (?, ?)"
                             " ON CONFLICT (terminal_id) DO UPDATE SET installation_id = excluded.installation_id",
                             (terminal_id, str(installation_id)))

    def _look_at_store(self, wanted: SignOn) -> None:
        # Of one terminal: two windows whose disks were copies of one another hold the same store, and go on differently.
        seen = self._one("SELECT * FROM stores WHERE terminal_id = ? AND store_id = ?", wanted.terminal_id, wanted.store_id)
        if seen is None:
            return
        restored_before = seen["restored_at"] and datetime.fromisoformat(seen["restored_at"])
        if wanted.restored_at is not None and (restored_before is None or wanted.restored_at > restored_before):
            return
        rewritten = wanted.journal_count == seen["journal_count"] and wanted.journal_head != seen["journal_head"]
        if wanted.journal_count < seen["journal_count"] or rewritten:
            raise Refused(409, "store_behind")

    def _one(self, query: str, *values: str) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._db.execute(query, values).fetchone()
        return row

    def _put(self, table: str, **row: object) -> None:
        columns, places = ", ".join(row), ", ".join("?" * len(row))
        self._db.execute(f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({places})", tuple(row.values()))
