"""The desk a flow works at: everything that is opened once and shared. Made in app.py, opaque to the window."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Desk:
    """Store, packs, calendar, codes, clock, ids, devices, station."""
