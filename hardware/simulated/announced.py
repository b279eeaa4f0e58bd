"""Which addresses in this process belong to simulated devices, so that nobody opens one outside the demo."""

_addresses: set[str] = set()


def announce(address: str) -> None:
    """A simulated device answers at `address` from now on."""
    _addresses.add(_place(address))


def withdraw(address: str) -> None:
    """It is gone."""
    _addresses.discard(_place(address))


def is_simulated(address: str) -> bool:
    """True when a simulated device of this process answers at `address`, whatever path, settings or protocol are written there."""
    place = _place(address)
    return any(place.startswith(known) and place[len(known) :][:1] in {"", "/", "?"} for known in _addresses)


def _place(address: str) -> str:
    """host:port however it is spoken to, the address itself where it has none."""
    scheme, is_url, rest = address.partition("://")
    return (rest if is_url else scheme).rstrip("/")
