"""Ends a process before each of its steps that change the disk: `python -m tests.station.county_killer FOLDER WHAT MOST`.

FOLDER/start is the home before; each kill leaves its home as FOLDER/<number of the step>. WHAT is `take` (FOLDER/file.county) or
`set_up` (FOLDER/answers.toml). A step is a file of the home opened to be written, renamed, linked or removed, a folder made there, a
commit. Of many steps, MOST are taken, evenly. Prints how many steps there are.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from desktop import app
from desktop.settings import load_settings
from desktop.station import answers, county, county_file
from tests.homes import NOW

PIN = "802753"
_CHANGES = {"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.truncate"}


def take(home: Path) -> None:
    """An administrator takes the county's file."""
    file = county_file.read(home.parent / "file.county")
    with app.open_workplace(load_settings(home), clock=lambda: NOW) as place:
        by = place.flows.sign_in.enter("admin", PIN)
        app.take_county(place, file, by.user_id)


def set_up(home: Path) -> None:
    """The silent set-up."""
    settings = load_settings(home)
    app.set_up(settings, answers.read_answers(home.parent / "answers.toml", settings), clock=lambda: NOW)


def _steps(work: Callable[[Path], None], home: Path, last: int) -> int | None:
    """Do it in a child that ends before its `last` step; how many steps there were, None when it was ended."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        done = 0

        def step(*_: object) -> None:
            nonlocal done
            done += 1
            if done == last:
                os.kill(os.getpid(), signal.SIGKILL)

        def heard(what: str, args: tuple[Any, ...]) -> None:
            changes = what in _CHANGES or (what == "open" and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
            if changes and str(args[0]).startswith(str(home)):
                step()

        try:
            event.listen(Engine, "commit", step)
            sys.addaudithook(heard)
            work(home)
            os.write(writing, str(done).encode())
        finally:
            os._exit(0)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    told = os.read(reading, 20)
    os.close(reading)
    if not told and not os.WIFSIGNALED(status):
        sys.exit("the child did not come to its end")
    return int(told) if told else None


def main(folder: Path, what: str, most: int) -> None:
    work = {"take": take, "set_up": set_up}[what]
    assert county.MARKER, "everything is imported before the first fork"

    def copy(name: str) -> Path:
        if (folder / "start").exists():
            shutil.copytree(folder / "start", folder / name)
        return folder / name

    steps = _steps(work, copy("whole"), -1)
    assert steps is not None
    for number in sorted({round(1 + at * (steps - 1) / (most - 1)) for at in range(most)}):
        _steps(work, copy(str(number)), number)
    print(steps)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
