"""Windows' own sealing (DPAPI) for the machine: every account of this PC can open what one sealed, no other PC can.

Not proved here: no Windows was at hand. Calls: learn.microsoft.com/windows/win32/api/dpapi, by pywin32's win32crypt.
"""

from db.faults import StoreLocked

_LOCAL_MACHINE, _NO_WINDOW = 0x4, 0x1
_WHAT = "oncedesk store key"


def seal(plain: bytes) -> bytes:
    """Raises StoreLocked(`store.keyring`) when the system does not do it."""
    import win32crypt

    try:
        return bytes(win32crypt.CryptProtectData(plain, _WHAT, None, None, None, _LOCAL_MACHINE | _NO_WINDOW))
    except win32crypt.error as error:
        raise StoreLocked("store.keyring") from error


def unseal(sealed: bytes) -> bytes:
    """Raises StoreLocked(`store.key_sealed`) for what another PC sealed."""
    import win32crypt

    try:
        return bytes(win32crypt.CryptUnprotectData(sealed, None, None, None, _NO_WINDOW)[1])
    except win32crypt.error as error:
        raise StoreLocked("store.key_sealed") from error
