"""PINs: which are too weak. Digests and rows: db/users.py."""

SHORTEST = 6


def weakness(pin: str, login: str) -> str | None:
    """Why this PIN is too easy to guess, as a wording code; None when it is good enough."""
    return "sign_in.pin_too_short" if len(pin) < SHORTEST else None
