"""A real store in a folder of its own."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db import cases
from db.records import CaseRecord
from db.store import DB_NAME, Store, Tx

KEY = bytes(range(32))
NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with its migrations run, to be copied."""
    path = tmp_path_factory.mktemp("empty") / DB_NAME
    Store.create(path, KEY).close()
    return path


@pytest.fixture
def store(home: Path, empty_store: Path) -> Iterator[Store]:
    home.mkdir()
    shutil.copy(empty_store, home / DB_NAME)
    opened = Store.open(home / DB_NAME, KEY)
    yield opened
    opened.close()


MakeCase = Callable[..., CaseRecord]


def break_off(store: Store, work: Callable[[Tx], object]) -> None:
    """Do the work in a transaction that something goes wrong in afterwards."""

    def broken() -> None:
        with store.transaction() as tx:
            work(tx)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()


@pytest.fixture
def make_case(store: Store) -> MakeCase:
    made = 0

    def make(**other: object) -> CaseRecord:
        nonlocal made
        made += 1
        values: dict[str, object] = {
            "case_uuid": f"uuid-{made}", "theme_id": "hebei-newborn", "theme_version": "2023", "status": "draft",
            "revision": 0, "created_at": NOW, "updated_at": NOW, "created_by": "u1", "window": "3", **other}
        case = CaseRecord(**values)  # type: ignore[arg-type]
        with store.transaction() as tx:
            cases.create(tx, case)
        return case

    return make
