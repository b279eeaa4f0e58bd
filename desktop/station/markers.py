"""What was begun in a home and is not finished yet: a first store, a restore, a new beginning. A file each, written whole.

As long as one lies there, what is there by half is not what is left of a store.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from db.faults import from_os
from desktop.station.files import remove, write_whole

BEGINNING = "beginning"
"""A new store is being made."""
RESTORING = "restoring"
"""A backup is being restored."""
STAGING = "restored.part"
"""The folder it is unpacked in."""
ANEW = "beginning-anew"
"""What was there is put aside; lies there until the next store is made, for which it holds the reason."""


def mark(home: Path, what: str, content: Mapping[str, Any] | None = None) -> None:
    """From now on it is under way. Raises StoreFault."""
    write_whole(home / what, json.dumps(content or {}).encode())


def marked(home: Path, what: str) -> dict[str, Any] | None:
    """What was written when it began, or last; None when it is not under way. Raises StoreFault.

    One that somebody emptied or spoilt still says that it is.
    """
    try:
        return dict(json.loads((home / what).read_bytes()))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise from_os(error) from error
    except (ValueError, TypeError):
        return {}


def done(home: Path, what: str) -> None:
    """It is finished. Raises StoreFault."""
    if (home / what).exists():      # a read-only disk refuses to unlink even what is not there
        remove(home / what)
