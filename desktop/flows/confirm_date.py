"""Saying what day it is, when this PC's clock is in doubt. When it is in doubt, and who may say so: domain/trusted_time.py."""

import base64
from datetime import date

from db import journal
from desktop.domain import masking
from desktop.domain.hall_time import day_of
from desktop.domain.trusted_time import Doubt
from desktop.flows.desk import Desk
from desktop.flows.sign_in import require
from desktop.flows.views import Session


class DateRefused(Exception):
    """`code`: `clock.other_date` (what was typed is not what the clock shows), `clock.no_reason`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ConfirmDate:
    """Confirm the date by typing it from the calendar on the wall."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def doubt(self) -> Doubt | None:
        """Why somebody must be asked; None as a rule."""
        return self._desk.time.doubt()

    def confirm(self, session: Session, typed: date, reason: str = "") -> None:
        """Believe the clock from now on; the row that says so is what later times are measured by. Nothing when it is believed.

        Raises NotAllowed when it takes a supervisor, DateRefused when the date is another one (then the PC's clock is to be put
        right) or when a supervisor gives no reason.
        """
        desk = self._desk
        doubt = desk.time.doubt()
        if doubt is None:
            return
        if doubt.supervisor:
            require(desk, session, "clock.confirm")
            if not reason.strip():
                raise DateRefused("clock.no_reason")
        if typed != day_of(doubt.shown):
            raise DateRefused("clock.other_date")
        with desk.store.transaction() as tx:
            journal.append(tx, desk.time.confirmed(), session.user_id, "clock.confirmed", None, {
                "kind": doubt.kind, "floor": doubt.floor.isoformat(), "shown": doubt.shown.isoformat(),
                "reason_base64": base64.b64encode(masking.mask_text(reason.strip()).encode()[:120]).decode()})
