"""Which addresses in this process belong to simulated devices, so that nobody opens one outside the demo."""

_addresses: set[str] = set()
_offers: dict[str, tuple[tuple[str, ...], str]] = {}


def announce(address: str) -> None:
    """A simulated device answers at `address` from now on."""
    _addresses.add(_place(address))


def withdraw(address: str) -> None:
    """It is gone."""
    _addresses.discard(_place(address))


def offer(address: str, name: str, *kinds: str) -> None:
    """In the demo somebody may choose it as one of these kinds."""
    _offers[address] = (kinds, name)


def take_back(address: str) -> None:
    """It is no longer to be had."""
    _offers.pop(address, None)


def offers() -> tuple[tuple[tuple[str, ...], str, str], ...]:
    """(kinds, name, address) of all that may be chosen."""
    return tuple((kinds, name, address) for address, (kinds, name) in _offers.items())


def is_simulated(address: str) -> bool:
    """True when a simulated device of this process answers at `address`, whatever path, settings or protocol are written there."""
    place = _place(address)
    return any(place.startswith(known) and place[len(known) :][:1] in {"", "/", "?"} for known in _addresses)


def _place(address: str) -> str:
    """host:port however it is spoken to, the address itself where it has none."""
    scheme, is_url, rest = address.partition("://")
    return (rest if is_url else scheme).rstrip("/")
