"""Settings that people change while the window runs, per machine or user. At start-up: desktop/settings.py."""

from sqlmodel import select

from db.models import SettingRow
from db.store import Tx

MACHINE = "machine"


def get(tx: Tx, key: str, scope: str = MACHINE) -> str | None:
    """The value, None when it was never set; `scope` is MACHINE or a user id."""
    row = tx.session.get(SettingRow, (scope, key))
    return None if row is None else row.value


def put(tx: Tx, key: str, value: str, scope: str = MACHINE) -> None:
    """Set a value."""
    tx.session.merge(SettingRow(scope=scope, key=key, value=value))
    tx.session.flush()


def scoped(tx: Tx, scope: str = MACHINE) -> dict[str, str]:
    """All settings of the machine or of a user."""
    return {row.key: row.value for row in tx.session.exec(select(SettingRow).where(SettingRow.scope == scope))}
