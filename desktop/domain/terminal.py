"""What a PC says of itself when it signs on to the province, and what the answer may forbid. Where it is kept: desktop/station."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

STOPS = frozenset({"platform.cloned", "platform.terminal_taken", "platform.window_code_taken", "platform.store_behind"})
"""Refusals of a sign-on after which nothing is sent and no number is given out: another PC may give out the same ones."""
NUMBER_TAKEN = "platform.number_taken"
"""Refusal of a case, not of the PC: its number is another case's."""


@dataclass(frozen=True)
class Asking:
    """One sign-on."""

    terminal_id: str
    installation_id: str
    asked: str
    """Made for this sign-on, kept until its answer has come."""
    ticket: str
    """From the last one; empty before the first."""
    window_code: str
    region: str
    store_id: str
    journal_count: int
    journal_head: str
    restored_at: datetime | None
    """When the store took another's place and its numbers leapt."""
    program_version: str


class Terminal(Protocol):
    """This PC before the province. Each raises StoreFault when it cannot be kept."""

    def asking(self) -> Asking:
        """What to sign on with; its id is on the disk before it leaves."""

    def signed_on(self, asked: str, ticket: str) -> None:
        """The answer to that one: the next ticket. A refusal that stood until now is settled."""

    def refused(self, code: str) -> None:
        """One of STOPS, kept until a sign-on succeeds or this PC becomes another terminal."""


class TerminalStopped(Exception):
    """A number is wanted and the province has refused this PC; `code` is one of STOPS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
