"""What keeps a store from being lost: backups, made when due, and the recovery slips that three people hold."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from db import journal
from db.backup import BackupReport
from db.faults import on_disk
from db.modes import make_folder, new_file
from desktop.flows.desk import Desk
from desktop.flows.print_papers import NoPaperPrinter
from desktop.flows.sign_in import require
from desktop.flows.views import Session

SLIP = "recovery_slip"
"""The kind of paper, should it have a queue of its own."""


class Backups(Protocol):
    """What the station does about backups."""

    def due(self) -> bool:
        """Whether the schedule wants one now."""

    def make_scheduled(self) -> BackupReport:
        """The schedule's next one."""

    def make(self, out: Path, who: str) -> BackupReport:
        """One that somebody asked for."""


class Recovery(Protocol):
    """What the station does about the recovery key."""

    def share_out(self, now: datetime) -> tuple[int, tuple[str, ...]]:
        """A new set: its number, and the words of each person."""

    def hand_out(self, last_words: Sequence[str]) -> int:
        """The waiting set is with its people; its number."""


@dataclass(frozen=True)
class Worry:
    """What somebody should see to, in words."""

    sentence: str
    remedy: str


@dataclass(frozen=True)
class BackedUp:
    """A backup that was made and read back."""

    file: str
    cases: int


@dataclass(frozen=True)
class NewSlips:
    """Slips to hand out; nothing else keeps them."""

    number: int
    files: tuple[Path, ...] = ()
    """One A4 page for each person, to be printed and deleted; none when they went to the printer."""


class KeepSafe:
    """Backups and slips."""

    def __init__(self, desk: Desk, backups: Backups, recovery: Recovery, worries: Callable[[], tuple[Worry, ...]]) -> None:
        self._desk, self._backups, self._recovery, self._worries = desk, backups, recovery, worries

    def worries(self, session: Session) -> tuple[Worry, ...]:
        """What is missing, for those who can do something about it."""
        return () if session.role == "clerk" or self._desk.settings.demo else self._worries()

    def back_up(self, session: Session, out: Path) -> BackupReport:
        """A backup into a file. Raises NotAllowed, StoreFault, Owned."""
        require(self._desk, session, "backup.make")
        return self._backups.make(out, session.user_id)

    def back_up_now(self, session: Session) -> BackedUp:
        """The schedule's next backup, because somebody wants it now. Raises what `back_up_by_schedule` raises, NotAllowed."""
        require(self._desk, session, "backup.make")
        report = self._backups.make_scheduled()
        return BackedUp(report.path, report.cases)

    def back_up_by_schedule(self) -> BackupReport:
        """The schedule's next backup, now. Nobody need sign in: it goes where the settings say, opens for nobody without the key of
        this home, and shows nothing. Raises StoreFault, Owned, NoFolder.
        """
        return self._backups.make_scheduled()

    def back_up_if_due(self) -> bool:
        """The same when it is due; whether it was. In demo mode it never is."""
        due = not self._desk.settings.demo and self._backups.due()
        if due:
            self._backups.make_scheduled()
        return due

    def can_print(self) -> bool:
        """Whether this window has a printer for A4."""
        return bool(self._desk.devices.paper_printer(SLIP).address)

    def make_slips(self, session: Session, folder: Path | None = None) -> NewSlips:
        """New slips, for three people of whom any two can bring the key back: into a folder, or without one to the A4 printer.

        Older ones stay good until these are handed out. Raises NotAllowed, NoPaperPrinter, DeviceFault, StoreFault.
        """
        require(self._desk, session, "slips.make")
        if folder is None and not self.can_print():
            raise NoPaperPrinter
        number, pdfs = self._new_slips(session)
        if folder is not None:
            return NewSlips(number, _written(folder, number, pdfs))
        with self._desk.devices.paper_printer(SLIP).use() as printer:
            for pdf in pdfs:
                printer.print(pdf, "恢复纸条")
        return NewSlips(number)

    def _new_slips(self, session: Session) -> tuple[int, tuple[bytes, ...]]:
        from desktop.papers.recovery_slip import recovery_slip

        settings, now = self._desk.settings, self._desk.clock()
        number, words = self._recovery.share_out(now)
        with self._desk.store.transaction() as tx:
            journal.append(tx, now, session.user_id, "slips.made", None, {"slips": number, "people": len(words)})
        return number, tuple(
            recovery_slip(settings.hall, settings.window, number, which, tuple(each.split()), now, demo=settings.demo)
            for which, each in enumerate(words, start=1))

    def slips_handed_out(self, session: Session, last_words: Sequence[str]) -> int:
        """Somebody says that each of three people has his slip, and reads the last word of each from the papers; the set's number.

        Raises NotAllowed, SlipRefused (`slip.last_words`, `slip.none_waiting`).
        """
        require(self._desk, session, "slips.make")
        number = self._recovery.hand_out(last_words)
        with self._desk.store.transaction() as tx:
            journal.append(tx, self._desk.clock(), session.user_id, "slips.handed_out", None, {"slips": number})
        return number


def _written(folder: Path, number: int, pdfs: Sequence[bytes]) -> tuple[Path, ...]:
    """For the eyes of who runs the program only, whoever else shares the folder."""
    files = tuple(folder / f"slip-{number}-{which}.pdf" for which in range(1, len(pdfs) + 1))
    with on_disk():
        make_folder(folder)
        for path, pdf in zip(files, pdfs, strict=True):
            with os.fdopen(new_file(path, 0o600), "wb") as file:
                file.write(pdf)
    return files
