"""The applicant reads what will be filed, and signs exactly that."""

from dataclasses import dataclass

from desktop.flows.desk import Desk
from desktop.flows.views import ApplicantSheet, CaseView, Session


@dataclass(frozen=True)
class StrokePoint:
    """One point of a stroke: x, y as fractions of the pad, pressure 0..1, milliseconds since the first touch."""

    x: float
    y: float
    pressure: float
    ms: int


Stroke = tuple[StrokePoint, ...]


class Sign:
    """Show the sheet, take the signature."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def sheet(self, session: Session, case_uuid: str) -> ApplicantSheet:
        """What the applicant reads; ID numbers masked."""
        raise NotImplementedError

    def sign(self, session: Session, case_uuid: str, digest: str, strokes: tuple[Stroke, ...], png: bytes) -> CaseView:
        """Keep the signature for exactly the text with `digest`; raises SheetChanged when the case moved on."""
        raise NotImplementedError


class SheetChanged(Exception):
    """The case changed after the sheet was shown: show it again."""
