"""Who sits at the window: sign in with a PIN, add a user."""

from desktop.flows.desk import Desk
from desktop.flows.views import Session


class SignInRefused(Exception):
    """`code`: `sign_in.wrong` or `sign_in.locked`; `seconds` to wait when locked."""

    def __init__(self, code: str, seconds: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.seconds = seconds


class SignIn:
    """Sign in, lock, unlock."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def users(self) -> tuple[tuple[str, str], ...]:
        """(login, name) of everybody who may sign in; empty at the very first start."""
        raise NotImplementedError

    def enter(self, login: str, pin: str) -> Session:
        """The session; raises SignInRefused. Wrong tries delay the next one, and the delay survives a restart."""
        raise NotImplementedError

    def add_user(self, by: Session | None, login: str, name: str, role: str, pin: str) -> Session:
        """Add somebody; the very first user is made without `by` and is an administrator."""
        raise NotImplementedError
