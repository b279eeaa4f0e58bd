"""Which addresses in this process belong to simulated devices, so that nobody opens one outside the demo."""

_addresses: set[str] = set()


def announce(address: str) -> None:
    """A simulated device answers at `address` from now on."""
    _addresses.add(address.rstrip("/"))


def withdraw(address: str) -> None:
    """It is gone."""
    _addresses.discard(address.rstrip("/"))


def is_simulated(address: str) -> bool:
    """True when a simulated device of this process answers at `address`, whatever path or settings stand behind it."""
    return any(address.startswith(known) and address[len(known) :][:1] in {"", "/", "?"} for known in _addresses)
