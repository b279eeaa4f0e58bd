"""Who may work here: barred, readmitted, given a role, given a PIN; asked for where the work is done, and every refusal kept."""

import pytest

from desktop.flows import export_case
from desktop.flows.people import Person
from desktop.flows.sign_in import NotAllowed, require
from desktop.flows.views import Session
from tests.flows.office import ADMIN, CLERK, SECOND, Office, refused


def person(office: Office, login: str) -> Person:
    return next(one for one in office.people.everybody() if one.login == login)


def test_everybody_is_listed_with_role_and_state(office: Office) -> None:
    admin = office.session(ADMIN)
    office.people.bar(admin, SECOND[0])
    office.people.reset_pin(admin, CLERK[0], "603581")
    assert [(one.login, one.name, one.role, one.active, one.state) for one in office.people.everybody()] == [
        ("admin", "赵启明", "administrator", True, "active"), ("hu", "胡一帆", "administrator", False, "barred"),
        ("lin", "林小满", "clerk", True, "temporary")]


def test_who_is_barred_does_not_come_in_and_who_is_readmitted_does_with_the_pin_he_had(office: Office) -> None:
    admin = office.session(ADMIN)
    office.people.bar(admin, CLERK[0])
    before = office.count()
    assert refused(lambda: office.sign_in.enter(*CLERK)) == "sign_in.barred"
    assert refused(lambda: office.sign_in.enter(CLERK[0], "951332")) == "sign_in.wrong", "nothing is told to who does not know the PIN"
    assert CLERK[0] not in dict(office.sign_in.users())
    assert office.rows(before)[0] == ("user.refused", {"code": "sign_in.barred", "user": "u-3", "who": "u-3"})
    office.people.readmit(admin, CLERK[0])
    assert isinstance(office.enter(*CLERK), Session)


def test_a_reset_pin_is_good_for_choosing_ones_own_and_for_nothing_else(office: Office) -> None:
    office.people.reset_pin(office.session(ADMIN), CLERK[0], "603581")
    assert refused(lambda: office.sign_in.enter(*CLERK)) == "sign_in.wrong"
    for _ in range(6):
        assert refused(lambda: office.sign_in.enter(CLERK[0], "603581")) == "sign_in.temporary"
    assert refused(lambda: office.sign_in.change_pin(CLERK[0], "603581", "603581")) == "pin.same"
    office.sign_in.change_pin(CLERK[0], "603581", "472905")
    assert isinstance(office.enter(CLERK[0], "472905"), Session)
    assert person(office, CLERK[0]).state == "active"


def test_a_reset_ends_the_wait_after_wrong_tries(office: Office) -> None:
    for _ in range(5):
        office.enter(CLERK[0], "951332")
    assert refused(lambda: office.sign_in.enter(*CLERK)) == "sign_in.locked"
    office.people.reset_pin(office.session(ADMIN), CLERK[0], "603581")
    assert refused(lambda: office.sign_in.enter(CLERK[0], "603581")) == "sign_in.temporary"


def test_on_a_full_disk_a_temporary_pin_lets_in_for_no_other_can_be_chosen(office: Office) -> None:
    office.people.reset_pin(office.session(ADMIN), CLERK[0], "603581")
    with office.disk("readonly"):
        assert isinstance(office.enter(CLERK[0], "603581"), Session)
    assert refused(lambda: office.sign_in.enter(CLERK[0], "603581")) == "sign_in.temporary"


def test_a_role_holds_from_the_next_sign_in(office: Office) -> None:
    admin = office.session(ADMIN)
    assert office.people.set_role(admin, CLERK[0], "supervisor").role == "supervisor"
    assert office.session(CLERK).role == "supervisor"
    assert refused(lambda: office.people.set_role(admin, CLERK[0], "king")) == "sign_in.no_such_role"


def test_nobody_bars_himself_or_changes_his_own_role_or_resets_his_own_pin(office: Office) -> None:
    admin = office.session(ADMIN)
    assert refused(lambda: office.people.bar(admin, ADMIN[0])) == "people.yourself"
    assert refused(lambda: office.people.set_role(admin, ADMIN[0], "clerk")) == "people.yourself"
    assert refused(lambda: office.people.reset_pin(admin, ADMIN[0], "603581")) == "people.yourself"
    assert person(office, ADMIN[0]).role == "administrator"
    assert isinstance(office.enter(*ADMIN), Session)


def test_the_last_active_administrator_stays_one(office: Office) -> None:
    admin = office.session(ADMIN)
    office.people.bar(admin, SECOND[0])
    assert refused(lambda: office.people.bar(admin, ADMIN[0])) == "people.last_administrator"
    assert refused(lambda: office.people.set_role(admin, ADMIN[0], "supervisor")) == "people.last_administrator"
    assert office.people.bar(admin, SECOND[0]).active is False, "who is barred already is no last administrator"


def test_of_two_administrators_who_bar_each_other_one_stays(office: Office) -> None:
    first, second = office.session(ADMIN), office.session(SECOND)
    office.people.bar(first, SECOND[0])
    assert refused(lambda: office.people.bar(second, ADMIN[0])) == "role.not_allowed"
    assert [one.login for one in office.people.everybody() if one.active and one.role == "administrator"] == ["admin"]


@pytest.mark.parametrize("pin", ["12345", "111111", "123456", "950315", "linlin", "147258"])
def test_a_weak_pin_is_given_to_nobody_and_its_refusal_is_journalled(office: Office, pin: str) -> None:
    admin = office.session(ADMIN)
    before = office.count()
    code = refused(lambda: office.people.reset_pin(admin, CLERK[0], pin))
    assert code.startswith("pin.")
    assert refused(lambda: office.sign_in.add_user(admin, "lin2", "林大满", "clerk", pin)).startswith("pin.")
    (_, reset), (_, added) = office.rows(before)
    assert reset == {"code": code, "act": "users.reset_pin", "user": "u-3", "who": "u-1"}
    assert added["act"] == "users.add"
    assert set(added) == {"code", "act", "login", "who"}
    assert len(office.people.everybody()) == 3


def test_only_an_administrator_does_this_and_every_refusal_is_journalled(office: Office) -> None:
    clerk = office.session(CLERK)
    before = office.count()
    tried = {"users.bar": lambda: office.people.bar(clerk, ADMIN[0]), "users.readmit": lambda: office.people.readmit(clerk, ADMIN[0]),
             "users.role": lambda: office.people.set_role(clerk, CLERK[0], "administrator"),
             "users.reset_pin": lambda: office.people.reset_pin(clerk, ADMIN[0], "603581"),
             "users.add": lambda: office.sign_in.add_user(clerk, "new", "新", "administrator", "603581")}
    assert {refused(work) for work in tried.values()} == {"role.not_allowed"}
    assert [(what, detail["act"], detail["who"]) for what, detail in office.rows(before)] == [("user.refused", act, "u-3") for act in tried]
    assert isinstance(office.enter(*ADMIN), Session)


def test_a_forged_session_and_none_at_all_may_nothing(office: Office) -> None:
    forged = Session("u-9", "boss", "某某", "administrator")
    assert refused(lambda: office.people.bar(forged, ADMIN[0])) == "role.not_allowed"
    assert refused(lambda: office.sign_in.add_user(None, "boss", "某某", "administrator", "603581")) == "role.not_allowed"


def test_who_lost_the_role_while_signed_in_acts_no_more(office: Office) -> None:
    second = office.session(SECOND)
    office.people.set_role(office.session(ADMIN), SECOND[0], "clerk")
    assert refused(lambda: office.people.bar(second, CLERK[0])) == "role.not_allowed"


def test_what_is_refused_elsewhere_is_journalled_too_and_an_act_nobody_knows_is_refused(office: Office) -> None:
    clerk = office.session(CLERK)
    before = office.count()
    with pytest.raises(NotAllowed):
        export_case.shown(office.desk, clerk, "any", reveal=True, reason="复核")
    with pytest.raises(NotAllowed):
        require(office.desk, office.session(ADMIN), "case.burn")
    codes = [(detail["act"], detail["code"], detail["who"]) for what, detail in office.rows(before) if what == "user.refused"]
    assert codes == [("case.reveal", "role.not_allowed", "u-3"), ("case.burn", "role.not_allowed", "u-1")]


def test_each_change_leaves_one_row_and_no_change_none(office: Office) -> None:
    admin = office.session(ADMIN)
    before = office.count()
    for _ in range(2):
        office.people.bar(admin, CLERK[0])
    for _ in range(2):
        office.people.readmit(admin, CLERK[0])
    for _ in range(2):
        office.people.set_role(admin, CLERK[0], "supervisor")
    office.people.reset_pin(admin, CLERK[0], "603581")
    assert office.rows(before) == [
        ("user.barred", {"user": "u-3", "who": "u-1"}), ("user.readmitted", {"user": "u-3", "who": "u-1"}),
        ("user.role_changed", {"user": "u-3", "role": "supervisor", "was": "clerk", "who": "u-1"}),
        ("user.pin_reset", {"user": "u-3", "who": "u-1"})]


def test_a_login_nobody_has_is_named_as_such(office: Office) -> None:
    admin = office.session(ADMIN)
    assert refused(lambda: office.people.bar(admin, "nobody")) == "people.unknown"


def test_whoever_holds_the_stores_key_gives_an_administrator_a_pin_and_nobody_else_one(office: Office) -> None:
    key, before = office.desk.store.key, office.count()
    assert refused(lambda: office.people.reset_by_recovery(bytes(32), ADMIN[0], "603581")) == "people.not_recovered"
    assert refused(lambda: office.people.reset_by_recovery(key, CLERK[0], "603581")) == "people.not_recovered"
    assert refused(lambda: office.people.reset_by_recovery(key, ADMIN[0], "123456")) == "pin.sequence"
    office.people.reset_by_recovery(key, ADMIN[0], "603581")
    assert refused(lambda: office.sign_in.enter(ADMIN[0], "603581")) == "sign_in.temporary"
    rows = office.rows(before)
    assert [what for what, _ in rows[:4]] == ["user.refused", "user.refused", "user.refused", "user.pin_recovered"]
