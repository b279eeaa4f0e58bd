import pytest

from desktop.domain.roles import ROLES, may


@pytest.mark.parametrize("role", [*ROLES, "", "nobody"])
@pytest.mark.parametrize("act", ["", "case.burn", "users"])
def test_what_nobody_wrote_down_nobody_may(role: str, act: str) -> None:
    assert not may(role, act)


@pytest.mark.parametrize("act", ["users.add", "users.bar", "users.readmit", "users.role", "users.reset_pin"])
def test_people_are_in_the_administrators_hands(act: str) -> None:
    assert [role for role in ROLES if may(role, act)] == ["administrator"]


@pytest.mark.parametrize("act", ["case.reveal", "case.export", "day.review", "devices.choose", "backup.make", "rating.read",
                                 "themes.reread"])
def test_a_clerk_may_not_do_what_supervisors_do(act: str) -> None:
    assert [role for role in ROLES if may(role, act)] == ["supervisor", "administrator"]
