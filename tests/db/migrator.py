"""Kills a migration before its Nth statement, for every N: `python -m tests.db.migrator FOLDER [--driver-transactions]`.

Prints one line per kill: `old`, `new` or `broken`, what the store is when it is opened again. With the option (the
control) the driver begins and commits as it likes, which is what SQLite migrations do without our BEGIN IMMEDIATE.
"""

import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

import db.schema
from db import settings
from db.store import DB_NAME, Store, StoreFault, connect_encrypted

KEY = bytes(range(32))
_HEAD = max(path.name[:4] for path in (db.schema.MIGRATIONS / "versions").glob("[0-9]*.py"))
_NEXT = f'''"""Next."""
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "next", "{_HEAD}", None, None


def upgrade() -> None:
    with op.batch_alter_table("settings", recreate="always") as batch:
        batch.add_column(sa.Column("note", sa.String(), nullable=True))
    op.execute("UPDATE settings SET note = value")
    op.create_index("ix_settings_note", "settings", ["note"])
'''


def _engine(path: Path, *, driver_transactions: bool) -> Engine:
    def connection() -> Any:
        made = connect_encrypted(path, KEY)
        made.isolation_level = "" if driver_transactions else None
        return made

    engine = create_engine("sqlite://", creator=connection, module=dbapi2, poolclass=QueuePool)
    if not driver_transactions:
        event.listen(engine, "begin", lambda begun: begun.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _killed_before(path: Path, scripts: Path, number: int, *, driver_transactions: bool) -> bool:
    """Whether the child was killed; False when the migration has fewer statements."""
    child = os.fork()
    if child == 0:
        done = 0

        def count(*_statement: object) -> None:
            nonlocal done
            done += 1
            if done == number:
                os.kill(os.getpid(), signal.SIGKILL)

        engine = _engine(path, driver_transactions=driver_transactions)
        event.listen(engine, "before_cursor_execute", count)
        event.listen(engine, "commit", count)
        try:
            db.schema.bring_up_to_date(engine, None, scripts)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _state(path: Path, scripts: Path) -> str:
    try:
        store = Store.open(path, KEY)
    except StoreFault as fault:
        if fault.code != "store.newer":
            return "broken"
        revision = "new"
    else:
        store.close()
        revision = "old"
    engine = _engine(path, driver_transactions=False)
    try:
        db.schema.bring_up_to_date(engine, None, scripts)  # the next start finishes it
        with engine.connect() as connection:
            whole = connection.execute(text("SELECT count(*) FROM settings WHERE note = value")).scalar_one() == 50
            left = connection.execute(text("SELECT count(*) FROM sqlite_master WHERE name LIKE '_alembic_tmp%'")).scalar()
    except StoreFault:
        return "broken"
    return revision if whole and not left else "broken"


def main(folder: Path, *, driver_transactions: bool) -> None:
    scripts = folder / "scripts"
    shutil.copytree(db.schema.MIGRATIONS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "next.py").write_text(_NEXT, "utf-8")
    first = folder / "first.db"
    store = Store.create(first, KEY)
    with store.transaction() as tx:
        for number in range(50):
            settings.put(tx, f"k{number}", f"v{number}")
    store.close()
    number, killed = 0, True
    while killed:
        number += 1
        path = folder / f"{number}" / DB_NAME
        path.parent.mkdir()
        shutil.copy(first, path)
        killed = _killed_before(path, scripts, number, driver_transactions=driver_transactions)
        print(_state(path, scripts) if killed else "finished", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), driver_transactions="--driver-transactions" in sys.argv)
