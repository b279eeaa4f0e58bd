from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from db import users
from db.records import UserRecord
from db.store import DB_NAME, Store
from tests.db.conftest import KEY

_CLERK = UserRecord(user_id="u1", login="lin", name="林小满", role="clerk")


@pytest.fixture(autouse=True)
def _clerk(store: Store) -> None:
    with store.transaction() as tx:
        users.add(tx, _CLERK, "274913")


def test_the_right_pin_opens_and_a_wrong_one_does_not(store: Store) -> None:
    assert users.try_pin(store, "lin", "274913", 0.0) == users.PinVerdict(_CLERK)
    assert users.try_pin(store, "lin", "274914", 1.0) == users.PinVerdict(None)
    assert users.try_pin(store, "nobody", "274913", 2.0) == users.PinVerdict(None)


def test_the_fifth_wrong_try_costs_a_delay_that_grows_and_even_the_right_pin_waits(store: Store) -> None:
    seconds = [users.try_pin(store, "lin", "0", 0.0).seconds for _ in range(6)]
    assert seconds == [0, 0, 0, 0, 30, 30]
    assert users.try_pin(store, "lin", "274913", 29.9) == users.PinVerdict(None, 1)
    assert users.try_pin(store, "lin", "0", 30.1).seconds == 60
    assert users.try_pin(store, "lin", "274913", 90.2).user == _CLERK
    assert users.try_pin(store, "lin", "0", 91.0).seconds == 0


def test_the_delay_survives_a_restart_and_begins_anew_there(store: Store, home: Path) -> None:
    for _ in range(5):
        users.try_pin(store, "lin", "0", 1000.0)
    store.close()
    reopened = Store.open(home / DB_NAME, KEY)
    assert users.try_pin(reopened, "lin", "274913", 5_000_000.0) == users.PinVerdict(None, 30)
    assert users.try_pin(reopened, "lin", "274913", 5_000_030.0).user == _CLERK
    reopened.close()


def test_two_programs_do_not_give_twice_as_many_tries(store: Store, home: Path) -> None:
    other = Store.open(home / DB_NAME, KEY)
    for _ in range(5):
        users.try_pin(store, "lin", "0", 0.0)
    assert users.try_pin(other, "lin", "0", 100.0).seconds == 30
    assert users.try_pin(store, "lin", "0", 100.0).seconds == 60
    assert users.try_pin(other, "lin", "0", 131.0).seconds == 60
    other.close()


@pytest.mark.parametrize(("tries", "delay"), [(0, 0), (4, 0), (5, 30), (6, 60), (9, 480), (10, 900), (4000, 900)])
def test_the_delay_doubles_up_to_a_quarter_of_an_hour(tries: int, delay: float) -> None:
    assert users.delay_after(tries) == delay


def test_who_is_let_out_does_not_come_in(store: Store) -> None:
    with store.transaction() as tx:
        users.set_active(tx, "u1", active=False)
        assert users.everybody(tx) == ()
        assert [user.login for user in users.everybody(tx, active_only=False)] == ["lin"]
    assert users.try_pin(store, "lin", "274913", 0.0).user is None


def test_a_new_pin_takes_the_place_of_the_old_one(store: Store) -> None:
    with store.transaction() as tx:
        users.set_pin(tx, "u1", "991122")
    assert users.try_pin(store, "lin", "274913", 0.0).user is None
    assert users.try_pin(store, "lin", "991122", 0.0).user == _CLERK


def test_a_login_exists_once(store: Store) -> None:
    with store.transaction() as tx:
        assert users.get(tx, "u1") == _CLERK
        assert users.get(tx, "u2") is None
    with pytest.raises(IntegrityError), store.transaction() as tx:
        users.add(tx, UserRecord(user_id="u2", login="lin", name="x", role="clerk"), "1")
