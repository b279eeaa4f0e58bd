"""How the processes begin in which recognition decodes and reads. What they are asked is not known here."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from desktop.recognition.reading import NotAPicture


def start(module: str, *words: str, surroundings: Mapping[str, str] | None = None, inherited: Sequence[int] = (),
          quiet: bool = False) -> "subprocess.Popen[bytes]":
    """Our own `module` as a program with pipes at both ends, without our settings' variables; `surroundings` are added to the others.

    `inherited` file descriptors stay open in it; `quiet` keeps what it says on standard error from ours. Raises NotAPicture
    (`picture.no_decoder`) when it cannot be started.
    """
    # The installed program has no -m; it hands "--child MODULE …" to the module (desktop/__main__.py). -P: nothing is imported from
    # the folder the clerk happens to stand in.
    frozen = getattr(sys, "frozen", False)
    way = ["--child"] if frozen else ["-P", "-m"]
    around = {name: value for name, value in os.environ.items() if not name.startswith("ONCEDESK_")} | dict(surroundings or {})
    if not frozen:
        around["PYTHONPATH"] = str(Path(__file__).parents[2])
    try:
        return subprocess.Popen(  # noqa: S603 - our own module, no shell
            [sys.executable, *way, module, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if quiet else None, env=around, pass_fds=tuple(inherited), start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0))
    except OSError as e:
        raise NotAPicture("picture.no_decoder", str(e)) from e
