"""Who may read what this program writes: its own account, or the group of a home that was prepared for one.

An administrator prepares a home for a group with `chgrp` and `chmod 2770`: what is made below it is the group's too. On Windows the
folder's own list of rights decides, and modes say nothing.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path

_FOR_GROUP = stat.S_ISGID | stat.S_IWGRP


def for_group(folder: Path) -> bool:
    """Whether a folder is shared by the accounts of a group; False when it is not there."""
    try:
        return folder.stat().st_mode & _FOR_GROUP == _FOR_GROUP
    except OSError:
        return False


def file_mode(folder: Path) -> int:
    """Of a file that is made in this folder."""
    return 0o660 if for_group(folder) else 0o600


def make_folder(path: Path) -> None:
    """Make it and what is missing above it, unless it is there. Raises OSError."""
    if path.is_dir():
        return
    make_folder(path.parent)
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
        if for_group(path.parent):
            path.chmod(0o2770)


def new_file(path: Path, mode: int | None = None) -> int:
    """A handle to write to a file that was not there. Raises OSError, FileExistsError when it was."""
    mode = file_mode(path.parent) if mode is None else mode
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0), mode)
    if mode & 0o077 and os.name != "nt":
        os.fchmod(handle, mode)      # whatever the umask takes away
    return handle


def follow(home: Path) -> None:
    """Have also what libraries write (the log, exports) be the group's in a home of one; nobody else's in any case."""
    if for_group(home):
        os.umask(0o007)
