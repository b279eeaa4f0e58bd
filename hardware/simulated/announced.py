"""Which addresses in this process belong to simulated devices, so that nobody opens one outside the demo."""

_addresses: set[str] = set()


def announce(address: str) -> None:
    """A simulated device answers at `address` from now on."""
    _addresses.add(address)


def withdraw(address: str) -> None:
    """It is gone."""
    _addresses.discard(address)


def is_simulated(address: str) -> bool:
    """True when a simulated device of this process answers at `address`."""
    return address in _addresses
