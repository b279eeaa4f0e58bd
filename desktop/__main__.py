"""`python -m desktop` is `oncedesk`.

`oncedesk --child MODULE …` is what `python -m MODULE …` is elsewhere: the installed program has no other interpreter for the
processes that makers' libraries and decoders run in. Only modules of `hardware` and `desktop.recognition` are taken, and
`desktop.ui.trial`.
"""

import os
import sys


def main() -> int:
    """`oncedesk …`; where even the command line cannot be put together, the last words on that."""
    try:
        from desktop.cli.main import main as run
    except Exception as error:  # noqa: BLE001 - a part of the program is missing or broken, whichever it is
        from desktop.cli.window import show_failure
        from desktop.diagnostics import failure_of, logging_to, tell_without_window
        from desktop.settings import default_home

        if sys.argv[1:]:        # a command; a window has a face
            tell_without_window(failure_of(error).lines(None))
            return 2
        with logging_to(default_home()) as log:
            show_failure(error, log)
        return 2
    return run()


def leave_children_their_own() -> None:
    """Put back where programs look for libraries.

    The installed program's starter points them at the program's own folder, which Linux heeds at a program's start only. We have ours by
    now, and the system's programs that we call (lp, tesseract) must find the system's. Our own (--child) are told to begin as we did.
    """
    if not getattr(sys, "frozen", False):
        return
    os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
    if os.environ.pop("LD_LIBRARY_PATH", None) is not None and (before := os.environ.pop("LD_LIBRARY_PATH_ORIG", "")):
        os.environ["LD_LIBRARY_PATH"] = before


if __name__ == "__main__":
    leave_children_their_own()
    if sys.argv[1:2] == ["--child"] and sys.argv[2:3] and sys.argv[2].startswith(("hardware.", "desktop.recognition.", "desktop.ui.trial")):
        import runpy

        del sys.argv[1]
        runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
    else:
        raise SystemExit(main())
