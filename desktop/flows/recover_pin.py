"""An administrator who can sign in no more gets a new PIN, by two recovery slips instead of another administrator's word."""

from db import journal, users
from desktop.flows.desk import Desk
from desktop.flows.sign_in import SHORTEST_PIN, SignInRefused


def recover_pin(desk: Desk, login: str, pin: str, slips: int) -> str:
    """Set the PIN, and let him in again should he be barred; his login. `slips`: number of the set that was just found good.

    Raises SignInRefused: `sign_in.not_an_administrator` (of others an administrator takes care), `sign_in.pin_too_short`.
    """
    if len(pin) < SHORTEST_PIN:
        raise SignInRefused("sign_in.pin_too_short")
    with desk.store.transaction() as tx:
        user = next((one for one in users.everybody(tx, active_only=False) if one.login == login), None)
        if user is None or user.role != "administrator":
            raise SignInRefused("sign_in.not_an_administrator")
        users.set_pin(tx, user.user_id, pin)
        users.set_active(tx, user.user_id, active=True)
        journal.append(tx, desk.clock(), "system", "user.pin_recovered", None, {"user": user.user_id, "slips": slips})
    return login
