"""`python -m desktop` is `oncedesk`.

`oncedesk --child MODULE …` is what `python -m MODULE …` is elsewhere: the installed program has no other interpreter for the
processes that makers' libraries and decoders run in. Only modules of `hardware` and `desktop.recognition` are taken.
"""

import sys

if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"] and sys.argv[2:3] and sys.argv[2].startswith(("hardware.", "desktop.recognition.")):
        import runpy

        del sys.argv[1]
        runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
    else:
        from desktop.cli.main import main

        raise SystemExit(main())
