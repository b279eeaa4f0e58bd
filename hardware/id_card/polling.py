"""Waiting for a card: the same for every driver that can ask "is one there?" and read it. No bytes, no port.

A card that is left lying is read again when asked again: the clerk pressed for it. Models that want it lifted first refuse it;
after REFUSALS the fault says so, instead of waiting in silence for somebody who does not know.
"""

import time
from collections.abc import Callable

from hardware.faults import DeviceFault, FaultCode
from hardware.readings import IdCard

POLL = 0.3
"""Seconds between two searches for a card; shorter upsets some modules."""
TRIES = 3
REFUSALS = 3
"""So many refused selections in a row mean: lift the card and lay it again."""


def read_when_laid(read_once: Callable[[], IdCard], timeout: float, pause: Callable[[float], None]) -> IdCard:
    """Try until a card is read: NO_CARD after `timeout` seconds, any other fault as soon as waiting cannot mend it.

    `read_once` raises NO_CARD at once when none lies there; `pause` waits, or raises CANCELLED.
    """
    deadline = time.monotonic() + timeout
    refusals = damaged = 0
    lost: DeviceFault | None = None
    while True:
        try:
            return read_once()
        except DeviceFault as fault:
            match fault.code:
                case FaultCode.NO_CARD if lost is not None:
                    raise lost from fault      # it was there a moment ago
                case FaultCode.NO_CARD:
                    refusals = damaged = 0     # it was lifted: what comes next is a new attempt
                case FaultCode.CARD_REFUSED if refusals + 1 < REFUSALS:
                    refusals += 1
                case FaultCode.CARD_LOST if lost is None:
                    lost = fault
                case FaultCode.BAD_ANSWER if damaged + 1 < TRIES:
                    damaged += 1
                    continue
                case _:
                    raise
            left = deadline - time.monotonic()
            if left <= 0 and fault.code is FaultCode.NO_CARD:
                raise
            pause(POLL if left <= 0 else min(POLL, left))
