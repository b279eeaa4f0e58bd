import pytest
from sqlalchemy.exc import IntegrityError

from db import users
from db.records import UserRecord
from db.store import Store
from tests.db.conftest import break_off

_CLERK = UserRecord(user_id="u1", login="lin", name="林小满", role="clerk")


@pytest.fixture(autouse=True)
def _clerk(store: Store) -> None:
    with store.transaction() as tx:
        users.add(tx, _CLERK, "274913")


def _known(store: Store, login: str = "lin") -> users.Credentials | None:
    with store.reading() as tx:
        return users.credentials(tx, login)


def test_the_right_pin_is_told_from_a_wrong_one_and_a_login_nobody_has_has_none(store: Store) -> None:
    known = _known(store)
    assert known is not None
    assert known.user == _CLERK
    assert users.is_right(known, "274913")
    assert not users.is_right(known, "274914")
    assert _known(store, "nobody") is None
    assert not users.is_right(None, "274913")


def test_a_digest_is_never_shown(store: Store) -> None:
    assert "argon2" not in repr(_known(store))


def test_tries_are_counted_with_the_uptime_until_they_are_forgiven(store: Store) -> None:
    with store.transaction() as tx:
        users.count_try(tx, "u1", 100.0)
        users.count_try(tx, "u1", 200.5)
    known = _known(store)
    assert known is not None
    assert (known.wrong_tries, known.tried_at) == (2, 200.5)
    with store.transaction() as tx:
        users.date_try(tx, "u1", 0.0)
    known = _known(store)
    assert known is not None
    assert (known.wrong_tries, known.tried_at) == (2, 0.0)
    with store.transaction() as tx:
        users.forgive_tries(tx, "u1")
    known = _known(store)
    assert known is not None
    assert known.wrong_tries == 0


def test_who_is_barred_is_not_among_those_who_may_sign_in_and_keeps_his_row(store: Store) -> None:
    with store.transaction() as tx:
        users.set_active(tx, "u1", active=False)
        assert users.everybody(tx) == ()
        assert [user.active for user in users.everybody(tx, active_only=False)] == [False]


def test_a_new_pin_takes_the_place_of_the_old_one_and_forgets_wrong_tries(store: Store) -> None:
    with store.transaction() as tx:
        users.count_try(tx, "u1", 1.0)
        users.set_pin(tx, "u1", "708152", temporary=True)
    known = _known(store)
    assert known is not None
    assert (known.wrong_tries, known.user.pin_is_temporary) == (0, True)
    assert not users.is_right(known, "274913")
    assert users.is_right(known, "708152")


def test_a_role_is_given(store: Store) -> None:
    with store.transaction() as tx:
        users.set_role(tx, "u1", "supervisor")
        kept = users.get(tx, "u1")
    assert kept is not None
    assert kept.role == "supervisor"


def test_a_login_exists_once(store: Store) -> None:
    with store.transaction() as tx:
        assert users.get(tx, "u1") == _CLERK
        assert users.get(tx, "u2") is None
    with pytest.raises(IntegrityError), store.transaction() as tx:
        users.add(tx, UserRecord(user_id="u2", login="lin", name="x", role="clerk"), "1")


def test_what_is_owed_is_written_by_the_next_transaction_that_is_kept(store: Store) -> None:
    store.owe(lambda tx: users.count_try(tx, "u1", 7.0))
    break_off(store, lambda tx: users.set_role(tx, "u1", "supervisor"))
    known = _known(store)
    assert known is not None
    assert known.wrong_tries == 0
    for _ in range(2):
        with store.transaction():
            pass
        known = _known(store)
        assert known is not None
        assert (known.wrong_tries, known.user.role) == (1, "clerk")


def test_what_is_still_owed_is_written_when_the_store_is_closed(store: Store) -> None:
    store.owe(lambda tx: users.set_role(tx, "u1", "supervisor"))
    path, key = store.path, store.key
    store.close()
    reopened = Store.open(path, key)
    known = _known(reopened)
    reopened.close()
    assert known is not None
    assert known.user.role == "supervisor"
